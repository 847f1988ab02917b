"""From key and language to words: the nearest language there is, and a broken text never takes the others with it."""

import pytest

from bot.content.article import ContentError
from bot.content.lookup import Lookup, build_lookup
from tests.builders import article_body

TOPICS = "groups: [danger]\ntopics:\n  greet: {kind: chat}\n  both: {kind: info, group: danger}\n  none: {kind: info}\n"
CHECK = """
self_check:
  intro: Six questions.
  questions: {free: "May you go out?", papers: "Do you hold your papers?"}
  result: {none: No sign., some: One sign., many: Several signs.}
"""
FILES = {
    "topics.yml": TOPICS,
    "topics/both/en.md": article_body(title="Both", text="English.\n"),
    "topics/both/zh.md": article_body(title="都有", text="中文。\n"),
    "topics/greet/zh.md": article_body(title="你好", text="你好。\n"),
    "phrases/en.yml": "hello: Hello {name}.\nonly_en: Only.\nwords_stop: [stop, quit]\n",
    "phrases/zh.yml": "hello: 你好，{name}。\nonly_zh: 只有。\n",
    "checks/en.yml": CHECK,
}


@pytest.fixture
def texts() -> Lookup:
    """Two languages, each with something the other lacks."""
    return build_lookup(FILES)


def test_her_language_then_english_then_chinese(texts: Lookup) -> None:
    """An answer in another language is better than none."""
    assert texts.article("both", "zh").title == "都有"
    assert texts.article("both", "km").title == "Both"
    assert texts.article("greet", "en").title == "你好"
    assert texts.phrase("only_zh", "my") == "只有。"
    assert texts.phrase("only_en", "zh") == "Only."


def test_marks_are_filled_in(texts: Lookup) -> None:
    """In each language where its sentence wants them."""
    assert texts.phrase("hello", "zh", name="阿花") == "你好，阿花。"
    assert texts.phrase("hello", "en", name="{name}") == "Hello {name}."


@pytest.mark.parametrize("key", ["gone", ""])
def test_what_is_nowhere_is_an_error(texts: Lookup, key: str) -> None:
    """Not an empty answer."""
    with pytest.raises(KeyError):
        texts.phrase(key, "en")
    with pytest.raises(KeyError):
        texts.article("none", "en")


def test_words_are_lists(texts: Lookup) -> None:
    """What she may type instead of tapping."""
    assert texts.words("words_stop", "zh") == ("stop", "quit")


def test_checks_are_counted_from_one(texts: Lookup) -> None:
    """Questions in their order; none before the first or after the last."""
    assert texts.questions("self_check") == ("free", "papers")
    assert texts.question("self_check", 1, "zh") == "May you go out?"
    assert texts.check_part("self_check", "intro", "en") == "Six questions."
    assert texts.check_part("self_check", "many", "en") == "Several signs."
    assert texts.has_check("self_check")
    assert not texts.has_check("")
    for number in (0, 3, -1):
        with pytest.raises(KeyError):
            texts.question("self_check", number, "en")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("topics/both/en.md", "no front matter"),
        ("topics/both/en.md", article_body(title=None)),
        ("topics/both/en.md", "---\n: {\n---\ntext"),
        ("topics/loose.md", article_body()),
        ("topics/both/en/more.md", article_body()),
        ("phrases/vi.yml", "a: [b"),
        ("phrases/vi.yml", "- a list"),
        ("checks/zh.yml", "{"),
    ],
)
def test_a_broken_text_is_left_out_and_named(path: str, body: str) -> None:
    """One line each; everything else is still said."""
    texts = build_lookup({**FILES, path: body})
    (problem,) = texts.problems
    assert path in problem
    assert "\n" not in problem
    assert texts.article("both", "en").title in ("Both", "都有")
    assert texts.phrase("hello", "en", name="x") == "Hello x."


@pytest.mark.parametrize("topics", [None, "", "topics: [", "groups: []\n", "groups: []\ntopics: {greet: {}}\n"])
def test_without_topics_or_phrases_nothing_can_be_said(topics: str | None) -> None:
    """Then it says so instead of starting half."""
    files = {k: v for k, v in FILES.items() if k != "topics.yml"}
    with pytest.raises(ContentError):
        build_lookup(files if topics is None else {**files, "topics.yml": topics})
    with pytest.raises(ContentError):
        build_lookup({k: v for k, v in FILES.items() if not k.startswith("phrases/")})
