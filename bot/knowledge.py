"""All that Anlu knows, in memory, as of one version of the content: texts, services and places, danger words.

One immutable value, so that a turn sees one version throughout, and so that the danger words and the emergency numbers
are at hand when the database is not.
"""

from dataclasses import dataclass

from bot.content.files import Files
from bot.content.lookup import Lookup, build_lookup
from bot.referrals.files import parse_areas, parse_services
from bot.referrals.matching import Directory
from bot.referrals.places import Places
from bot.safety.crisis import DangerWords, build_danger_words


@dataclass(frozen=True)
class Knowledge:
    """See the module's text. `version` is the content store's; 0 for the folder."""

    version: int
    texts: Lookup
    directory: Directory
    danger: DangerWords


def build_knowledge(files: Files, *, version: int = 0) -> Knowledge:
    """Knowledge out of a set of files.

    Raises:
        ContentError, ReferralError, ValueError: naming the file that cannot be used.
    """
    areas, names = parse_areas(files)
    services = {service.id: service for service in parse_services(files)}
    return Knowledge(
        version=version,
        texts=build_lookup(files),
        directory=Directory(services, Places(areas, names)),
        danger=build_danger_words(files),
    )
