"""Small directories of services for tests: two countries, a province, a union, and what they hold."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from bot.referrals.matching import Directory
from bot.referrals.places import Places
from bot.referrals.service import Area, Opening, Service

OFFICE = (Opening(("mon", "tue", "wed", "thu", "fri"), time(8, 30), time(17, 30)),)
NAMES = {
    "en": {
        "CN": ["China"],
        "CN-JX": ["Jiangxi"],
        "VN": ["Vietnam"],
        "EU": ["Europe"],
        "FR": ["France"],
        "MM": ["Myanmar"],
    },
    "zh": {"CN": ["中国"], "CN-JX": ["江西"], "VN": ["越南"], "MM": ["缅甸"]},
}
CHECKED, REVIEW = date(2026, 11, 24), date(2027, 5, 24)


def service(identity: str, /, **changes: Any) -> Service:
    """A women's line in China, open at hours nobody knows."""
    whole = Service(
        id=identity,
        area="CN",
        kind="women",
        citizens_of=None,
        name={"en": identity},
        number="1",
        abroad=None,
        channels=(("phone", "1"),),
        always=False,
        opening=(),
        hours_text={},
        languages=None,
        note={},
        sources=({"url": "https://example.org"},),
        confidence="two-sources",
        status="usable",
        checked_on=CHECKED,
        review_by=REVIEW,
    )
    return replace(whole, **changes)


def directory(*services: Service, emergency: dict[str, tuple[str, ...]] | None = None) -> Directory:
    """A directory of these services; `emergency` says which of them are an area's emergency numbers."""
    where = {"CN": None, "CN-JX": "CN", "VN": None, "EU": None, "FR": "EU", "MM": None}
    zones = {"CN": "Asia/Shanghai", "CN-JX": "Asia/Shanghai", "FR": "Europe/Paris"}
    areas = {
        code: Area(code, parent, (emergency or {}).get(code, ()), zones.get(code, "UTC"), True)
        for code, parent in where.items()
    }
    return Directory({s.id: s for s in services}, Places(areas, NAMES))
