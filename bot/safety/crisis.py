"""Danger words: whether a message must bring the emergency answer before anything else.

Pure and in memory, so that it works without Rasa, the action server and the database. The words stand in
content/crisis/<language>.yml; content/README.md explains the format.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.languages.catalogue import LANGUAGES
from bot.languages.text import matching_form
from bot.yaml_text import load_yaml

_APART = re.compile(r"[^\w]+")
_SCRIPT_CHANGES = re.compile(r"(?<=[a-z0-9])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[a-z0-9])")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Rule:
    """One rule: any of `any_of`, one phrase of each list in `all_of`, or nothing but one of `alone`.

    Not when `unless` holds a phrase that is there.
    """

    reason: str
    any_of: tuple[str, ...] = ()
    all_of: tuple[tuple[str, ...], ...] = ()
    alone: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class DangerWords:
    """The rules of every language."""

    rules: dict[str, tuple[Rule, ...]]
    unless: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def assess(self, text: str, language: str) -> str | None:
        """The reason a message is dangerous, or None.

        Her own language's rules first, then the others': frightened people mix languages.
        """
        form = matching_form(text)
        subjects = {spaced: _subject(form, spaced) for spaced in (True, False)}
        for code in dict.fromkeys((language, *self.rules)):
            if code in self.rules:
                reason = self._in_language(subjects[LANGUAGES[code].spaced], code)
                if reason:
                    return reason
        return None

    def _in_language(self, subject: str, language: str) -> str | None:
        if not subject.strip() or any(p in subject for p in self.unless.get(language, ())):
            return None
        for rule in self.rules[language]:
            if any(p in subject for p in rule.unless):
                continue
            if subject in rule.alone or any(p in subject for p in rule.any_of):
                return rule.reason
            if rule.all_of and all(any(p in subject for p in group) for group in rule.all_of):
                return rule.reason
        return None


def _subject(form: str, spaced: bool) -> str:
    """The form phrases are looked for in, out of a matching form: words between single spaces; in languages written
    without spaces the letters without any, followed by the words, for what people mix in from other languages."""
    if spaced:
        return _words(form)
    return _letters(form) + _words(_SCRIPT_CHANGES.sub(" ", form))


def _words(form: str) -> str:
    return f" {_APART.sub(' ', form).strip()} "


def _letters(form: str) -> str:
    # Thai, Lao, Khmer and Burmese vowels are marks (M), which \w leaves out: without them other words would look the same.
    return "".join(c for c in form if c.isalnum() or unicodedata.category(c)[0] == "M")


def build_danger_words(files: dict[str, str]) -> DangerWords:
    """The rules out of content/crisis/.

    Raises:
        ValueError: naming the file that cannot be read.
    """
    rules: dict[str, tuple[Rule, ...]] = {}
    unless: dict[str, tuple[str, ...]] = {}
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
    return DangerWords(rules, unless)


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
        alone=tuple(_subject(matching_form(str(p)), spaced) for p in data.get("alone") or ()),
        unless=_phrases(data.get("unless"), spaced),
    )


def _phrases(listed: list[str | int] | None, spaced: bool) -> tuple[str, ...]:
    """The phrases in the form they are looked for; refuses what would be found in every message."""
    if not isinstance(listed, list | None):
        raise ValueError(f"{listed!r} must be a list of phrases")
    found = []
    for phrase in listed or ():
        form = matching_form(str(phrase))
        in_words = spaced or (form.isascii() and _LATIN.search(form))  # "sos" must not be found in "so sad"
        looked_for = _words(form) if in_words else _letters(form)
        if isinstance(phrase, bool) or not isinstance(phrase, str | int) or not looked_for.strip():
            raise ValueError(f"{phrase!r} is no phrase (yes, no, on and off need quotes)")
        found.append(looked_for)
    return tuple(found)
