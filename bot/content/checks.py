"""What is wrong with the texts: missing, too long, unsourced, outdated, unreviewed. Pure over one set of files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.content.article import FIRST_SCREEN, NEXT_SCREEN, Article
from bot.content.lookup import Lookup

_TITLE = {"zh": 14}
_TITLE_ELSEWHERE = 30
_NUMBER = re.compile(r"\d[\d ().-]{5,}\d")
_MARKUP = re.compile(r"(\*\*|\]\(|^#|`)", re.MULTILINE)
_MARKS = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Report:
    """`errors` must be mended before the texts may be used; `warnings` should be; the rest is counted."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    needs_review: dict[str, int] = field(default_factory=dict)
    """Texts without a native reader's approval, by language."""
    missing: dict[str, int] = field(default_factory=dict)
    """Topics without a text, by language."""


def check(texts: Lookup, *, languages: Iterable[str], complete: Iterable[str]) -> Report:
    """Read every text. A gap in a language of `complete` is an error, in the others of `languages` it is counted."""
    errors, warnings = list(texts.problems), []
    missing: dict[str, int] = {}
    for language in languages:
        gaps = [topic for topic in texts.topics if (topic, language) not in texts.articles]
        missing[language] = len(gaps)
        if language in complete:
            errors += [f"topics/{topic}/{language}.md: missing" for topic in gaps]
    for article in texts.articles.values():
        errors += _errors(article, texts)
        warnings += _outdated(article, texts)
    for shelf, name in ((texts.phrases, "phrases"), (texts.checks, "checks")):
        errors += _unequal(shelf, name, tuple(complete))
        errors += [
            f"{name}/{code}.yml: {key} is no text; put it in quotes" for code in shelf for key in _odd(shelf[code])
        ]
    unread = [a.language for a in texts.articles.values() if a.needs_native_review]
    return Report(tuple(errors), tuple(warnings), {c: unread.count(c) for c in sorted(set(unread))}, missing)


def _errors(article: Article, texts: Lookup) -> list[str]:
    where = f"topics/{article.topic}/{article.language}.md"
    found = []
    if article.topic not in texts.topics:
        found.append(f"{where}: no such topic in topics.yml")
    longest = _TITLE.get(article.language, _TITLE_ELSEWHERE)
    if len(article.title) > longest:
        found.append(f"{where}: the title has {len(article.title)} characters, {longest} at most")
    for number, screen in enumerate(article.screens, 1):
        most = FIRST_SCREEN if number == 1 else NEXT_SCREEN
        if len(screen) > most:
            found.append(f"{where}: screen {number} has {len(screen)} characters, {most} at most")
        if _NUMBER.search(screen):
            found.append(f"{where}: screen {number} holds what looks like a phone number; those come from referrals")
        if _MARKUP.search(screen):
            found.append(f"{where}: screen {number} holds Markdown; only paragraphs and '- ' lists are shown")
    found += [f"{where}: next names no topic: {name}" for name in article.next if name not in texts.topics]
    return found


def _outdated(article: Article, texts: Lookup) -> list[str]:
    if article.translated_from is None:
        return []
    language, revision = article.translated_from
    origin = texts.articles.get((article.topic, language))
    if origin and origin.revision > revision:
        return [f"topics/{article.topic}/{article.language}.md: outdated, {language} is at revision {origin.revision}"]
    return []


def _unequal(shelf: dict[str, dict[str, object]], name: str, complete: tuple[str, ...]) -> list[str]:
    """Keys, and the {marks} in them, that one complete language has and another lacks."""
    found = []
    flat = {code: dict(_flatten(shelf.get(code, {}))) for code in complete}
    every = {key for keys in flat.values() for key in keys}
    for code, keys in flat.items():
        found += [f"{name}/{code}.yml: {key} is missing" for key in sorted(every - keys.keys())]
    for key in sorted(every):
        marks = {code: frozenset(_MARKS.findall(keys[key])) for code, keys in flat.items() if key in keys}
        if len(set(marks.values())) > 1:
            found.append(f"{name}: {key} has different {{marks}} in {', '.join(marks)}")
    return found


def _flatten(tree: dict[str, object], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else ""


def _odd(tree: dict[str, Any], prefix: str = "") -> Iterable[str]:
    """Keys whose value YAML read as something else than text (an unquoted yes, no, number or date), or is empty."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _odd(value, f"{prefix}{key}.")
        elif not value or not all(isinstance(text, str) for text in (value if isinstance(value, list) else [value])):
            yield f"{prefix}{key}"
