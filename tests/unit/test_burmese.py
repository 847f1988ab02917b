"""Zawgyi and Unicode: told apart, converted, remembered."""

import pytest

from bot.languages import burmese
from bot.languages.text import matching_form

HUSBAND = "ကျွန်မ ယောက်ျားက နေ့တိုင်း ရိုက်တယ် ဘယ်သူ့ကို ပြောရမလဲ"
PASSPORT = "သူဌေးက ပတ်စ်ပို့ ယူထားတယ် ပြန်မပေးဘူး"


@pytest.mark.parametrize("text", [HUSBAND, PASSPORT])
def test_both_encodings_read_alike(text: str) -> None:
    """A text of some length shows its encoding by itself."""
    plain, typed = burmese.read(text), burmese.read(burmese.to_zawgyi(text))
    assert plain == burmese.Reading(text, zawgyi=False, sure=True)
    assert typed.zawgyi
    assert typed.sure
    assert matching_form(typed.text) == matching_form(text)


def test_a_short_text_is_read_as_its_writer_wrote_before() -> None:
    """Three letters prove nothing; the other reading is kept for whoever must not miss danger."""
    text = "ကယပ"
    assert not burmese.read(text).sure
    for remembered in (True, False):
        reading = burmese.read(text, remembered=remembered)
        assert reading.zawgyi is remembered
        assert reading.other == burmese.read(text, remembered=not remembered).text


def test_memory_does_not_beat_what_is_seen() -> None:
    """She has a new phone: a text that shows Unicode is read as Unicode."""
    assert burmese.read(HUSBAND, remembered=True).zawgyi is False


@pytest.mark.parametrize("text", ["", "help me", "我要回家", "ខ្ញុំ"])
def test_other_scripts_say_nothing_of_it(text: str) -> None:
    """And stay as they are."""
    assert burmese.read(text) == burmese.Reading(text)
