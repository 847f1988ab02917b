"""What Rasa decided should be said. Rasa decides, Anlu speaks: a directive names things, rendering finds the words."""

from dataclasses import dataclass
from typing import Any

SAYINGS = frozenset(
    (
        "topic",  # the answer to `topic`
        "referrals",  # the services `referrals`, for `area`
        "ask_area",  # the question where she is
        "question",  # question `number` of the guided check `check`
        "check_result",  # the result `level` of the guided check `check`
        "unsure",  # doubt: buttons with the likeliest topics, or the menu
        "language",  # the language `language` from now on, or, without it, the languages to choose from
    )
)


@dataclass(frozen=True)
class Directive:
    """One thing to say; only the fields its saying needs are set."""

    say: str
    topic: str | None = None
    referrals: tuple[str, ...] = ()
    area: str | None = None
    remember: bool = False
    """Whether `area` is what she told of herself, to be kept."""
    check: str | None = None
    number: int = 0
    level: str | None = None
    language: str | None = None
    script: str | None = None


def parse_directive(data: dict[str, Any]) -> Directive | None:
    """A directive out of Rasa's custom payload; None for one of an unknown saying (an older or newer model)."""
    if data.get("say") not in SAYINGS:
        return None
    known = {name: data[name] for name in Directive.__dataclass_fields__ if name in data}
    if "referrals" in known:
        known["referrals"] = tuple(known["referrals"])
    return Directive(**known)
