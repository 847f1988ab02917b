"""Danger words: whether a message must bring the emergency answer before anything else.

Pure and in memory, so that it works without Rasa, the action server and the database. The words stand in
content/crisis/<language>.yml; content/README.md explains the format.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.languages.catalogue import LANGUAGES
from bot.languages.text import matching_form
from bot.yaml_text import load_yaml

_APART = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Rule:
    """One rule: any of `any_of`, or one phrase of each list in `all_of`; not when `unless` holds one that is there."""

    reason: str
    any_of: tuple[str, ...] = ()
    all_of: tuple[tuple[str, ...], ...] = ()
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
        for code in dict.fromkeys((language, *self.rules)):
            if code in self.rules:
                reason = self._in_language(text, code)
                if reason:
                    return reason
        return None

    def _in_language(self, text: str, language: str) -> str | None:
        spaced = LANGUAGES[language].spaced
        subject = _subject(text, spaced)
        if not subject.strip() or any(p in subject for p in self.unless.get(language, ())):
            return None
        for rule in self.rules[language]:
            if any(p in subject for p in rule.unless):
                continue
            if any(p in subject for p in rule.any_of):
                return rule.reason
            if rule.all_of and all(any(p in subject for p in group) for group in rule.all_of):
                return rule.reason
        return None


def _subject(text: str, spaced: bool) -> str:
    """The form phrases are looked for in: words between single spaces, or letters without any."""
    form = matching_form(text)
    return f" {_APART.sub(' ', form).strip()} " if spaced else _APART.sub("", form)


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
        spaced = LANGUAGES[language].spaced
        try:
            data = load_yaml(body)
            unless[language] = _phrases(data.get("unless"), spaced)
            rules[language] = tuple(_rule(r, spaced) for r in data["rules"])
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: {error!r}") from None
    return DangerWords(rules, unless)


def _rule(data: dict[str, Any], spaced: bool) -> Rule:
    return Rule(
        reason=data["reason"],
        any_of=_phrases(data.get("any"), spaced),
        all_of=tuple(_phrases(group, spaced) for group in data.get("all", ())),
        unless=_phrases(data.get("unless"), spaced),
    )


def _phrases(listed: list[str] | None, spaced: bool) -> tuple[str, ...]:
    return tuple(_subject(str(p), spaced) for p in listed or ())
