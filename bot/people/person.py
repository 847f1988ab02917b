"""What is remembered of a person between two messages."""

from dataclasses import dataclass

ZAWGYI, UNICODE = "zawgyi", "unicode"
"""How Burmese is typed (bot/languages/burmese.py)."""


@dataclass(frozen=True)
class Person:
    """One person at one door."""

    pseudonym: str
    door: str
    language: str | None = None
    """Last answered in."""
    chosen_language: str | None = None
    """Asked for by herself; beats every guess within one script."""
    script: str | None = None
    """"hant" or "hans" for Chinese, ZAWGYI or UNICODE for Burmese, as she last wrote it."""
    area: str | None = None
    last_topic: str | None = None
    campaign: str | None = None
    subscribed: bool = False
