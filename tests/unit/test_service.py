"""When somebody answers, and how long a number may be shown."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.referrals.service import HIDDEN_AFTER, Opening
from tests.directories import CHECKED, OFFICE, REVIEW, service

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 11, 25, 8, 30, tzinfo=SHANGHAI), True),
        (datetime(2026, 11, 25, 8, 29, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 25, 17, 29, tzinfo=SHANGHAI), True),
        (datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 25, 2, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 28, 10, 0, tzinfo=SHANGHAI), False),  # a Saturday
        (datetime(2026, 11, 25, 0, 30, tzinfo=timezone.utc), True),  # half past eight in Shanghai
        (datetime(2026, 11, 22, 23, 0, tzinfo=timezone.utc), False),  # Monday morning in Shanghai, before opening
        (datetime(2026, 11, 27, 22, 0, tzinfo=timezone.utc), False),  # Friday in London, Saturday in Shanghai
    ],
)
def test_hours_are_read_on_the_clock_of_the_place(at: datetime, is_open: bool) -> None:
    """Opening times and days are the service's own, wherever the moment was taken."""
    assert service("women", opening=OFFICE).is_open(at, "Asia/Shanghai") is is_open


def test_open_until_midnight_and_from_midnight() -> None:
    """A night line written as two stretches answers on both sides of midnight."""
    night = (Opening(("mon",), time(18), time.max), Opening(("tue",), time(0), time(6)))
    line = service("night", opening=night)
    assert line.is_open(datetime(2026, 11, 23, 23, 59, 59, tzinfo=SHANGHAI), "Asia/Shanghai")
    assert line.is_open(datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI), "Asia/Shanghai")
    assert not line.is_open(datetime(2026, 11, 24, 18, 0, tzinfo=SHANGHAI), "Asia/Shanghai")


def test_day_and_night_and_unknown_hours() -> None:
    """Always means always; without hours nobody knows, and nothing is promised."""
    at = datetime(2026, 11, 25, 3, 0, tzinfo=SHANGHAI)
    assert service("always", always=True).is_open(at, "Asia/Shanghai") is True
    assert service("unknown").is_open(at, "Asia/Shanghai") is None


@pytest.mark.parametrize(
    ("today", "shown", "overdue"),
    [
        (CHECKED, True, False),
        (REVIEW, True, False),
        (REVIEW + timedelta(days=1), True, True),
        (REVIEW + HIDDEN_AFTER, True, True),
        (REVIEW + HIDDEN_AFTER + timedelta(days=1), False, True),
    ],
)
def test_a_number_nobody_looked_at_is_flagged_then_hidden(today: date, shown: bool, overdue: bool) -> None:
    """From the day after its review date it is overdue; ninety days later it is no longer shown."""
    assert service("s").may_be_shown(today) is shown
    assert service("s").is_overdue(today) is overdue


def test_an_emergency_number_is_never_hidden_for_its_age() -> None:
    """An old one is better than none; staff are told that it is overdue."""
    late = REVIEW + HIDDEN_AFTER + timedelta(days=1)
    assert service("110", kind="emergency").may_be_shown(late)
    assert service("110", kind="emergency").is_overdue(late)


def test_a_number_to_be_confirmed_is_never_shown() -> None:
    """Not even on the day it was read on a page."""
    assert not service("s", status="check-before-use").may_be_shown(CHECKED)
