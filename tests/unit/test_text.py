"""The one clean-up of a person's text."""

import pytest

from bot.languages.chinese import is_traditional, simplify, traditionalise
from bot.languages.text import LONGEST, clean, matching_form


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  hello \n", "hello"),
        ("line one\nline two\tend", "line one\nline two\tend"),
        ("a\x00b\x07c\x7f", "abc"),
        ("\u202eevil\u202c \u2066text\u2069", "evil text"),
        ("z\u200be\u200dr\ufeffo", "zero"),
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("private \ue000\U000f0000 use", "private  use"),
        ("cafe\u0301", "caf\u00e9"),
        ("cafe\u200b\u0301", "caf\u00e9"),
        ("\u200b\u2060\x00 ", ""),
        ("", ""),
    ],
)
def test_clean_keeps_what_can_be_seen(raw: str, kept: str) -> None:
    """Controls, bidi marks, zero-width, private and broken characters go; line breaks stay; accents are composed."""
    assert clean(raw) == kept


def test_clean_cuts_what_is_too_long() -> None:
    """Of 200,000 characters the first 4,096 are read."""
    assert clean("救" * 200_000) == "救" * LONGEST
    assert clean("a " * 200_000) == ("a " * (LONGEST // 2)).rstrip()


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("HELP Me", "help me"),
        ("ＨＥＬＰ　ｍｅ", "help me"),
        ("heeeeeelp", "heelp"),
        ("wait!!!???", "wait!?"),
        ("救救我！！！", "救救我!"),
        ("請幫幫我", "请帮帮我"),
        ("/restart", "restart"),
        ("// /find_hotline", "find_hotline"),
        ("１２３３８", "12338"),
        ("១១៧", "117"),
        ("၁၉၉", "199"),
        ("๑๑๙๑", "1191"),
        ("໑໑໙໑", "1191"),
        ("many   \n\t spaces", "many spaces"),
        ("", ""),
    ],
)
def test_matching_form_is_what_rules_compare(raw: str, form: str) -> None:
    """One width, one case, Simplified, plain digits, no long repeats, never a leading slash (Rasa's commands)."""
    assert matching_form(raw) == form


def test_repeated_digits_are_not_repeated_letters() -> None:
    """A sum of money or a number keeps its digits: 30000 is not 300."""
    assert matching_form("30000 yuan, call 0001112223") == "30000 yuan, call 0001112223"


@pytest.mark.parametrize(("traditional", "simplified"), [("臺灣", "台湾"), ("結婚證", "结婚证"), ("護照", "护照")])
def test_traditional_and_simplified_meet(traditional: str, simplified: str) -> None:
    """What is written in Traditional characters matches rules written in Simplified ones."""
    assert simplify(traditional) == simplified
    assert matching_form(traditional) == matching_form(simplified)


def test_other_scripts_are_left_alone() -> None:
    """Nothing but Chinese characters is converted."""
    for text in ("hello", "ជួយខ្ញុំ", "ช่วยด้วย", "giúp tôi", ""):
        assert simplify(text) == text == traditionalise(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("我想回家", False), ("請幫我找護照", True), ("护照被拿走了", False), ("hello", False), ("", False)],
)
def test_who_writes_traditional_is_answered_so(text: str, expected: bool) -> None:
    """Traditional writing is recognised; text that reads the same in both is not called Traditional."""
    assert is_traditional(text) is expected
