"""Which services to show: by need, place, language and time. Pure over the directory."""

from dataclasses import dataclass
from datetime import datetime

from bot.messages import ReferralCard
from bot.referrals.places import Places
from bot.referrals.service import Service

DEFAULT_AREA = "CN"
"""Shown when nothing is known of where she is: most of the people Anlu is made for are in China."""
HOME = {"zh": "CN", "vi": "VN", "km": "KH", "lo": "LA", "my": "MM", "th": "TH"}
"""The country a language most likely belongs to: offered beside the default when her area is unknown, and whose consuls
she may turn to abroad."""
MOST = 4
_FOR_ANYBODY = ("women", "trafficking", "emergency")
"""Kinds for when an area has none of those that were asked for, consuls above all: somebody there must be able to help."""


@dataclass(frozen=True)
class Directory:
    """Every service and place, as of one version of the content."""

    services: dict[str, Service]
    places: Places

    def find(
        self, *, kinds: tuple[str, ...], area: str | None, language: str, at: datetime, most: int = MOST
    ) -> tuple[Service, ...]:
        """The services for a need, best first: by the order of `kinds`, then open now, then speaking her language.

        At most two of one kind, so that one kind does not push out the next. An unknown area means the default area and
        the home country of her language. Where there is none of these kinds: whoever else helps women there.
        """
        areas = self.places.chain(area) if area else [DEFAULT_AREA, *self._home(language)]
        found: list[Service] = []
        for kind in kinds:
            if kind == "emergency":
                of_kind = [self.services[i] for a in areas for i in self._emergency(a) if i in self.services]
            else:
                of_kind = [s for s in self.services.values() if s.kind == kind and self._serves(s, areas, language)]
                of_kind.sort(key=lambda s: self._rank(s, areas, language, at))
            shown = [s for s in dict.fromkeys(of_kind) if s.may_be_shown(at.date()) and s not in found]
            found += shown[:2] if len(kinds) > 1 else shown
        urgent = next((s for s in found if s.kind == "emergency"), None)
        if urgent and urgent not in found[:most]:
            found[most - 1] = urgent  # whoever needs the others may need this one first
        if not found and "emergency" not in kinds:
            return self.find(kinds=_FOR_ANYBODY, area=area, language=language, at=at, most=most)
        return tuple(found[:most])

    def emergency(self, *, area: str | None, language: str, at: datetime) -> tuple[Service, ...]:
        """The emergency numbers of an area, or of the default area and her home country when it is unknown.

        Never empty: an area for which no checked number is known brings the default's, named as such.
        """
        found = self.find(kinds=("emergency",), area=area, language=language, at=at, most=3)
        return found or self.find(kinds=("emergency",), area=None, language=language, at=at, most=3)

    def card(self, service: Service, *, language: str, named_area: bool) -> ReferralCard:
        """The service as she sees it; `named_area` puts the country in front, for when it may not be hers."""
        name = _in(service.name, language) or service.id
        if named_area:
            name = f"{self.places.name(service.area, language)}: {name}"
        links = tuple(value for kind, value in service.channels if kind in ("web", "chat", "app") and "://" in value)
        hours = "24/7" if service.always else _in(service.hours_text, language)
        return ReferralCard(
            id=service.id,
            name=name,
            number=service.number,
            hours=hours,
            languages=service.languages or (),
            abroad=service.abroad,
            note=_in(service.note, language),
            links=links,
            text_only={kind for kind, _ in service.channels if kind in ("phone", "sms")} == {"sms"},
        )

    def _serves(self, service: Service, areas: list[str], language: str) -> bool:
        """Whether a service is for somebody in these areas who speaks this language.

        Consuls serve their own citizens, and those only abroad: at home the country's other services do.
        """
        home = HOME.get(language)
        if service.citizens_of is None or home is None:
            return service.area in areas
        if service.citizens_of != home or areas[-1] == home:
            return False
        return service.area in areas or service.area == home

    def _emergency(self, area: str) -> tuple[str, ...]:
        for code in self.places.chain(area):
            if self.places.area(code).emergency:
                return self.places.area(code).emergency
        return ()

    def _home(self, language: str) -> list[str]:
        return [HOME[language]] if language in HOME else []

    def _rank(self, service: Service, areas: list[str], language: str, at: datetime) -> tuple[int, int, int, int]:
        place = self.places.area(service.area)
        is_open = service.is_open(at, place.timezone)
        return (
            0 if is_open else 1 if is_open is None else 2,
            0 if service.languages and language in service.languages else 1,
            areas.index(service.area) if service.area in areas else len(areas),
            0 if service.confidence == "two-sources" else 1,
        )


def _in(texts: dict[str, str], language: str) -> str | None:
    return texts.get(language) or texts.get("en")
