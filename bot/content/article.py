"""One topic's answer in one language, and the topic itself. Pure: text in, values out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from bot.yaml_text import load_yaml

FIRST_SCREEN = 320
"""Characters of a first screen at most: what a small old phone shows at once."""
NEXT_SCREEN = 600
"""Characters of every later screen at most."""
_MORE = "<!-- more -->"
_FIELDS = {
    "title", "revision", "translated_from", "reviewed_by", "reviewed_on", "sources", "next", "image", "audio"
}  # fmt: skip


class ContentError(Exception):
    """A text that cannot be used; says where and what to do, in one line."""


@dataclass(frozen=True)
class Topic:
    """What a message can be about; from content/topics.yml."""

    id: str
    kind: str
    group: str | None = None
    refer: tuple[str, ...] = ()
    danger: bool = False
    check: str | None = None
    """The guided check that belongs to this topic, offered as a button."""


@dataclass(frozen=True)
class Article:
    """A topic's answer in one language. `screens` has at least one text; the later ones stand behind "more"."""

    topic: str
    language: str
    title: str
    screens: tuple[str, ...]
    revision: int
    translated_from: tuple[str, int] | None
    """Language and revision this was translated from, None for a text written in its own language."""
    reviewed_by: str | None
    reviewed_on: str | None
    sources: tuple[str, ...]
    next: tuple[str, ...]
    image: str | None
    audio: str | None

    @property
    def needs_native_review(self) -> bool:
        """Whether no native reader has approved the text yet."""
        return self.reviewed_by is None


def parse_article(topic: str, language: str, body: str) -> Article:
    """An article from its file's text.

    Raises:
        ContentError: naming what is wrong with the front matter or the text.
    """
    where = f"topics/{topic}/{language}.md"
    parts = body.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ContentError(f"{where}: must begin with front matter between two lines of ---")
    try:
        front = load_yaml(parts[1])
    except yaml.YAMLError as error:
        raise ContentError(f"{where}: front matter is not YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(front, dict) or set(front) != _FIELDS:
        odd = sorted(set(map(str, front)) ^ _FIELDS) if isinstance(front, dict) else sorted(_FIELDS)
        raise ContentError(f"{where}: front matter has missing or unknown fields: {', '.join(odd)}")
    screens = tuple(screen.strip() for screen in parts[2].split(_MORE))
    if not all(screens):
        raise ContentError(f"{where}: an empty screen")
    for name, must_be, right in _rules(front):
        if not right:
            raise ContentError(f"{where}: {name} must be {must_be}")
    origin = front["translated_from"]
    return Article(
        topic=topic,
        language=language,
        title=str(front["title"]),
        screens=screens,
        revision=front["revision"],
        translated_from=(origin["language"], origin["revision"]) if origin else None,
        reviewed_by=front["reviewed_by"],
        reviewed_on=str(front["reviewed_on"]) if front["reviewed_on"] else None,
        sources=tuple(map(str, front["sources"] or ())),
        next=tuple(front["next"] or ()),
        image=front["image"],
        audio=front["audio"],
    )


def _rules(front: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Each field's name, what it must be, and whether it is."""
    origin = front["translated_from"]
    translated = isinstance(origin, dict) and set(origin) == {"language", "revision"}
    yield "title", "a short text", isinstance(front["title"], str | int) and bool(front["title"])
    yield "revision", "a number from 1", _is_revision(front["revision"])
    yield (
        "translated_from",
        "null or {language: en, revision: 1}",
        origin is None or (translated and isinstance(origin["language"], str) and _is_revision(origin["revision"])),
    )
    for name in ("reviewed_by", "image", "audio"):
        yield name, "a text or null", isinstance(front[name], str | None)
    yield "sources", "a list", isinstance(front["sources"], list | None)
    topics = front["next"]
    named = isinstance(topics, list) and all(isinstance(name, str) for name in topics)
    yield "next", "a list of topics", topics is None or named


def _is_revision(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def parse_topics(body: str) -> tuple[tuple[str, ...], dict[str, Topic]]:
    """The menu's groups and all topics, from content/topics.yml."""
    data: dict[str, Any] = load_yaml(body)
    topics = {
        name: Topic(name, v["kind"], v.get("group"), tuple(v.get("refer", ())), v.get("danger", False), v.get("check"))
        for name, v in data["topics"].items()
    }
    return tuple(data["groups"]), topics
