"""What a button sends back: a short text with a fixed grammar, the same on every channel. Anything else is refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GRAMMAR = re.compile(
    r"(?P<verb>topic|more|menu|area|areas|language|script|check|yes|no|skip|stop|forget|lost|person|other)"
    r"(?::(?P<name>[A-Za-z_-]{1,40}))?(?::(?P<number>[0-9]{1,2}))?"
)
_OTHER = re.compile(r"other:[a-z_]{1,40}(?:\.[a-z_]{1,40})*")
_ALONE = {"areas", "yes", "no", "skip", "stop", "lost", "person", "other"}
_NUMBERED = {"more", "yes", "no", "skip"}
"""With the number of a screen, or of the question that is answered."""
_NAMED = {"topic", "more", "area", "language", "script", "check", "forget"}

LONGEST = 52
"""Bytes of a payload; Telegram takes 64 with our mark on it."""


@dataclass(frozen=True)
class Payload:
    """A parsed button: `verb`, and what it is about."""

    verb: str
    name: str | None = None
    number: int = 0


def parse_payload(text: str) -> Payload | None:
    """The button behind a payload; None for anything that no button of ours sends."""
    if _OTHER.fullmatch(text):
        return Payload("other", text.removeprefix("other:"))
    match = _GRAMMAR.fullmatch(text)
    if not match:
        return None
    verb, name, number = match["verb"], match["name"], match["number"]
    if (verb in _ALONE and name) or (verb in _NAMED and not name) or (number and verb not in _NUMBERED):
        return None
    return Payload(verb, name, int(number or 0))


def other_payload(topics: Sequence[str]) -> str:
    """The button for an answer to another matter, with as many of the next likely topics as a button can carry."""
    kept: list[str] = []
    for topic in topics:
        if len(".".join(("other:", *kept, topic))) > LONGEST:
            break
        kept.append(topic)
    return f"other:{'.'.join(kept)}" if kept else "other"
