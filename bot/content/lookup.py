"""Key and language to words: the one place the rest of Anlu asks for a sentence."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.content.article import Article, ContentError, Topic, parse_article, parse_topics
from bot.content.files import Files
from bot.yaml_text import load_yaml

FALLBACK = "en"
"""Read where a language has no text of its own yet; Chinese is the second fallback."""


@dataclass(frozen=True)
class Lookup:
    """Every text in memory, as of one version of the store. Immutable: a publish makes a new one."""

    groups: tuple[str, ...]
    topics: dict[str, Topic]
    articles: dict[tuple[str, str], Article]
    phrases: dict[str, dict[str, Any]]
    checks: dict[str, dict[str, Any]]
    problems: tuple[str, ...] = field(default=())
    """Texts that could not be used and were left out, one line each."""

    def article(self, topic: str, language: str) -> Article:
        """The answer to a topic, in her language or the nearest there is.

        Raises:
            KeyError: for a topic without any text.
        """
        for code in (language, FALLBACK, "zh"):
            found = self.articles.get((topic, code))
            if found:
                return found
        raise KeyError(topic)

    def phrase(self, key: str, language: str, **values: str) -> str:
        """A whole sentence, its {marks} filled in."""
        return str(self._of(self.phrases, language, key)).format_map(values)

    def words(self, key: str, language: str) -> tuple[str, ...]:
        """A list of single words a person may type instead of tapping (yes, stop, menu)."""
        return tuple(self._of(self.phrases, language, key))

    def question(self, check: str, number: int, language: str) -> str:
        """A question of a guided check, counted from 1.

        Raises:
            KeyError: for an unknown check or number.
        """
        questions = list(self._of(self.checks, language, check)["questions"].values())
        if not 1 <= number <= len(questions):
            raise KeyError(number)
        return str(questions[number - 1])

    def check_part(self, check: str, part: str, language: str) -> str:
        """The intro ("intro") or a result ("none", "some", ...) of a guided check."""
        texts = self._of(self.checks, language, check)
        return str(texts["intro"] if part == "intro" else texts["result"][part])

    def has_check(self, check: str) -> bool:
        """Whether there is a guided check of that name."""
        return any(check in shelf for shelf in self.checks.values())

    def questions(self, check: str) -> tuple[str, ...]:
        """The ids of a check's questions, in order; the same in every language."""
        return tuple(self._of(self.checks, FALLBACK, check)["questions"])

    @staticmethod
    def _of(shelf: dict[str, dict[str, Any]], language: str, key: str) -> Any:
        for code in (language, FALLBACK, "zh"):
            if key in shelf.get(code, {}):
                return shelf[code][key]
        raise KeyError(key)


def build_lookup(files: Files) -> Lookup:
    """All texts out of a set of files. A broken text is left out and named in `problems`; the others serve on.

    Raises:
        ContentError: when topics.yml or every phrase file is unusable, so that nothing could be said.
    """
    problems: list[str] = []
    try:
        groups, topics = parse_topics(files["topics.yml"])
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise ContentError(f"topics.yml cannot be read: {error}") from None
    articles: dict[tuple[str, str], Article] = {}
    for path, body in files.items():
        folder, _, rest = path.partition("/")
        if folder != "topics" or not rest.endswith(".md"):
            continue
        topic, _, language = rest.removesuffix(".md").partition("/")
        if not language or "/" in language:
            problems.append(f"{path}: must be topics/<topic>/<language>.md")
            continue
        try:
            articles[topic, language] = parse_article(topic, language, body)
        except ContentError as error:
            problems.append(str(error))
    phrases, checks = (_by_language(files, folder, problems) for folder in ("phrases", "checks"))
    if not phrases:
        raise ContentError("no readable phrases/<language>.yml")
    return Lookup(groups, topics, articles, phrases, checks, tuple(problems))


def _by_language(files: Files, folder: str, problems: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path, body in files.items():
        if path.startswith(f"{folder}/"):
            try:
                texts = load_yaml(body)
            except yaml.YAMLError as error:
                problems.append(f"{path}: not YAML ({str(error).splitlines()[0]})")
                continue
            if isinstance(texts, dict):
                found[path.removeprefix(f"{folder}/").removesuffix(".yml")] = texts
            else:
                problems.append(f"{path}: must map keys to texts")
    return found
