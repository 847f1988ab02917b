"""What a danger rule means, shown with rule files of a few words."""

import pytest

from bot.safety.crisis import DangerWords, build_danger_words

ENGLISH = """
rules:
  - reason: violence_now
    any: [he is hitting me, "999"]
  - reason: cry_for_help
    alone: [help me]
  - reason: held_and_threatened
    all:
      - [locked, not allowed out]
      - [threat, kill me]
    unless: [in the film]
unless: [years ago, novel]
"""
CHINESE = """
rules:
  - reason: violence_now
    any: [正在打我, 救命, sos]
    unless: [救命恩人]
  - reason: being_taken
    all:
      - [现在, 马上]
      - [带我走, 卖掉我]
unless: [电影里]
"""


@pytest.fixture(scope="module")
def words() -> DangerWords:
    """Both languages' rules."""
    return build_danger_words({"crisis/en.yml": ENGLISH, "crisis/zh.yml": CHINESE, "phrases/en.yml": "ignored: 1"})


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("He is hitting me", "en", "violence_now"),
        ("HE  IS... HITTING, ME!!!", "en", "violence_now"),
        ("ｈｅ ｉｓ ｈｉｔｔｉｎｇ ｍｅ", "en", "violence_now"),
        ("h\u200be is hitting m\u200be", "en", "violence_now"),
        ("call 999", "en", "violence_now"),
        ("快来sos他进来了", "zh", "violence_now"),
        ("so sad", "en", None),
        ("Help me!", "en", "cry_for_help"),
        ("help me find a job", "en", None),
        ("our soso dog", "zh", None),
        ("call 9990", "en", None),
        ("she is hitting men", "en", None),
        ("I am locked in and he wants to kill me", "en", "held_and_threatened"),
        ("he will kill me, I am locked in", "en", "held_and_threatened"),
        ("I am locked in", "en", None),
        ("locked up and a threat, in the film", "en", None),
        ("he is hitting me in the film", "en", "violence_now"),
        ("years ago: he is hitting me", "en", None),
        ("救 命！", "zh", "violence_now"),
        ("他正在，打我", "zh", "violence_now"),
        ("救命恩人", "zh", None),
        ("他們馬上要賣掉我", "zh", "being_taken"),
        ("卖掉我", "zh", None),
        ("电影里救命", "zh", None),
        ("hello 救命", "en", "violence_now"),
        ("救命 he is hitting me 电影里", "zh", "violence_now"),
        ("救命", "km", "violence_now"),
        ("", "en", None),
        ("!!! 🙏 ...", "zh", None),
        ("\x00\ud800", "en", None),
    ],
)
def test_when_a_message_is_dangerous(words: DangerWords, text: str, language: str, reason: str | None) -> None:
    """Whole words where words are parted, any run elsewhere; `unless` silences its own rule or its own language only."""
    assert words.assess(text, language) == reason


def test_vowel_signs_are_letters_of_their_script() -> None:
    """Thai and Khmer write vowels as marks; a word with another vowel is another word."""
    rules = build_danger_words({"crisis/th.yml": "rules: [{reason: violence_now, any: [ตีฉัน]}]"})
    assert rules.assess("เขากำลังตีฉัน!", "th") == "violence_now"
    assert rules.assess("ตาฉน", "th") is None
    assert rules.assess("ตฉน", "th") is None


@pytest.mark.parametrize(
    "body",
    [
        "rules: [",
        "just text",
        "- a\n- b",
        "",
        "unless: [a]",
        "rules: null",
        "rules: [{any: [help]}]",
        "rules: [{reason: x, any: help}]",
        "rules: [{reason: x, all: [help, me]}]",
        "rules: [{reason: x, any: ['!!!']}]",
        "rules: [{reason: x, any: ['']}]",
        "rules: [{reason: x, any: [yes]}]",
        "rules: [{reason: x, any: [[help]]}]",
        "rules: [{reason: x, all: [[help], []]}]",
        "rules: [{reason: x}]",
        "rules: [{reason: x, any: [help], unlesss: [film]}]",
        "rules: [{reason: x, any: [help]}]\nunless: film",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_broken_file_is_refused_by_name(body: str, language: str) -> None:
    """A slip in a rule file never makes a rule that fires at everything or at nothing; the file is named."""
    with pytest.raises(ValueError, match=f"crisis/{language}.yml"):
        build_danger_words({f"crisis/{language}.yml": body})


def test_a_file_of_a_language_anlu_does_not_speak_is_refused() -> None:
    """The catalogue decides which languages there are."""
    with pytest.raises(ValueError, match=r"crisis/fr\.yml"):
        build_danger_words({"crisis/fr.yml": ENGLISH})


def test_no_rules_no_danger() -> None:
    """Without files nothing fires and nothing breaks."""
    assert build_danger_words({}).assess("救命", "zh") is None
