"""Which language she is answered in, and how she asks for another."""

import itertools

import pytest

from bot.languages.catalogue import COMPLETE, DEFAULT, LANGUAGES
from bot.languages.choice import asked_language, asked_script, choose, named_language, named_script
from bot.languages.detection import Guess, detect
from bot.languages.script import count_scripts, main_script

NOTHING = Guess(None, 0.0)

NAMES = {  # asked for by people of each language, in the catalogue's order: zh en vi km lo my th
    "zh": ("中文", "英语", "越南语", "柬埔寨语", "老挝语", "缅甸语", "泰语"),
    "en": ("Chinese", "English", "Vietnamese", "Khmer", "Lao", "Burmese", "Thai"),
    "vi": ("tiếng Trung", "tiếng Anh", "tiếng Việt", "tiếng Khmer", "tiếng Lào", "tiếng Miến Điện", "tiếng Thái"),
    "km": ("ភាសាចិន", "ភាសាអង់គ្លេស", "ភាសាវៀតណាម", "ភាសាខ្មែរ", "ភាសាឡាវ", "ភាសាភូមា", "ភាសាថៃ"),
    "lo": ("ພາສາຈີນ", "ພາສາອັງກິດ", "ພາສາຫວຽດນາມ", "ພາສາຂະເໝນ", "ພາສາລາວ", "ພາສາມຽນມາ", "ພາສາໄທ"),
    "my": ("တရုတ်", "အင်္ဂလိပ်", "ဗီယက်နမ်", "ခမာ", "လာအို", "မြန်မာ", "ထိုင်း"),
    "th": ("ภาษาจีน", "ภาษาอังกฤษ", "ภาษาเวียดนาม", "ภาษาเขมร", "ภาษาลาว", "ภาษาพม่า", "ภาษาไทย"),
}


@pytest.mark.parametrize(
    ("speaker", "wanted", "name"),
    [(s, code, name) for s, names in NAMES.items() for code, name in zip(LANGUAGES, names, strict=True)],
)
def test_every_language_can_be_asked_for_in_every_language(speaker: str, wanted: str, name: str) -> None:
    """The name of a language alone, in any of the seven, asks for it; marks, case and width do not matter."""
    for said in (name, f" {name}! ", name.upper(), f"{name}。", f"\u200b{name}？"):
        assert asked_language(said) == wanted


def test_own_names_and_aliases_belong_to_one_language() -> None:
    """No word asks for two languages."""
    owners: dict[str, str] = {}
    for language in LANGUAGES.values():
        assert asked_language(language.own_name) == language.code
        for alias in language.aliases:
            assert owners.setdefault(alias, language.code) == language.code
            assert asked_language(alias) == language.code


@pytest.mark.parametrize("text", ["", "hello", "我想说中文的人帮我", "English please help me", "thailand", "???", "/"])
def test_other_messages_ask_for_no_language(text: str) -> None:
    """Only a language's name alone is taken for a wish."""
    assert asked_language(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please use Vietnamese", "vi"),
        ("can we speak Chinese?", "zh"),
        ("请说英语", "en"),
        ("我想用繁体中文", "zh"),
        ("nói tiếng Việt được không", "vi"),
        ("ខ្ញុំចង់និយាយភាសាខ្មែរ", "km"),
        ("พูดภาษาไทยได้ไหม", "th"),
        ("not English but Chinese", None),
        ("change the language", None),
        ("i want to work in thailand", None),
        ("", None),
    ],
)
def test_a_sentence_may_name_one_language(text: str, language: str | None) -> None:
    """One named language is understood; none, several, or a word that only contains a name are not."""
    assert named_language(text) == language


@pytest.mark.parametrize(
    ("text", "script"),
    [("繁體中文", "hant"), ("Traditional Chinese", "hant"), ("简体", "hans"), ("中文", None), ("hello", None)],
)
def test_chinese_script_can_be_asked_for(text: str, script: str | None) -> None:
    """Both scripts have names; a script asked for is Chinese asked for."""
    assert asked_script(text) == script
    assert named_script(f"{text}") == script
    if script:
        assert asked_language(text) == "zh"


