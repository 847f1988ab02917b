"""Danger words: whether a message must bring the emergency answer before anything else.

Pure and in memory, so that it works without Rasa, the action server and the database. The words stand in
content/crisis/<language>.yml; content/README.md explains the format.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.languages.catalogue import LANGUAGES
from bot.languages.text import matching_form
from bot.yaml_text import load_yaml

_APART = re.compile(r"[^\w]+")
_SCRIPT_CHANGES = re.compile(r"(?<=[a-z0-9])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[a-z0-9])")
_LATIN = re.compile(r"[a-z]")


Phrases = frozenset[str]
_NONE = Phrases()


@dataclass(frozen=True)
class Rule:
    """One rule: any of `any_of`, one phrase of each list in `all_of`, or nothing but one of `alone`.

    Not when `unless` holds a phrase that is there.
    """

    reason: str
    any_of: Phrases = _NONE
    all_of: tuple[Phrases, ...] = ()
    alone: Phrases = _NONE
    unless: Phrases = _NONE


@dataclass(frozen=True)
class DangerWords:
    """The rules of every language."""

    rules: dict[str, tuple[Rule, ...]]
    unless: dict[str, Phrases] = field(default_factory=dict)
    phrases: dict[str, Phrases] = field(default_factory=dict)
    """Every phrase of each language."""
    by_spacing: dict[bool, Phrases] = field(default_factory=dict)
    """Every phrase of the languages with spaces between words (True) and of those without (False)."""
    most_words: int = 0
    """Words of the longest phrase."""
    most_letters: int = 0
    """Letters of the longest phrase of a language without spaces."""

    def assess(self, text: str, language: str) -> str | None:
        """The reason a message is dangerous, or None.

        Her own language's rules first, then the others': frightened people mix languages.
        """
        form = matching_form(text)
        words, letters = _words(form), _letters(form)
        # In languages without spaces also whole words, for what people mix in from elsewhere.
        mixed_in = _words(_SCRIPT_CHANGES.sub(" ", form))
        there = {
            True: self.by_spacing[True].intersection(_runs(words, self.most_words)),
            False: self.by_spacing[False].intersection(_pieces(letters, self.most_letters))
            | self.by_spacing[False].intersection(f" {run} " for run in _runs(mixed_in, self.most_words)),
        }
        sentence = " ".join(words)
        whole = Phrases((sentence, letters, f" {sentence} "))
        for code in dict.fromkeys((language, *self.rules)):
            found = there[LANGUAGES[code].spaced]
            if code in self.rules and not self.phrases[code].isdisjoint(found | whole):
                reason = self._in_language(whole, found, code)
                if reason:
                    return reason
        return None

    def _in_language(self, whole: Phrases, there: Phrases, language: str) -> str | None:
        if not self.unless[language].isdisjoint(there):
            return None
        for rule in self.rules[language]:
            fires = (
                not rule.alone.isdisjoint(whole)
                or not rule.any_of.isdisjoint(there)
                or (rule.all_of and not any(group.isdisjoint(there) for group in rule.all_of))
            )
            if fires and rule.unless.isdisjoint(there):
                return rule.reason
        return None


def _words(form: str) -> list[str]:
    return _APART.sub(" ", form).split()


def _letters(form: str) -> str:
    # Thai, Lao, Khmer and Burmese vowels are marks (M), which \w leaves out: without them other words would look the same.
    return "".join(c for c in form if c.isalnum() or unicodedata.category(c)[0] == "M")


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    """Every run of words that could be a phrase."""
    for length in range(1, min(longest, len(words)) + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _pieces(letters: str, longest: int) -> Iterator[str]:
    """Every run of letters that could be a phrase."""
    for length in range(1, min(longest, len(letters)) + 1):
        for start in range(len(letters) - length + 1):
            yield letters[start : start + length]


def build_danger_words(files: dict[str, str]) -> DangerWords:
    """The rules out of content/crisis/.

    Raises:
        ValueError: naming the file that cannot be read.
    """
    rules: dict[str, tuple[Rule, ...]] = {}
    unless: dict[str, Phrases] = {}
    for path, body in files.items():
        if not path.startswith("crisis/"):
            continue
        language = path.removeprefix("crisis/").removesuffix(".yml")
        try:
            spaced = LANGUAGES[language].spaced
            data = load_yaml(body)
            unless[language] = _phrases(data.get("unless"), spaced)
            rules[language] = tuple(_rule(r, spaced) for r in data["rules"])
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{path}: {' '.join(str(error).split()) or type(error).__name__}") from None
    phrases = {code: unless[code].union(*map(_phrases_of, rules[code])) for code in rules}
    by_spacing = {
        spaced: Phrases().union(*(some for code, some in phrases.items() if LANGUAGES[code].spaced == spaced))
        for spaced in (True, False)
    }
    return DangerWords(
        rules,
        unless,
        phrases,
        by_spacing,
        most_words=max((len(p.split()) for some in phrases.values() for p in some), default=0),
        most_letters=max((len(p) for p in by_spacing[False] if not p.isascii()), default=0),
    )


def _phrases_of(rule: Rule) -> Phrases:
    return Phrases().union(rule.any_of, rule.alone, rule.unless, *rule.all_of)


def _rule(data: dict[str, Any], spaced: bool) -> Rule:
    odd = set(data) - {"reason", "any", "all", "alone", "unless"}
    if odd or not (data.get("any") or data.get("all") or data.get("alone")):
        raise ValueError(f"rule {data['reason']}: needs any, all or alone, and nothing unknown {sorted(odd)}")
    groups = tuple(_phrases(group, spaced) for group in data.get("all") or ())
    if not all(groups):
        raise ValueError(f"rule {data['reason']}: an empty group can never be met")
    return Rule(
        reason=data["reason"],
        any_of=_phrases(data.get("any"), spaced),
        all_of=groups,
        alone=_phrases(data.get("alone"), spaced),
        unless=_phrases(data.get("unless"), spaced),
    )


def _phrases(listed: list[str | int] | None, spaced: bool) -> Phrases:
    """The phrases in the form they are looked for; refuses what would be found in every message."""
    if not isinstance(listed, list | None):
        raise ValueError(f"{listed!r} must be a list of phrases")
    return Phrases(_looked_for(phrase, spaced) for phrase in listed or ())


# Lists shared by several rules (YAML anchors) are read once, not once a rule.
@functools.lru_cache(maxsize=65536, typed=True)
def _looked_for(phrase: str | int, spaced: bool) -> str:
    form = matching_form(str(phrase))
    looked_for = " ".join(_words(form)) if spaced else _letters(form)
    if not spaced and form.isascii() and _LATIN.search(form):
        looked_for = f" {' '.join(_words(form))} "  # "sos" must not be found in "so sad"
    if isinstance(phrase, bool) or not isinstance(phrase, str | int) or not looked_for.strip():
        raise ValueError(f"{phrase!r} is no phrase (yes, no, on and off need quotes)")
    return looked_for
