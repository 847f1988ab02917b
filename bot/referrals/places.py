"""Places in a person's own words: which areas a text names, and whether it says somebody is there."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.languages.text import matching_form
from bot.referrals.service import Area
from bot.referrals.whereabouts import standing

NOT_A_PLACE = "not a place"
"""The key in content/areas/<language>.yml for words that hold a place's name and mean none."""

_BETWEEN = re.compile(r"(?:[ ,、·]|的|省|市)*")
_NEAR = 60
"""Letters before and behind a name that are read."""
_SPACED = re.compile("[a-z0-9\u00e0-\u024f\u1e00-\u1eff]")
"""What begins a name in Latin letters, of a language that parts its words."""
_MARKS = "".join(
    chr(c)
    for c in (*range(0x0E30, 0x0EF0), *range(0x102B, 0x1040), *range(0x17B6, 0x17D4))
    if unicodedata.category(chr(c))[0] == "M"
)
"""Vowel signs and tone marks of Thai, Lao, Burmese and Khmer: a letter with one behind it is not the end of a name."""


@dataclass(frozen=True)
class Mention:
    """An area named in a text.

    `here` when the text says somebody is there, or names the place by itself; `origin` when somebody only comes from there.
    """

    code: str
    here: bool
    origin: bool = False


class Places:
    """The gazetteer of every language at once: people name places in whatever language comes first."""

    def __init__(self, areas: dict[str, Area], names: dict[str, dict[str, list[str]]]) -> None:
        self._areas = areas
        self._names = names
        self._codes: dict[str, str] = {}
        for by_code in names.values():
            for code, known in by_code.items():
                for name in known:
                    self._codes.setdefault(matching_form(str(name)), code)
        self._pattern = _one_of(self._codes)

    def mentions(self, text: str, language: str) -> tuple[Mention, ...]:
        """The areas a text names, each once, in the order of the text."""
        text = matching_form(text)
        found: dict[str, Mention] = {}
        for codes, start, end in self._runs(text):
            here, origin = standing(text[max(0, start - _NEAR) : start], text[end : end + _NEAR], language)
            for code in codes:
                known = found.get(code)
                found[code] = Mention(
                    code, here or bool(known and known.here), origin and (known is None or known.origin)
                )
        return tuple(found.values())

    def named(self, mentions: tuple[Mention, ...]) -> str | None:
        """The one area a text is about: a province beats its country, "in X" beats the others. None when it stays unclear.

        Where somebody comes from is not what she asks about.
        """
        return self._one([m.code for m in mentions if m.here] or [m.code for m in mentions if not m.origin])

    def where_she_is(self, mentions: tuple[Mention, ...]) -> str | None:
        """The area a text says she, or whoever it is about, is in; None for where somebody comes from or plans to go."""
        return self._one([m.code for m in mentions if m.here])

    def _one(self, codes: list[str]) -> str | None:
        parents = {self._areas[c].parent for c in codes}
        codes = [c for c in codes if c not in parents]
        return codes[0] if len(codes) == 1 else None

    def _runs(self, text: str) -> list[tuple[list[str], int, int]]:
        """The names in a text; those that make one address ("Jiangxi, China") together, with where it begins and ends."""
        runs: list[tuple[list[str], int, int]] = []
        for match in self._pattern.finditer(text):
            code = self._codes[match.group()]
            if code == NOT_A_PLACE:
                continue
            if runs and self._belong(runs[-1][0][-1], code) and _BETWEEN.fullmatch(text, runs[-1][2], match.start()):
                runs[-1] = ([*runs[-1][0], code], runs[-1][1], match.end())
            else:
                runs.append(([code], match.start(), match.end()))
        return runs

    def _belong(self, one: str, other: str) -> bool:
        return one in self.chain(other) or other in self.chain(one)

    def name(self, code: str, language: str) -> str:
        """What an area is called in a language (English, then the code, where it has no name there)."""
        for choice in (language, "en"):
            known = self._names.get(choice, {}).get(code)
            if known:
                return str(known[0])
        return code

    def __contains__(self, code: object) -> bool:
        return code in self._areas

    def main(self) -> list[str]:
        """The areas offered as buttons."""
        return [code for code, area in self._areas.items() if area.main]

    def chain(self, code: str | None) -> list[str]:
        """An area and what it belongs to, from near to far."""
        found = []
        while code in self._areas:
            assert code is not None
            found.append(code)
            code = self._areas[code].parent
        return found

    def area(self, code: str) -> Area:
        """The area of a code.

        Raises:
            KeyError: for an unknown code.
        """
        return self._areas[code]


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names, the longest that fits; whole words where words are parted by spaces.

    What cannot begin a name is passed over first: a long message full of names must not keep anybody waiting.
    """
    ordered = sorted(names, key=len, reverse=True)
    words = [re.escape(name) for name in ordered if _SPACED.match(name)]
    runs = [re.escape(name) for name in ordered if not _SPACED.match(name)]
    starts = "".join(sorted({re.escape(name[0]) for name in ordered if not _SPACED.match(name)}))
    parts = [rf"\b(?:{'|'.join(words)})\b"] if words else []
    parts += [f"(?=[{starts}])(?:{'|'.join(runs)})(?![{_MARKS}])"] if runs else []
    return re.compile("|".join(parts) or "(?!)")
