"""Which services are shown: by need, place, language and time, with small directories and with the real one."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.content.files import read_folder
from bot.knowledge import build_knowledge
from bot.referrals.matching import DEFAULT_AREA, HOME, MOST, Directory
from bot.referrals.service import HIDDEN_AFTER
from bot.settings import ROOT
from tests.directories import OFFICE, REVIEW, directory, service

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=SHANGHAI)
LINE = {"kind": "emergency", "always": True}


def ids(given: Directory, *kinds: str, area: str | None = "CN", language: str = "zh", at: datetime = NOON) -> list[str]:
    """The ids found, in order."""
    return [s.id for s in given.find(kinds=kinds, area=area, language=language, at=at)]


def test_the_order_of_needs_is_kept() -> None:
    """What is needed most comes first, whatever else is open."""
    known = directory(service("w", always=True), service("t", kind="trafficking"), service("l", kind="labour"))
    assert ids(known, "trafficking", "women") == ["t", "w"]
    assert ids(known, "labour") == ["l"]
    assert ids(known, "legal") == ["w", "t"], "none of the kind: whoever else helps women"


def test_open_now_comes_first() -> None:
    """By day the office is open; at night the line that never sleeps comes first, the closed one last."""
    known = directory(
        service("office", opening=OFFICE, languages=("zh",)), service("unknown"), service("always", always=True)
    )
    assert ids(known, "women", at=NOON) == ["office", "always", "unknown"]
    assert ids(known, "women", at=NIGHT) == ["always", "unknown", "office"]


def test_the_clock_is_the_clock_there() -> None:
    """A moment told in another time zone finds the same services open."""
    known = directory(service("office", opening=OFFICE), service("unknown"))
    london = NOON.astimezone(timezone.utc)
    assert ids(known, "women", at=london) == ids(known, "women", at=NOON) == ["office", "unknown"]


def test_a_service_in_her_language_comes_before_one_that_is_not() -> None:
    """Among those equally open."""
    known = directory(service("a"), service("b", languages=("en",)), service("c", languages=("my", "zh")))
    assert ids(known, "women", language="my") == ["c", "a", "b"]


def test_better_sourced_numbers_come_first_among_equals() -> None:
    """Two sources before one."""
    known = directory(service("one", confidence="one-source"), service("two"))
    assert ids(known, "women") == ["two", "one"]


def test_at_most_two_of_a_kind_and_four_in_all() -> None:
    """One kind does not push the next out; asked for alone it may fill the list."""
    women = [service(f"w{n}") for n in range(6)]
    legal = [service(f"l{n}", kind="legal") for n in range(3)]
    known = directory(*women, *legal)
    assert ids(known, "women", "legal") == ["w0", "w1", "l0", "l1"]
    assert ids(known, "women") == ["w0", "w1", "w2", "w3"]


def test_an_emergency_number_is_not_pushed_out() -> None:
    """When it comes last among the needs it still has a place."""
    rest = [service(f"{kind}{n}", kind=kind) for kind in ("women", "legal") for n in range(2)]
    known = directory(*rest, service("110", **LINE), emergency={"CN": ("110",)})
    found = ids(known, "women", "legal", "emergency")
    assert len(found) == MOST
    assert "110" in found


def test_a_province_falls_back_on_its_country_and_is_nearer() -> None:
    """What is in her province comes first, then what is in the country."""
    known = directory(service("country"), service("province", area="CN-JX"), service("other", area="VN"))
    assert ids(known, "women", area="CN-JX") == ["province", "country"]
    assert ids(known, "women", area="CN") == ["country"]


def test_members_fall_back_on_their_union() -> None:
    """A number of the whole union serves a member that has none of its own."""
    known = directory(service("eu", area="EU"), service("112", area="EU", **LINE), emergency={"EU": ("112",)})
    assert ids(known, "women", "emergency", area="FR") == ["eu", "112"]


def test_unknown_place_means_the_default_and_the_home_of_her_language() -> None:
    """Both countries, each named; a language without a home brings the default alone."""
    known = directory(
        service("110", **LINE), service("113", area="VN", **LINE), emergency={"CN": ("110",), "VN": ("113",)}
    )
    assert ids(known, "emergency", area=None, language="vi") == ["110", "113"]
    assert ids(known, "emergency", area=None, language="en") == ["110"]
    card = known.card(known.services["113"], language="vi", named_area=True)
    assert card.name == "Vietnam: 113"


def test_where_no_such_service_is_another_one_helps() -> None:
    """A place without a consul or a shelter still has somebody; only emergency numbers stand for nothing else."""
    known = directory(service("federation"), service("110", **LINE), emergency={"CN": ("110",)})
    assert ids(known, "consular") == ["federation", "110"]
    assert ids(known, "emergency") == ["110"]


def test_what_must_not_be_shown_is_not_found() -> None:
    """Numbers to be confirmed, and numbers left too long."""
    known = directory(service("shaky", status="check-before-use"), service("old", review_by=REVIEW), service("shown"))
    late = datetime.combine(REVIEW + HIDDEN_AFTER, NOON.timetz())
    assert ids(known, "women") == ["old", "shown"]
    assert ids(known, "women", at=late) == ["old", "shown"]
    assert ids(known, "women", at=late + timedelta(days=1)) == []


def test_an_emergency_id_that_is_not_usable_is_passed_over() -> None:
    """The next of the list comes instead."""
    known = directory(
        service("a", status="check-before-use", **LINE), service("b", **LINE), emergency={"CN": ("a", "gone", "b")}
    )
    assert ids(known, "emergency") == ["b"]


def test_a_place_without_any_number_brings_the_default_by_name() -> None:
    """Nothing is invented for it; what is shown belongs to another country, and says so in rendering."""
    known = directory(service("110", **LINE), emergency={"CN": ("110",)})
    found = known.emergency(area="MM", language="zh", at=NOON)
    assert [s.area for s in found] == ["CN"]


def test_consuls_serve_their_own_people_abroad() -> None:
    """Hers, where she is; not another country's, and not at home."""
    consul = {"kind": "consular", "citizens_of": "VN"}
    known = directory(service("vn-in-cn", **consul), service("vn-home", area="VN", **consul))
    assert ids(known, "consular", language="vi") == ["vn-in-cn", "vn-home"]
    assert ids(known, "consular", language="th") == []
    assert ids(known, "consular", area="VN", language="vi") == []


