"""Guess the language of a text among those Anlu speaks.

The script decides first; Vietnamese letters next; langdetect only for Latin text that is left, and only between English
and Vietnamese. Measured in docs/benchmarks/language-identification.md.
"""

import functools
import re
from dataclasses import dataclass

from bot.languages.script import main_script

_SCRIPT_LANGUAGE = {"han": "zh", "thai": "th", "lao": "lo", "myanmar": "my", "khmer": "km"}
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9ãõĩũẽỹàèìòùáéíóúý]")
_ONLY_VIETNAMESE = re.compile("[đơưĐƠƯ\u1ea0-\u1ef9]")
_WORD = re.compile(r"[a-z]+")

# Function words and everyday words of Vietnamese as people type them without marks; none is an English word.
_UNMARKED_VIETNAMESE = frozenset(
    [
        "toi",
        "ban",
        "khong",
        "ko",
        "khg",
        "hong",
        "chua",
        "duoc",
        "dc",
        "bi",
        "dang",
        "da",
        "roi",
        "muon",
        "minh",
        "anh",
        "chi",
        "em",
        "cua",
        "nguoi",
        "nha",
        "viec",
        "lam",
        "gi",
        "nao",
        "sao",
        "the",
        "nhu",
        "vay",
        "voi",
        "cho",
        "cung",
        "nhung",
        "nhieu",
        "qua",
        "lai",
        "ho",
        "bao",
        "gio",
        "o",
        "dau",
        "giup",
        "xin",
        "cuu",
        "danh",
        "chong",
        "vo",
        "con",
        "gai",
        "trung",
        "quoc",
        "viet",
        "tien",
        "luong",
        "giay",
        "to",
        "ho",
        "chieu",
        "tra",
        "biet",
        "noi",
        "nghe",
        "di",
        "ve",
        "nuoc",
        "cong",
        "ty",
        "moi",
        "gioi",
        "ket",
        "hon",
        "lay",
        "sang",
        "ben",
        "nay",
        "kia",
        "day",
        "mat",
        "so",
        "lien",
        "lac",
        "cam",
        "on",
        "chao",
        "tam",
        "biet",
        "vang",
        "phai",
        "dung",
        "co",
        "ai",
        "may",
        "bay",
        "xa",
        "que",
        "me",
        "bo",
    ]
)
_ENGLISH_TOO = frozenset(
    [
        "con",
        "the",
        "may",
        "me",
        "so",
        "so",
        "o",
        "on",
        "to",
        "no",
        "do",
        "di",
        "be",
        "sang",
        "dang",
        "ban",
        "dung",
        "bay",
        "bi",
        "ho",
        "da",
        "lam",
        "noi",
    ]
)


@dataclass(frozen=True)
class Guess:
    """A language with the share of certainty from 0 to 1; None when the text shows no language Anlu speaks."""

    language: str | None
    certainty: float


def detect(text: str) -> Guess:
    """The language of a text, from the text alone."""
    script = main_script(text)
    if script is None:
        return Guess(None, 0.0)
    if script != "latin":
        language = _SCRIPT_LANGUAGE.get(script)
        return Guess(language, 1.0 if language else 0.9)
    return _detect_latin(text)


def _detect_latin(text: str) -> Guess:
    lowered = text.casefold()
    if _ONLY_VIETNAMESE.search(lowered):
        return Guess("vi", 1.0)
    if _VIETNAMESE.search(lowered):
        return Guess("vi", 0.8)
    words = _WORD.findall(lowered)
    if not words:
        return Guess(None, 0.0)
    vietnamese = sum(1 for w in words if w in _UNMARKED_VIETNAMESE and w not in _ENGLISH_TOO)
    if vietnamese and vietnamese * 3 >= len(words):
        return Guess("vi", 0.7)
    if len(words) < 4:
        return Guess("en", 0.6)
    return Guess("vi" if _langdetect(lowered) == "vi" and vietnamese else "en", 0.8)


@functools.lru_cache(maxsize=2048)
def _langdetect(text: str) -> str:
    """Langdetect's word on a Latin text, between English and Vietnamese, the same each time."""
    from langdetect import DetectorFactory, detector_factory
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    detector_factory.init_factory()
    detector = detector_factory._factory.create()
    detector.set_prior_map({"en": 0.5, "vi": 0.5})
    detector.append(text)
    try:
        return str(detector.detect())
    except LangDetectException:
        return "en"
