"""The other ways people write the same text: Vietnamese without marks, Chinese in pinyin, Burmese in Zawgyi.

Copies of the training data are made here, in training only, so that nlu_data/ holds what somebody really wrote. Without
marks Vietnamese was measured at 0.26 for a model that knew marked text alone and at 0.83 for one that knew both.
"""

import unicodedata

from bot.languages import burmese
from bot.languages.script import main_script


def copies(text: str) -> list[str]:
    """The other forms of a text, none for most."""
    match main_script(text):
        case "latin":
            unmarked = without_marks(text)
            return [unmarked] if unmarked != text else []
        case "han":
            return [in_pinyin(text)]
        case "myanmar":
            return [burmese.to_zawgyi(text)]
    return []


def without_marks(text: str) -> str:
    """Latin letters without tone and vowel marks, as Vietnamese is typed on a keyboard that has none."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")


def in_pinyin(text: str) -> str:
    """Chinese in pinyin without tones, a syllable a word."""
    from pypinyin import lazy_pinyin  # here, since its dictionaries take 56 MB, and the server imports this file too

    return " ".join(lazy_pinyin(text))
