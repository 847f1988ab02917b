"""One spelling for what looks or sounds the same on a phone: letters and marks that people use for one another.

For matching only; nothing of this is shown. Chinese has its own room (chinese.py), Burmese encodings theirs (burmese.py).
"""

import re
import unicodedata

_SAME = (
    # Burmese: a zero for the letter wa, and the short form of nya under the killer
    (re.compile("\u1040(?=[\u102b-\u103e])|(?<=[\u1000-\u1021\u102b-\u103e])\u1040"), "\u101d"),
    (re.compile("\u1025(?=\u103a)"), "\u1009"),
    # Khmer: below another letter, ta and da are one shape
    (re.compile("\u17d2\u178f"), "\u17d2\u178a"),
    # Thai and Lao: the vowel ae typed as two e
    (re.compile("\u0e40\u0e40"), "\u0e41"),
    (re.compile("\u0ec0\u0ec0"), "\u0ec1"),
    # Lao: the high l, joined or apart
    (re.compile("\u0eab\u0ebc"), "\u0eab\u0ea5"),
)
_VIETNAMESE = {
    unicodedata.normalize("NFC", f"{glide}{tone}{vowel}"): unicodedata.normalize("NFC", f"{glide}{vowel}{tone}")
    for glide, vowel in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0303\u0309\u0323"
}
"""Where the tone mark stands: some write it on the first of two vowels, some on the second."""
_TONE_PLACED = re.compile("|".join(_VIETNAMESE))


def one_spelling(text: str) -> str:
    """The text with every such letter in one form."""
    if text.isascii():
        return text
    for pattern, letter in _SAME:
        text = pattern.sub(letter, text)
    return _TONE_PLACED.sub(lambda found: _VIETNAMESE[found.group()], text)
