"""Services and areas out of content/referrals/ and content/areas/."""

from datetime import date, time
from typing import Any

from bot.referrals.service import Area, Opening, Service
from bot.yaml_text import load_yaml

SHOWABLE = ("usable", "check-before-use")


class ReferralError(Exception):
    """An entry that cannot be used; says which and why, in one line."""


def parse_services(files: dict[str, str]) -> list[Service]:
    """Every entry of content/referrals/<area>.yml.

    Raises:
        ReferralError: naming the file and entry.
    """
    found: list[Service] = []
    for path, body in files.items():
        if not path.startswith("referrals/"):
            continue
        area = path.removeprefix("referrals/").removesuffix(".yml").upper()
        for entry in load_yaml(body) or []:
            try:
                found.append(_service(area, entry))
            except (KeyError, TypeError, ValueError) as error:
                raise ReferralError(f"{path}: {entry.get('id', 'an entry')}: {error!r}") from None
    return found


def _service(area: str, entry: dict[str, Any]) -> Service:
    hours = entry["hours"] or {}
    if entry["status"] not in SHOWABLE:
        raise ValueError(f"status {entry['status']} may not stand here")
    return Service(
        id=entry["id"],
        area=area,
        kind=entry["kind"],
        citizens_of=entry["citizens_of"] if entry["kind"] == "consular" else None,
        name=dict(entry["name"]),
        number=entry["number"],
        abroad=entry["abroad"],
        channels=tuple((c["type"], c["value"]) for c in entry["channels"]),
        always=bool(hours.get("always")),
        opening=tuple(_opening(o) for o in hours.get("open", ())),
        hours_text=dict(hours.get("text") or {}),
        languages=tuple(entry["languages"]) if entry["languages"] else None,
        note=dict(entry["note"] or {}),
        sources=tuple(entry["sources"]),
        confidence=entry["confidence"],
        status=entry["status"],
        checked_on=_day(entry["checked_on"]),
        review_by=_day(entry["review_by"]),
    )


def _opening(data: dict[str, Any]) -> Opening:
    end = str(data["to"])
    return Opening(
        tuple(data["days"]),
        time.fromisoformat(str(data["from"])),
        time.max if end == "24:00" else time.fromisoformat(end),
    )


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def parse_areas(files: dict[str, str]) -> tuple[dict[str, Area], dict[str, dict[str, list[str]]]]:
    """The areas by code, and per language what people call them."""
    areas = {
        code: Area(code, v["parent"], tuple(v["emergency"]), v["timezone"], v["main"])
        for code, v in load_yaml(files["areas/areas.yml"]).items()
    }
    names = {
        path.removeprefix("areas/").removesuffix(".yml"): load_yaml(body)
        for path, body in files.items()
        if path.startswith("areas/") and path != "areas/areas.yml"
    }
    return areas, names
