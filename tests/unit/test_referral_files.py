"""The numbers themselves: where they come from, how old they are, and that no wrong one can be shown.

A wrong number can hurt. The reference the directory was made from lies beside the checkout where the project is worked on;
the facts about wrong numbers are copied below, so that they are kept everywhere.
"""

import re
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
import yaml

from bot.content.files import read_folder
from bot.referrals.files import ReferralError, parse_areas, parse_services
from bot.referrals.service import Service
from bot.settings import ROOT

REFERENCE = ROOT.parent / "shared" / "reference" / "hotlines.yml"
FILES = read_folder(ROOT / "content")
SERVICES = parse_services(FILES)
DIALLED = ("phone", "sms", "whatsapp")
KINDS = {"emergency", "women", "trafficking", "child", "labour", "consular", "immigration", "health", "legal"}
HALF_A_YEAR = timedelta(days=184)

FORBIDDEN = {
    # superseded, misprinted or disputed numbers that pages still print for lines that have another one today
    "CN": ["+86-10-59913991", "+86-10-2308"],
    "HK": ["3153 5712", "5190 8909", "2392-2569", "2717 1771"],
    "TW": ["0800-024-111"],
    "VN": ["1800 1567", "1800 8077", "1800807", "+84 4 62 844 844"],
    "LA": ["191", "190", "195", "1190", "1195", "1300", "1192", "021-251-128"],
    "KH": ["1288", "023 997 919", "012 311 112", "081 37 38 39", "011 714 668"],
    "TH": ["1191", "1506"],
    "SG": ["1800-255-0000"],
    "KR": ["1577-1336", "1577-5432"],
    "JP": ["0570-0-55210", "0570-011000", "03-5363-3013"],
    "NL": ["+31 70 333 5678", "0900-1262626"],
    "ES": ["116 111"],
    "FR": ["01 44 52 88 90", "01 30 31 05 05", "0825 009 907"],
    "IT": ["1552"],
    "DE": ["08000 116 016", "0800 111 0 333", "166 111", "030 263 911 76"],
    "GB": ["0800 121 700", "0300 303 8151", "+44 203 188 3500", "+44 203 222 4100", "0800 1111"],
    "US": ["1-800-422-2253"],
    "AU": ["03 9345 1800", "1800 755 988"],
    "CY": ["22-808063", "22-808573", "22-808552"],
    "AE": ["800-1111", "80060", "600590000", "+971 6 802 7666", "+971 600 590 000", "800665"],
    "LS": ["123", "124", "116"],
    "MM": [],
}
"""By area: numbers met for a line there, or for a line nobody could confirm, that must not be shown there."""


def digits(text: str) -> str:
    """The digits of a number, without country code sign, leading zeros, spaces and marks."""
    return re.sub(r"\D", "", text).lstrip("0")


def shown(entry: Service) -> list[str]:
    """Every number a person can be shown of a service, also those inside its texts."""
    values = [v for v in (entry.number, entry.abroad) if v]
    values += [value for kind, value in entry.channels if kind in DIALLED]
    texts = [*entry.name.values(), *entry.note.values(), *entry.hours_text.values()]
    return values + [found for text in texts for found in re.findall(r"\+?\d[\d ().-]{2,}\d", text)]


@pytest.mark.parametrize("entry", SERVICES, ids=lambda s: s.id)
def test_every_entry_is_whole(entry: Service) -> None:
    """Sources, a date, a review within half a year, names and notes in the complete languages, a way to reach it."""
    assert entry.sources
    assert all(source["url"] and source["says"] for source in entry.sources)
    assert entry.checked_on <= entry.review_by <= entry.checked_on + HALF_A_YEAR
    assert entry.name.get("en")
    assert entry.name.get("zh")
    assert not entry.note or {"en", "zh"} <= set(entry.note)
    assert entry.always or not entry.hours_text or {"en", "zh"} <= set(entry.hours_text)
    assert entry.number or any("://" in value for _, value in entry.channels), "no way to reach it"
    assert entry.abroad is None or entry.abroad.startswith("+")
    assert entry.kind in KINDS
    assert entry.confidence in {"two-sources", "one-source", "conflict"}
    assert entry.languages is None or all(re.fullmatch("[a-z]{2,3}", code) for code in entry.languages)


def test_ids_are_unique_and_name_their_area() -> None:
    """One id, one service; its beginning is its file."""
    names = [s.id for s in SERVICES]
    assert sorted(set(names)) == sorted(names)
    assert [s.id for s in SERVICES if not s.id.startswith(f"{s.area.lower()}-")] == []
    areas, _ = parse_areas(FILES)
    assert {s.area for s in SERVICES} <= set(areas)


def test_no_forbidden_number_can_be_shown() -> None:
    """Superseded numbers, misprints, older sides of a conflict and unverified candidates; long ones in no area at all."""
    wrong = []
    for entry in SERVICES:
        values = {digits(value) for value in shown(entry)}
        for area, numbers in FORBIDDEN.items():
            for number in map(digits, numbers):
                same = area == entry.area or len(number) > 6
                if same and any(_is(value, number) for value in values):
                    wrong.append((entry.id, number))
    assert wrong == []


def _is(value: str, number: str) -> bool:
    """Whether a shown number is a forbidden one, perhaps with its country code."""
    return value == number or (len(number) > 6 and value.endswith(number) and len(value) - len(number) <= 3)


