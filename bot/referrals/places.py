"""Places in a person's own words: which areas a text names, and whether it says somebody is there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.languages.text import matching_form
from bot.referrals.service import Area

NOT_A_PLACE = "not a place"
"""The key in content/areas/<language>.yml for words that hold a place's name and mean none."""

_VERBS = r"(?:be|get|come|go|work|live|stay|study|marry|settle|find|earn|start|make|do)"
_HERE = {
    "zh": re.compile(
        r"(?:(?<![不家妈爸母乡])(?<!家人)在|喺|(?<!不)住|来到|(?:到|去)到?了|(?:已经|刚刚?|人)到|"
        r"(?:卖|带|骗|拐|嫁|送|运|抓|绑|弄)(?:到|去|来|进)了?)$"
    ),
    "en": re.compile(
        r"\b(?:in|at|inside|near|reached|(?:came|come|taken|took|brought|sold|sent|moved|tricked|trafficked|smuggled|got)"
        r"(?: (?:me|us|her|him|them|my \w+|over|down|back|here))* to) (?:the )?$"
    ),
}
"""What stands right before a place when somebody is there."""
_PLAN = {
    "zh": re.compile(
        r"(?:(?<!不)想|打算|准备|计划|[要会将能]|如果)(?:我们?|她们?|他们?|人)?(?:去|来|再)?被?(?:[把将给]\w{1,5})?$"
    ),
    "en": re.compile(
        r"(?:\b(?:not|never|longer|be|being|if(?: \w+){1,3})|n'?t|"
        r"\b(?:will|would|can|could|may|might|should|gonna|wanna|'ll)(?: (?:i|we|she|he|they|you))?"
        rf"(?: {_VERBS}(?: \w+){{0,3}})?|"
        r"\b(?:wants?|wanted|like|hope|plan|plans|planning|going|go|how|agreed|invited|decided|ready|offer|offers|offered|"
        rf"chance|thinking)(?: (?:me|us|her|of))? (?:to )?{_VERBS}(?: \w+){{0,3}}|"
        r"\b(?:jobs?|vacancy|vacancies|positions?|offers?|salary|salaries|visas?|contracts?)|"
        r"\b(?:my|our) (?:mother|mum|mom|mama|father|dad|parents|family|hometown)(?: (?:is|are|lives?|stays?|back))*) ?$"
    ),
}
"""What stands before those words when nobody is there yet, or no longer, or only her parents are."""
_FROM = {
    "zh": re.compile(r"(?:来自|从|(?:老家|家乡|娘家)(?:在|是)?|出生[在于])$"),
    "en": re.compile(
        r"\b(?:born in|left|(?<!escape )(?<!away )(?<!home )(?<!return )(?<!me )(?<!us )(?<!her )(?<!him )from) (?:the )?$"
    ),
}
"""What stands right before a place when somebody comes from there."""
_PEOPLE = {
    "zh": re.compile(r"(?:人(?![生民多])|籍|族|[话語语文]|过来的|来的|妹|女孩|女人|男人|姑娘|新娘|媳妇|老公|老婆)"),
    "en": re.compile(
        r" (?:people|person|wom[ae]n|lady|girls?|m[ae]n|guys?|boys?|wife|wives|husbands?|brides?|citizens?|nationals?|"
        r"passports?|language|migrants?|workers?)\b"
    ),
}
"""What stands right behind a place's name when it tells of people's origin or tongue."""
_COMES_BACK = re.compile(r"\w{0,4}(?:回|逃|跑|救|走)")
"""Behind "from X" in Chinese: she is still there and wants away."""

_BEFORE_ALONE = re.compile(r"(?:^|[,.。!?:;、]) ?$")
_AFTER_ALONE = re.compile(r" ?(?:$|[,.。!?;、])|[省市县区镇村乡]")
_BETWEEN = re.compile(r"(?:[ ,、·]|的|省|市)*")
_NEAR = 60
"""Letters before and behind a name that are read."""
_SPACED = re.compile(r"[a-z0-9à-ỹ]")


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
            here, origin = _standing(text[max(0, start - _NEAR) : start], text[end : end + _NEAR], language)
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
    parts += [f"(?=[{starts}])(?:{'|'.join(runs)})"] if runs else []
    return re.compile("|".join(parts) or "(?!)")


def _standing(before: str, after: str, language: str) -> tuple[bool, bool]:
    """Whether the words around an address say that somebody is there, or comes from there."""
    known = language if language in _HERE else "en"
    comes = _FROM[known].search(before) and not _COMES_BACK.match(after)
    if comes or _PEOPLE[known].match(after) or (before.endswith("是") and after.startswith("的")):
        return False, True
    here = _HERE[known].search(before)
    if here:
        return not _PLAN[known].search(before[: here.start()]), False
    return bool(_BEFORE_ALONE.search(before) and _AFTER_ALONE.match(after)), False
