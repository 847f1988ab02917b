"""Chinese script: Traditional to Simplified for matching, and back for people who write Traditional."""

import functools
import re

from opencc import OpenCC

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")


@functools.cache
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)


@functools.lru_cache(maxsize=16384)
def _simplify_character(character: str) -> str:
    convert = _converter("t2s").convert
    return str(convert(convert(character)))  # a few Traditional characters lead to another one that is simplified again


def simplify(text: str) -> str:
    """The text with every Traditional character made Simplified, one by one; other scripts are untouched."""
    if text.isascii() or not _HAN.search(text):
        return text
    return "".join(_simplify_character(c) if _HAN.match(c) else c for c in text)


def is_traditional(text: str) -> bool:
    """Whether a text is written in Traditional characters: it changes when simplified, and more than once or wholly.

    One borrowed Traditional character in a Simplified text does not count when Simplified-only characters stand beside it.
    """
    han = [c for c in text if _HAN.match(c)]
    traditional = sum(1 for c in han if _simplify_character(c) != c)
    simplified = sum(1 for c in han if traditionalise(c) != c)
    return traditional > 0 and traditional >= simplified


def traditionalise(text: str) -> str:
    """The text in Traditional characters, phrase by phrase where one Simplified character stands for several."""
    if text.isascii() or not _HAN.search(text):
        return text
    return _traditionalise(text)


@functools.lru_cache(maxsize=4096)
def _traditionalise(text: str) -> str:
    return str(_converter("s2t").convert(text))
