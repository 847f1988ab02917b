"""`anlu content check`: every fault of a text is found and named, and today's texts have none."""

import pytest

from bot.content.checks import Report, check
from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.languages.catalogue import COMPLETE, LANGUAGES
from bot.settings import ROOT
from tests.builders import article_body

GOOD = {
    "topics.yml": "groups: []\ntopics:\n  find_hotline: {kind: service}\n",
    "topics/find_hotline/en.md": article_body(title="Numbers"),
    "topics/find_hotline/zh.md": article_body(title="电话"),
    "phrases/en.yml": "hello: Hello {name}.\n",
    "phrases/zh.yml": "hello: 你好，{name}。\n",
    "checks/en.yml": "a: {intro: Hi., questions: {q: Why?}, result: {none: No.}}\n",
    "checks/zh.yml": "a: {intro: 嗨。, questions: {q: 为啥？}, result: {none: 没有。}}\n",
}


def look(**files: str | None) -> Report:
    """The report on the good set with some files changed or taken away."""
    changed = {**GOOD, **files}
    texts = build_lookup({path: body for path, body in changed.items() if body is not None})
    return check(texts, languages=("en", "zh", "vi"), complete=("en", "zh"))


def test_good_texts_have_no_errors() -> None:
    """What is not reviewed or not translated yet is counted, not an error."""
    report = look()
    assert report.errors == report.warnings == ()
    assert report.needs_review == {"en": 1, "zh": 1}
    assert report.missing == {"en": 0, "zh": 0, "vi": 1}


def test_a_reviewed_text_needs_no_review() -> None:
    """A native reader's name is enough."""
    body = article_body(title="Numbers", reviewed_by="A reader", reviewed_on="2026-11-24")
    assert look(**{"topics/find_hotline/en.md": body}).needs_review == {"zh": 1}


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("topics/find_hotline/en.md", None, "topics/find_hotline/en.md: missing"),
        ("topics/find_hotline/en.md", article_body(title="x" * 31), "the title has 31 characters, 30 at most"),
        ("topics/find_hotline/zh.md", article_body(title="字" * 15), "the title has 15 characters, 14 at most"),
        ("topics/find_hotline/en.md", article_body(text="x" * 321), "screen 1 has 321 characters, 320 at most"),
        (
            "topics/find_hotline/en.md",
            article_body(text="x\n<!-- more -->\n" + "y" * 601),
            "screen 2 has 601 characters, 600 at most",
        ),
        ("topics/find_hotline/en.md", article_body(text="Ring 021 251 128."), "looks like a phone number"),
        ("topics/find_hotline/zh.md", article_body(text="打 0800-024-111。"), "looks like a phone number"),
        ("topics/find_hotline/en.md", article_body(text="**Now**"), "Markdown"),
        ("topics/find_hotline/en.md", article_body(text="[page](https://example.org)"), "Markdown"),
        ("topics/find_hotline/en.md", article_body(text="Hi\n# Heading"), "Markdown"),
        ("topics/find_hotline/en.md", article_body(next="[nowhere]"), "next names no topic: nowhere"),
        ("topics/nowhere/en.md", article_body(), "no such topic in topics.yml"),
        ("topics/find_hotline/en.md", "broken", "must begin with front matter"),
        ("phrases/zh.yml", "other: 别的\n", "phrases/zh.yml: hello is missing"),
        ("phrases/zh.yml", "hello: 你好。\n", "hello has different {marks}"),
        (
            "checks/zh.yml",
            "a: {intro: 嗨。, questions: {}, result: {none: 没有。}}\n",
            "checks/zh.yml: a.questions.q is missing",
        ),
    ],
)
def test_each_fault_is_an_error(path: str, body: str | None, says: str) -> None:
    """One line that names the file or key and the fault."""
    report = look(**{path: body})
    assert any(says in line for line in report.errors), report.errors
    assert all("\n" not in line for line in report.errors)


def test_a_translation_of_an_older_text_is_outdated() -> None:
    """A warning: the older text is still better than none."""
    body = article_body(title="电话", translated_from="{language: en, revision: 2}")
    report = look(**{"topics/find_hotline/zh.md": body})
    assert report.errors == ()
    assert report.warnings == ("topics/find_hotline/zh.md: outdated, en is at revision 3",)


def test_the_texts_of_today_have_no_errors() -> None:
    """The folder content/, whole."""
    report = check(build_lookup(read_folder(ROOT / "content")), languages=LANGUAGES, complete=COMPLETE)
    assert report.errors == ()
