"""One clean-up of a person's text, the same in training and in use.

`clean` makes text safe to keep and show; `matching_form` makes what rules and the classifier compare. Both are pure, and
both are also called inside Rasa, so this module uses nothing that is missing there.
"""

import re
import unicodedata

from bot.languages import chinese, spelling

LONGEST = 4096
"""Characters of one message that are read; what is longer is cut (Telegram's own limit)."""

_KEPT_CONTROLS = {"\n", "\t"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
_REPEATED_MARK = re.compile(r"([^\w\s])\1+")
_BLANK = re.compile(r"\s+")


def clean(text: str) -> str:
    """Text without control, format, bidi, private, unassigned and surrogate characters, in NFC, at most LONGEST long.

    Line breaks stay. A text of nothing visible becomes the empty string.
    """
    text = text[: LONGEST * 2]
    text = "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in _INVISIBLE)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)  # after the invisible went: it may have parted a letter from its mark
    return text.strip()[:LONGEST].rstrip()


def matching_form(text: str) -> str:
    """What rules and the classifier see of a text: one width, case and spelling, Simplified characters, plain digits.

    A letter repeated three times or more is kept twice ("heeelp" and "heeeeelp" meet), a repeated mark once; digits stay,
    30000 is not 300. A leading slash is dropped: inside Rasa it would be taken for a command. At most LONGEST long.
    """
    text = unicodedata.normalize("NFKC", clean(text)).casefold()
    text = spelling.one_spelling(chinese.simplify(text))
    text = "".join(_plain_digit(c) for c in text)
    text = _REPEATED.sub(r"\1\1", text)
    text = _REPEATED_MARK.sub(r"\1", text)
    text = _BLANK.sub(" ", text).lstrip("/ ")
    return text[:LONGEST].rstrip()


def _plain_digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
