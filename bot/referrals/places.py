"""Places in a person's own words: which areas a text names, and whether it says she is there."""

import re
from dataclasses import dataclass

from bot.languages.text import matching_form
from bot.referrals.service import Area

_HERE = {
    "zh": re.compile(r"(?:在|到了|来到|住|卖到|带到|骗到|拐到|嫁到|送到|运到)\s*$"),
    "en": re.compile(
        r"\b(?:in|at|inside|near|(?:came|come|taken|brought|sold|sent|moved|tricked|got) to)\s+(?:the\s+)?$"
    ),
}
"""What stands right before a place when she means where she is, not where she comes from or plans to go."""

_SPACED = re.compile(r"[a-z0-9à-ỹ]")


@dataclass(frozen=True)
class Mention:
    """An area named in a text; `here` when the text says somebody is or goes there."""

    code: str
    here: bool


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
        self._lengths: dict[str, list[int]] = {}
        for name in self._codes:
            self._lengths.setdefault(name[0], []).append(len(name))
        for first, lengths in self._lengths.items():
            self._lengths[first] = sorted(set(lengths), reverse=True)

    def mentions(self, text: str, language: str) -> tuple[Mention, ...]:
        """The areas a text names, each once, in the order of the text; of names that overlap the longest counts."""
        text = matching_form(text)
        here = _HERE.get(language)
        found: dict[str, bool] = {}
        start = 0
        while start < len(text):
            name = self._name_at(text, start)
            if name:
                code = self._codes[name]
                is_here = bool(here and here.search(text[:start]))
                found[code] = found.get(code, False) or is_here
            start += len(name or " ")
        return tuple(Mention(code, is_here) for code, is_here in found.items())

    def _name_at(self, text: str, start: int) -> str | None:
        """The longest name that begins at a position, as a whole word where words are parted by spaces."""
        for length in self._lengths.get(text[start], ()):
            name = text[start : start + length]
            if name not in self._codes:
                continue
            before, after = text[start - 1 : start], text[start + length : start + length + 1]
            if not (_SPACED.match(name[0]) and (_SPACED.match(before) or _SPACED.match(after))):
                return name
        return None

    def named(self, mentions: tuple[Mention, ...]) -> str | None:
        """The one area a text is about: a province beats its country, "in X" beats "from Y". None when it stays unclear."""
        return self.where_she_is(mentions) or self._only([m.code for m in mentions])

    def where_she_is(self, mentions: tuple[Mention, ...]) -> str | None:
        """The area a text says she is in, or None: a place she only comes from or plans to go to does not count."""
        return self._only([m.code for m in mentions if m.here])

    def _only(self, codes: list[str]) -> str | None:
        """The one area that is left when every country gives way to its province."""
        parents = {self._areas[code].parent for code in codes}
        codes = [code for code in codes if code not in parents]
        return codes[0] if len(codes) == 1 else None

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
