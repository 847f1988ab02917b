"""Which numbers somebody must look at: overdue, hidden, never confirmed. Pure over the directory."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.referrals.service import Service


@dataclass(frozen=True)
class Report:
    """Ids by what is the matter with them."""

    shown: tuple[str, ...]
    overdue: tuple[str, ...]
    """Past their review date; still shown."""
    hidden: tuple[str, ...]
    """Too long past it; no longer shown."""
    to_confirm: tuple[str, ...]
    """Never shown until somebody confirms them with the operator."""
    next_review: date | None


def check(services: Iterable[Service], *, today: date) -> Report:
    """Sort the services by what must be done."""
    services = list(services)
    usable = [s for s in services if s.status == "usable"]
    return Report(
        shown=tuple(s.id for s in usable if s.may_be_shown(today)),
        overdue=tuple(s.id for s in usable if s.is_overdue(today) and s.may_be_shown(today)),
        hidden=tuple(s.id for s in usable if not s.may_be_shown(today)),
        to_confirm=tuple(s.id for s in services if s.status == "check-before-use"),
        next_review=min((s.review_by for s in usable), default=None),
    )
