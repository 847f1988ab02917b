"""A topic's file, whole and broken."""

import pytest

from bot.content.article import ContentError, parse_article, parse_topics
from bot.content.lookup import build_lookup
from tests.builders import article_body

TOPICS = "groups: [help]\ntopics:\n  greet: {kind: chat, group: help}\n  escape: {kind: info, refer: [women], danger: true}\n"


def test_a_whole_file() -> None:
    """Every field arrives; screens are parted by the more-mark."""
    body = article_body(translated_from="{language: en, revision: 2}", reviewed_by="Sokha", reviewed_on="2026-03-01")
    article = parse_article("greet", "km", body)
    assert article.screens == ("First screen.", "Second screen.")
    assert (article.revision, article.translated_from) == (3, ("en", 2))
    assert (article.reviewed_by, article.reviewed_on) == ("Sokha", "2026-03-01")
    assert (article.sources, article.next, article.image) == (("Workshop report",), ("find_hotline",), None)
    assert not article.needs_native_review
    assert parse_article("greet", "en", article_body()).needs_native_review


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no front matter",
        "---\ntitle: x\n",
        "text first\n" + article_body(),
        article_body(title="[unclosed"),
        article_body(title=None),
        article_body(colour="red"),
        article_body(**{"1": "x"}),
        article_body(title="null"),
        article_body(title="''"),
        article_body(revision="soon"),
        article_body(revision="null"),
        article_body(revision="0"),
        article_body(translated_from="en"),
        article_body(translated_from="{language: en}"),
        article_body(translated_from="{language: en, revision: x}"),
        article_body(translated_from="[en, 1]"),
        article_body(sources="one line"),
        article_body(next="find_hotline"),
        article_body(next="[1, {a: b}]"),
        article_body(reviewed_by="[a, b]"),
        article_body(image="{a: b}"),
        article_body(text=""),
        article_body(text="One.\n<!-- more -->\n\n<!-- more -->\nThree."),
        "---\n- a\n- b\n---\ntext",
        "---\n---\ntext",
    ],
)
def test_a_broken_file_says_where_in_one_line(body: str) -> None:
    """Whatever is wrong, the error names the file, fits one line, and is the one kind of error callers expect."""
    with pytest.raises(ContentError, match=r"^topics/greet/en\.md: ") as caught:
        parse_article("greet", "en", body)
    assert "\n" not in str(caught.value)


def test_topics() -> None:
    """Groups and topics with their defaults."""
    groups, topics = parse_topics(TOPICS)
    assert groups == ("help",)
    assert topics["escape"].danger
    assert topics["escape"].refer == ("women",)
    assert not topics["greet"].danger


def test_one_broken_text_does_not_silence_the_rest() -> None:
    """A broken article or phrase file is left out and named; what is whole serves on."""
    lookup = build_lookup(
        {
            "topics.yml": TOPICS,
            "topics/greet/en.md": article_body(),
            "topics/greet/zh.md": article_body(revision="soon"),
            "topics/escape/en.md": "nothing",
            "topics/stray.md": article_body(),
            "topics/greet/old/en.md": article_body(),
            "phrases/en.yml": "yes: 'Yes'\nhello: Hello {name}",
            "phrases/vi.yml": "just text",
            "phrases/zh.yml": "[",
            "phrases/km.yml": "",
            "checks/en.yml": "- a list",
        }
    )
    assert set(lookup.articles) == {("greet", "en")}
    assert len(lookup.problems) == 8
    assert lookup.article("greet", "zh").language == "en"
    assert lookup.phrase("hello", "vi", name="Lan") == "Hello Lan"
    with pytest.raises(KeyError):
        lookup.article("escape", "en")
    with pytest.raises(KeyError):
        lookup.phrase("missing", "en")


@pytest.mark.parametrize(
    "topics", ["", "[", "groups: []", "groups: [a]\ntopics: [greet]", "groups: [a]\ntopics: {greet: chat}"]
)
def test_without_topics_nothing_can_be_said(topics: str) -> None:
    """A broken topics.yml is refused by name."""
    with pytest.raises(ContentError, match=r"topics\.yml"):
        build_lookup({"topics.yml": topics, "phrases/en.yml": "a: b"})


def test_without_phrases_nothing_can_be_said() -> None:
    """No readable phrase file is refused."""
    with pytest.raises(ContentError, match="phrases"):
        build_lookup({"topics.yml": TOPICS, "phrases/en.yml": "["})
