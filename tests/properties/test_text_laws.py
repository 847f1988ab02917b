"""Laws of the text clean-up, for any text whatever."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.languages.catalogue import LANGUAGES
from bot.languages.chinese import is_traditional, simplify
from bot.languages.choice import asked_language, choose, named_language
from bot.languages.detection import Guess, detect
from bot.languages.script import main_script
from bot.languages.text import LONGEST, clean, matching_form
from tests.properties.strategies import HAN, VIETNAMESE, anything, mixed, ordinary, texts

FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(texts)
@example("e\u200b\u0301")
@example("\ud83d\ude00")
@example("\u0958" * 5000)
@example("\u1100\u200b\u1161")
def test_clean_is_done_once_and_for_all(text: str) -> None:
    """Cleaning what is clean changes nothing; the result is short, visible, and can be written anywhere."""
    once = clean(text)
    assert clean(once) == once
    assert len(once) <= LONGEST
    assert once == once.strip() == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(c) in FORBIDDEN and c not in "\n\t" for c in once)
    once.encode()


@given(texts)
@example("İ")
@example("ΐ")
@example("aa\u0301a\u0301a")
@example("ﷺ" * 300)
@example("\u0345\u0301")
def test_matching_form_is_done_once_and_for_all(text: str) -> None:
    """The form of a form is the form; it is never a Rasa command and has no outer space."""
    form = matching_form(text)
    assert matching_form(form) == form
    assert not form.startswith("/")
    assert form == form.strip()
    assert len(form) <= LONGEST


@given(ordinary)
def test_one_text_however_it_is_encoded(text: str) -> None:
    """Composed or decomposed, the form is the same."""
    assert matching_form(unicodedata.normalize("NFD", text)) == matching_form(text)
    assert matching_form(unicodedata.normalize("NFKD", text)) == matching_form(text)


@given(st.text(st.sampled_from(VIETNAMESE + HAN + "abcxyz 019!?,."), max_size=60))
def test_capitals_and_full_width_do_not_matter(text: str) -> None:
    """Capitals and the full-width letters of Chinese keyboards are the same words."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)
    assert matching_form(text.upper()) == matching_form(text) == matching_form(wide)


@given(ordinary, st.lists(st.tuples(st.integers(0, 60), st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u202e\u00ad"))))
def test_zero_width_characters_hide_nothing(text: str, planted: list[tuple[int, str]]) -> None:
    """Invisible characters put between letters change nothing: a cry for help cannot be hidden by its encoding."""
    hidden = text
    for place, mark in planted:
        hidden = hidden[:place] + mark + hidden[place:]
    assert matching_form(hidden) == matching_form(text)


@pytest.mark.parametrize("block", [(0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x21000)])
def test_simplified_characters_stay_simplified(block: tuple[int, int]) -> None:
    """For every single Chinese character, the Simplified one is not simplified further."""
    once = simplify("".join(map(chr, range(*block))))
    assert simplify(once) == once


@given(st.text(st.sampled_from("請幫我護照證結婚臺灣難過錢媽爸兒"), min_size=1, max_size=30))
def test_traditional_and_simplified_pairs_meet(text: str) -> None:
    """Traditional writing has the form of its Simplified writing."""
    assert matching_form(text) == matching_form(simplify(text))
    assert is_traditional(text) is (simplify(text) != text)


@given(texts)
def test_no_text_breaks_understanding_of_languages(text: str) -> None:
    """Any text at all: detection, script and wishes answer and never raise."""
    guess = detect(clean(text))
    assert guess.language in (*LANGUAGES, None)
    assert asked_language(text) in (*LANGUAGES, None)
    assert named_language(text) in (*LANGUAGES, None)
    main_script(text)
    detect(text)


codes = st.sampled_from([*LANGUAGES, None, "fr"])
guesses = st.builds(Guess, st.sampled_from([*LANGUAGES, None]), st.floats(0, 1))


@given(guesses, codes, codes, codes)
def test_laws_of_language_choice(guess: Guess, chosen: str | None, remembered: str | None, hint: str | None) -> None:
    """Always one of the seven; a sure guess wins; no unsure guess between Latin ones beats a choice."""
    language = choose(guess=guess, chosen=chosen, remembered=remembered, hint=hint)
    assert language in LANGUAGES
    if guess.language and guess.certainty >= 0.9:
        assert language == guess.language
    if guess.language in ("en", "vi", "zh") and guess.certainty < 0.9 and chosen in ("en", "vi", "zh"):
        assert language == chosen
    if guess.language is None and chosen in LANGUAGES:
        assert language == chosen
    if guess.language is None and chosen not in LANGUAGES and remembered in LANGUAGES:
        assert language == remembered


@given(guesses, codes, codes, codes)
def test_her_choice_is_stable(guess: Guess, chosen: str | None, remembered: str | None, hint: str | None) -> None:
    """Answered in a language and asked the same again, she gets the same language again."""
    first = choose(guess=guess, chosen=chosen, remembered=remembered, hint=hint)
    assert choose(guess=guess, chosen=chosen, remembered=first, hint=hint) == first


@given(st.one_of(anything, mixed), st.integers(LONGEST, 200_000))
def test_size_is_no_weapon(text: str, size: int) -> None:
    """A very long text is cut and still clean."""
    long = (text or "x") * (size // max(1, len(text)) + 1)
    assert len(clean(long)) <= LONGEST
    assert sys.getsizeof(matching_form(long)) < 100_000
