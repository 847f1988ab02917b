"""From a Reply to what Telegram shows: plain text in parts that fit, and rows of buttons. Pure; knows no network."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.messages import Button, ReferralCard, Reply

LONGEST = 4096
"""Telegram's limit on one message, in UTF-16 units."""
_SHORT = 14
"""Two titles this wide or narrower (a Chinese character is two wide) share a row on a small phone."""
_JOINS_NEXT = {"\u200d", "\u17d2", "\u1039", "\u1a60", "\ua9c0"}
"""Joiner, Khmer coeng, Burmese stacking sign and their kin: what follows belongs to what came before."""
_JOINS_BEFORE = {"\u200d", "\u200c", "\u0e33", "\u0eb3"}

Phrase = Callable[..., str]


@dataclass(frozen=True)
class Part:
    """One Telegram message; only the last of a reply has buttons."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()


def parts_of(reply: Reply, phrase: Phrase) -> list[Part]:
    """The messages a reply becomes, at least one. `phrase` finds a sentence by its key, in her language."""
    blocks = [reply.text, *(_card(card, phrase) for card in reply.referrals)]
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    parts = [Part(piece) for piece in split(text.encode("utf-8", "replace").decode("utf-8"))]
    parts[-1] = Part(parts[-1].text, rows_of(reply.buttons))
    return parts


def rows_of(buttons: tuple[Button, ...]) -> tuple[tuple[Button, ...], ...]:
    """One button a row; two where both titles are short."""
    rows: list[tuple[Button, ...]] = []
    for button in buttons:
        if rows and len(rows[-1]) == 1 and _width(button.title) <= _SHORT and _width(rows[-1][0].title) <= _SHORT:
            rows[-1] = (*rows[-1], button)
        else:
            rows.append((button,))
    return tuple(rows)


def split(text: str, limit: int = LONGEST) -> list[str]:
    """A text in pieces of at most `limit` UTF-16 units: between paragraphs, lines, sentences or words, never in a letter."""
    pieces = []
    while _units(text) > limit:
        at = _border(text, limit)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    pieces.append(text)
    return [piece for piece in pieces if piece] or [text]


def _card(card: ReferralCard, phrase: Phrase) -> str:
    lines = [card.name, card.number]
    if card.hours:
        lines.append(phrase("web_hours", hours=card.hours))
    if card.abroad:
        lines.append(phrase("web_abroad", number=card.abroad))
    return "\n".join(line for line in (*lines, card.note, *card.links) if line)


def _units(text: str) -> int:
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _border(text: str, limit: int) -> int:
    """Where to cut the front of a text that is too long."""
    end = min(limit, len(text))
    while _units(text[:end]) > limit:
        end -= 1
    for mark in ("\n\n", "\n", "。", "！", "？", "။", "។", ". ", "! ", "? ", " "):
        at = text.rfind(mark, end // 2, end)
        if at >= 0:
            return at + len(mark)
    at = end
    while at > end // 2 and not _starts_letter(text, at):
        at -= 1
    return at if _starts_letter(text, at) else end


def _starts_letter(text: str, at: int) -> bool:
    """Whether a reader sees a new letter begin at an index, near enough to Unicode's rules for the scripts served."""
    before, here = text[at - 1], text[at]
    if before in _JOINS_NEXT or here in _JOINS_BEFORE or unicodedata.category(here).startswith("M"):
        return False
    if "\U0001f3fb" <= here <= "\U0001f3ff":  # skin tones
        return False
    if "\U0001f1e6" <= here <= "\U0001f1ff":  # half of a flag
        halves = 0
        while at - 1 - halves >= 0 and "\U0001f1e6" <= text[at - 1 - halves] <= "\U0001f1ff":
            halves += 1
        return halves % 2 == 0
    return True