def test_a_card_says_what_she_needs_in_her_language() -> None:
    """Name and note in her language or English; links only where there is one to tap; text-only lines say so."""
    line = service(
        "w",
        name={"en": "Women's line", "zh": "妇女热线"},
        note={"en": "Free."},
        always=True,
        channels=(("sms", "12110"), ("app", "中国领事"), ("web", "https://example.org/")),
    )
    card = directory(line).card(line, language="zh", named_area=False)
    assert (card.name, card.note, card.hours, card.links) == ("妇女热线", "Free.", "24/7", ("https://example.org/",))
    assert card.text_only


# ---- the real directory ----


@pytest.fixture(scope="module")
def real() -> Directory:
    """What content/ holds."""
    return build_knowledge(read_folder(ROOT / "content")).directory


def test_every_emergency_number_of_an_area_exists(real: Directory) -> None:
    """areas.yml names only services there are."""
    for code in real.places._areas:
        assert all(name in real.services for name in real.places.area(code).emergency), code


@pytest.mark.parametrize("language", ["zh", "en", *HOME])
@pytest.mark.parametrize("at", [NOON, NIGHT])
def test_danger_always_brings_a_number(real: Directory, language: str, at: datetime) -> None:
    """In every area, known or not, day and night; the first one is the police of the place where one is known."""
    for code in [None, *real.places._areas]:
        found = real.emergency(area=code, language=language, at=at)
        assert found, code
        own = real.find(kinds=("emergency",), area=code, language=language, at=at)
        assert found[0].area in (real.places.chain(code) if own and code else [DEFAULT_AREA]), code


def test_every_core_country_has_a_number_of_its_own_or_is_known_not_to(real: Directory) -> None:
    """Myanmar's only number works in three towns and waits to be confirmed, so none is shown."""
    for code in ("CN", "VN", "KH", "LA", "MM", "TH"):
        own = real.find(kinds=("emergency",), area=code, language="en", at=NOON)
        assert bool(own) is (code != "MM"), code


@pytest.mark.parametrize(("language", "country"), [(c, a) for c, a in HOME.items() if a not in ("CN", "MM")])
def test_without_a_place_her_own_country_is_there_too(real: Directory, language: str, country: str) -> None:
    """China first, then home."""
    areas = [s.area for s in real.emergency(area=None, language=language, at=NOON)]
    assert areas[0] == DEFAULT_AREA
    assert country in areas


def test_eu_members_have_112(real: Directory) -> None:
    """The union's number, beside or instead of their own."""
    members = [code for code in real.places._areas if real.places.chain(code)[-1] == "EU"]
    assert len(members) == 28  # 27 and the union itself
    for code in members:
        numbers = {v for s in real.emergency(area=code, language="en", at=NOON) for _, v in s.channels}
        assert "112" in numbers, code


def test_chinese_women_line_waits_for_morning(real: Directory) -> None:
    """At night a line that is closed or unknown never stands before one that answers."""
    for kind in {s.kind for s in real.services.values()} - {"emergency"}:
        found = real.find(kinds=(kind,), area="CN", language="zh", at=NIGHT)
        ranks = [(True, None, False).index(s.is_open(NIGHT, "Asia/Shanghai")) for s in found]
        assert ranks == sorted(ranks), kind
