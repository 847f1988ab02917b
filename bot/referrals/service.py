"""A helpline or place people can turn to: its number, hours, languages, sources, and whether it may still be shown."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HIDDEN_AFTER = timedelta(days=90)
"""A number this long past its review date is no longer shown; from the review date on it is flagged to staff."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Opening:
    """Days and times of one stretch, in the service's own time zone."""

    days: tuple[str, ...]
    start: time
    end: time


@dataclass(frozen=True, eq=False)
class Service:
    """One entry of content/referrals/<area>.yml; see content/README.md for the fields."""

    id: str
    area: str
    kind: str
    citizens_of: str | None
    """Whose citizens a consular service is for, as an area; None for every other kind."""
    name: dict[str, str]
    number: str | None
    abroad: str | None
    channels: tuple[tuple[str, str], ...]
    always: bool
    opening: tuple[Opening, ...]
    hours_text: dict[str, str]
    languages: tuple[str, ...] | None
    note: dict[str, str]
    sources: tuple[dict[str, Any], ...]
    confidence: str
    status: str
    checked_on: date
    review_by: date

    def may_be_shown(self, today: date) -> bool:
        """Usable, and not left unchecked too long. An emergency number stays: an old one is better than none."""
        return self.status == "usable" and (self.kind == "emergency" or today <= self.review_by + HIDDEN_AFTER)

    def is_overdue(self, today: date) -> bool:
        """Whether somebody must check the number again."""
        return today > self.review_by

    def is_open(self, at: datetime, timezone: str) -> bool | None:
        """Whether somebody answers then; None when the hours are not known."""
        if self.always:
            return True
        if not self.opening:
            return None
        local = at.astimezone(ZoneInfo(timezone))
        day, clock = _DAYS[local.weekday()], local.time()
        return any(day in o.days and o.start <= clock < o.end for o in self.opening)


@dataclass(frozen=True)
class Area:
    """A country, province or region."""

    code: str
    parent: str | None
    emergency: tuple[str, ...]
    timezone: str
    main: bool