class TestChoose:
    """What she writes > what she chose > what she used > a hint > the default."""

    def test_what_she_writes_wins(self) -> None:
        """A sure guess beats everything."""
        for other in LANGUAGES:
            assert choose(guess=Guess("km", 1.0), chosen=other, remembered=other, hint=other) == "km"

    def test_the_order_without_a_guess(self) -> None:
        """With nothing to read (a button, an emoji) her choice, then her last language, then the hint, then the default."""
        assert choose(guess=NOTHING, chosen="lo", remembered="th", hint="en") == "lo"
        assert choose(guess=NOTHING, chosen=None, remembered="th", hint="en") == "th"
        assert choose(guess=NOTHING, chosen=None, remembered=None, hint="en") == "en"
        assert choose(guess=NOTHING, chosen=None, remembered=None, hint=None) == DEFAULT

    def test_unsure_latin_gives_way(self) -> None:
        """In Latin letters an unsure guess gives way to what she chose, then to what she used."""
        unsure = Guess("en", 0.6)
        assert choose(guess=unsure, chosen="vi", remembered="en", hint=None) == "vi"
        assert choose(guess=unsure, chosen=None, remembered="vi", hint=None) == "vi"
        assert choose(guess=unsure, chosen="km", remembered=None, hint=None) == "km"
        assert choose(guess=Guess("vi", 0.8), chosen=None, remembered="km", hint=None) == "vi"
        assert choose(guess=Guess("zh", 0.8), chosen="en", remembered=None, hint=None) == "en"

    def test_unknown_codes_are_ignored(self) -> None:
        """A code Anlu does not speak counts as nothing."""
        assert choose(guess=NOTHING, chosen="fr", remembered="xx", hint="de") == DEFAULT

    def test_the_answer_is_always_a_language(self) -> None:
        """Whatever is known, the answer is one of the seven."""
        codes = (*LANGUAGES, None, "fr")
        for chosen, remembered, hint in itertools.product(codes, codes, codes):
            for guess in (NOTHING, Guess("vi", 0.7), Guess("zh", 1.0)):
                assert choose(guess=guess, chosen=chosen, remembered=remembered, hint=hint) in LANGUAGES


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我需要帮助", "zh"),
        ("wo yao hui jia", "zh"),
        ("wobeimaile", "zh"),
        ("chong toi danh toi", "vi"),
        ("cứu em 救命", "vi"),
        ("護照 bị lấy rồi", "vi"),
        ("can he come in", "en"),
        ("tolong saya", None),
        ("saklolo tulungan mo ako", None),
        ("kuv xav tau kev pab", None),
        ("ၸွႆႈ ၶႃႈ", None),
        ("ꆈꌠꉙ", None),
        ("help me", "en"),
        ("tôi cần giúp đỡ", "vi"),
        ("toi can giup do", "vi"),
        ("ជួយខ្ញុំផង", "km"),
        ("ຊ່ວຍຂ້ອຍແດ່", "lo"),
        ("ကူညီပါ", "my"),
        ("ช่วยฉันด้วย", "th"),
        ("我在 Shenzhen 的 factory 里", "zh"),
        ("My boss took my passport and does not pay me", "en"),
        ("помогите", None),
        ("助けてください", None),
        ("12345 🙏", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    """The script decides first; a script Anlu does not speak, or no letters at all, is no language."""
    assert detect(text).language == language
    assert 0.0 <= detect(text).certainty <= 1.0


def test_the_same_text_is_always_the_same_language() -> None:
    """Detection has no luck in it."""
    text = "the man from the agency said my papers are with him until I pay"
    assert len({detect(text) for _ in range(20)}) == 1


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("hello", "latin"),
        ("ok ខ្ញុំ", "khmer"),
        ("救 help", "han"),
        ("སྐད", "tibetan"),
        ("ꆈꌠ", "yi"),
        ("ᥖᥭᥰ", "tai_le"),
        ("123 !", None),
    ],
)
def test_the_main_script(text: str, script: str | None) -> None:
    """A language's own script beats Latin letters beside it; digits and marks are no script."""
    assert main_script(text) == script
    assert sum(count_scripts(text).values()) > 0 or script is None


def test_complete_languages_are_in_the_catalogue() -> None:
    """The default and the complete languages exist, and English (the fallback) is complete."""
    assert set(COMPLETE) <= set(LANGUAGES)
    assert DEFAULT in COMPLETE
    assert "en" in COMPLETE
