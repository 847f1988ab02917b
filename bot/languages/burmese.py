"""Burmese in its two encodings: Unicode, and Zawgyi, an older use of the same code points that many phones still type.

A text of some length tells its encoding by Google's detector; a short one by signs that stand in one encoding only, else
by what its writer used before. Measured in docs/benchmarks/language-identification.md.
"""

import functools
import re
from dataclasses import dataclass

from icu import Transliterator
from myanmartools import ZawgyiDetector

_LETTERS = re.compile("[\u1000-\u109f]")
_ONLY_UNICODE = re.compile("[\u103e\u103f]|[\u1000-\u1021\u103b-\u103e]\u1031[\u102c\u1037\u1038]|\u1004\u103a\u1039")
_ONLY_ZAWGYI = re.compile(
    "(?:^|[\\s\u102b-\u1030\u1032\u1036-\u1038])\u1031|[\u1033\u1034\u105a\u1060-\u1097]|\u1039(?![\u1000-\u1021])"
)
_LONG = 12
"""Letters from which the detector alone was right in 99 of 100 texts."""
_LIKELY = 0.5
_SURE = 0.95


@dataclass(frozen=True)
class Reading:
    """A text in Unicode. Without Burmese letters nothing is known of its writer's encoding: `zawgyi` is None."""

    text: str
    zawgyi: bool | None = None
    """Whether it was typed in Zawgyi."""
    sure: bool = False
    """Whether the text itself shows that; then it is worth remembering."""
    other: str | None = None
    """What it would be in the other encoding, when the text itself does not show which it is."""


def read(text: str, *, remembered: bool | None = None) -> Reading:
    """A cleaned text in Unicode. `remembered`: whether its writer used Zawgyi before, None when nothing is known."""
    letters = len(_LETTERS.findall(text))
    if not letters:
        return Reading(text)
    likelihood = _detector().get_zawgyi_probability(text)
    shows_unicode, shows_zawgyi = bool(_ONLY_UNICODE.search(text)), bool(_ONLY_ZAWGYI.search(text))
    shows_one = shows_unicode != shows_zawgyi
    sure = shows_one or (letters >= _LONG and not 1 - _SURE < likelihood < _SURE)
    if shows_one and letters < _LONG:
        zawgyi = shows_zawgyi
    elif sure or remembered is None:
        zawgyi = likelihood >= _LIKELY
    else:
        zawgyi = remembered
    converted = to_unicode(text)
    if sure:
        return Reading(converted if zawgyi else text, zawgyi, sure=True)
    return Reading(converted if zawgyi else text, zawgyi, other=text if zawgyi else converted)


def to_unicode(text: str) -> str:
    """A Zawgyi text in Unicode."""
    return str(_converter("Zawgyi-my").transliterate(text))


def to_zawgyi(text: str) -> str:
    """A Unicode text in Zawgyi."""
    return str(_converter("my-Zawgyi").transliterate(text))


@functools.cache
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()


@functools.cache
def _converter(name: str) -> Transliterator:
    return Transliterator.createInstance(name)
