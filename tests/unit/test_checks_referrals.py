"""`anlu referrals check`: what somebody must look at."""

from datetime import date, timedelta

from bot.content.files import read_folder
from bot.referrals.checks import check
from bot.referrals.files import parse_services
from bot.referrals.service import HIDDEN_AFTER
from bot.settings import ROOT
from tests.directories import CHECKED, REVIEW, service

TODAY = date(2027, 6, 1)


def test_numbers_are_sorted_by_what_must_be_done() -> None:
    """In time, overdue, hidden, to be confirmed: each in its place and no other."""
    report = check(
        [
            service("fresh", review_by=TODAY),
            service("overdue", review_by=TODAY - timedelta(days=1)),
            service("hidden", review_by=TODAY - HIDDEN_AFTER - timedelta(days=1)),
            service("shaky", status="check-before-use", review_by=date(2020, 1, 1)),
        ],
        today=TODAY,
    )
    assert report.shown == ("fresh", "overdue")
    assert report.overdue == ("overdue",)
    assert report.hidden == ("hidden",)
    assert report.to_confirm == ("shaky",)


def test_the_next_review_is_the_earliest() -> None:
    """Of the usable ones; none without any."""
    later = service("later", review_by=REVIEW + timedelta(days=9))
    assert check([later, service("first")], today=CHECKED).next_review == REVIEW
    assert check([], today=CHECKED).next_review is None


def test_the_directory_today_shows_every_usable_number() -> None:
    """On the day they were looked at none is overdue, none hidden."""
    services = parse_services(read_folder(ROOT / "content"))
    report = check(services, today=max(s.checked_on for s in services))
    assert len(report.shown) == 109
    assert len(report.to_confirm) == 29
    assert report.overdue == report.hidden == ()
