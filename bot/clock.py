"""The time, in one place, so that tests and timers can be given another."""

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, in UTC, with its time zone."""
    return datetime.now(timezone.utc)
