"""Guess the language of a text among those Anlu speaks.

The script decides first; Vietnamese letters next; then the shape of Latin syllables (latin.py); langdetect only for longer
text that is left, and only between English and Vietnamese. Measured in docs/benchmarks/language-identification.md.
"""

import functools
import re
from dataclasses import dataclass

from bot.languages import latin
from bot.languages.script import main_script

_SCRIPT_LANGUAGE = {"han": "zh", "thai": "th", "lao": "lo", "myanmar": "my", "khmer": "km"}
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9ãõĩũẽỹàèìòùáéíóúý]")
_ONLY_VIETNAMESE = re.compile("[đơưĐƠƯ\u1ea0-\u1ef9]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CLEAR = 0.9
_ENOUGH = 5
"""Spaces in a text from which langdetect is worth asking."""


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
    if script == "han" and _VIETNAMESE.search(text) and len(_LATIN.findall(text)) > len(_HAN.findall(text)):
        script = "latin"  # a Chinese word in a Vietnamese sentence
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
    language, certainty = latin.guess(lowered)
    if language == "en" and certainty < _CLEAR and lowered.count(" ") >= _ENOUGH and _langdetect(lowered) == "vi":
        return Guess("vi", certainty)
    return Guess(language, certainty)


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