def test_disputed_and_unconfirmed_lines_stay_hidden() -> None:
    """Myanmar's 199, the text line 12110, Lesotho's police and the Emirates' labour line wait for somebody to confirm them."""
    today = max(s.checked_on for s in SERVICES)
    for name in ("mm-199", "cn-12110", "ls-police", "ae-mohre", "ae-dfwac", "kh-foreigners-police-a"):
        entry = next(s for s in SERVICES if s.id == name)
        assert not entry.may_be_shown(today), name


# ---- against the reference itself ----


@pytest.fixture(scope="module")
def reference() -> dict[str, dict[str, Any]]:
    """The reference by id; tests that need it are skipped where the checkout stands alone."""
    if not REFERENCE.exists():
        pytest.skip("the reference the directory was made from is not beside this checkout")
    entries = yaml.load(REFERENCE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {entry["id"]: entry for entry in entries}


def _allowed(entry: dict[str, Any]) -> set[str]:
    """Every number the reference gives for a line today: single ones, and neighbouring groups of digits as one."""
    number = entry["number"]
    found = set()
    for text in (number["local"], number["abroad"], *(str(c["value"]) for c in entry["channels"])):
        groups = re.findall(r"\d+", text or "")
        found |= {digits("".join(groups[a:b])) for a, b in combinations(range(len(groups) + 1), 2)}
    return found


def test_every_shown_number_stands_in_the_reference(reference: dict[str, dict[str, Any]]) -> None:
    """Same id, same digits: number, number from abroad, channels."""
    for entry in SERVICES:
        known = reference[entry.id]
        numbers = [v for v in (entry.number, entry.abroad) if v] + [v for k, v in entry.channels if k in DIALLED]
        assert {digits(v) for v in numbers} <= _allowed(known), entry.id
        assert entry.abroad == known["number"]["abroad"], entry.id
        assert entry.status == known["status"], entry.id
        assert entry.confidence == known["confidence"], entry.id
        assert entry.area == known["area"], entry.id


def test_every_link_stands_in_the_reference(reference: dict[str, dict[str, Any]]) -> None:
    """Web pages and chats are those of the reference's channels or sources."""
    for entry in SERVICES:
        known = str(reference[entry.id])
        for kind, value in entry.channels:
            host = re.sub(r"https?://(www\.)?([^/]+).*", r"\2", value.removeprefix("WeChat "))
            assert kind in DIALLED or host in known, (entry.id, value)


def test_every_source_stands_in_the_reference(reference: dict[str, dict[str, Any]]) -> None:
    """No source was made up."""
    for entry in SERVICES:
        urls = {source["url"] for source in reference[entry.id]["sources"]}
        assert {source["url"] for source in entry.sources} <= urls, entry.id


def test_usable_entries_are_here_and_stale_ones_are_not(reference: dict[str, dict[str, Any]]) -> None:
    """Nothing usable is missing, nothing stale stands in a file, not even hidden."""
    here = {s.id for s in SERVICES}
    assert {i for i, e in reference.items() if e["status"] == "usable"} - here == set()
    assert {i for i, e in reference.items() if e["status"] == "stale"} & here == set()


def test_no_other_number_seen_can_be_shown(reference: dict[str, dict[str, Any]]) -> None:
    """What the reference met beside the right number of a line is shown for no line of that area, unless it is one's own."""
    for known in reference.values():
        current = _allowed(known)
        others = {
            digits(p) for o in known["other_numbers_seen"] for p in re.split(r" / |[(;]| \+ |WhatsApp", o["number"])
        }
        for entry in (s for s in SERVICES if s.area == known["area"]):
            values = {digits(value) for value in shown(entry)}
            own = _allowed(reference[entry.id]) if reference[entry.id]["status"] == "usable" else set()
            assert (values & others) - {""} <= current | own, (entry.id, known["id"])


# ---- reading the files ----

ENTRY = """
- {id: cn-1, kind: women, citizens_of: null, name: {en: Line, zh: 热线}, number: '1', abroad: null, channels: [],
   hours: HOURS, languages: null, cost: null, note: null, sources: [{url: u}], confidence: one-source,
   status: STATUS, checked_on: 2026-11-24, review_by: 2027-05-24}
"""


def _entry(hours: str = "null", status: str = "usable") -> dict[str, str]:
    return {"referrals/cn.yml": ENTRY.replace("HOURS", hours).replace("STATUS", status)}


def test_an_entry_is_read() -> None:
    """Its area is its file's name; dates are dates."""
    (entry,) = parse_services(_entry())
    assert (entry.area, entry.checked_on, entry.review_by) == ("CN", date(2026, 11, 24), date(2027, 5, 24))


def test_a_line_open_until_midnight() -> None:
    """24:00 is the end of the day."""
    (entry,) = parse_services(_entry("{text: {en: t, zh: t}, open: [{days: [mon], from: '08:00', to: '24:00'}]}"))
    assert entry.opening[0].end.hour == 23


@pytest.mark.parametrize(
    "files",
    [
        _entry(status="stale"),
        _entry(status="conflict"),
        _entry("{open: [{days: [mon], from: '8 in the morning', to: '17:00'}]}"),
        {"referrals/cn.yml": "- {id: cn-1, kind: women}"},
    ],
)
def test_what_may_not_stand_in_a_file_is_refused_by_name(files: dict[str, str]) -> None:
    """One line with file and entry."""
    with pytest.raises(ReferralError, match=r"^referrals/cn\.yml: cn-1: [^\n]+$"):
        parse_services(files)


def test_an_empty_file_holds_nothing() -> None:
    """Also one with only a comment."""
    assert parse_services({"referrals/xx.yml": "# nothing yet\n"}) == []
