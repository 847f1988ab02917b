"""Words people read stand in content/ and nowhere else; every one of them is used."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.languages.catalogue import COMPLETE
from bot.settings import ROOT
from bot.yaml_text import load_yaml

TEXTS = build_lookup(read_folder(ROOT / "content"))
CODE = sorted(p for folder in ("bot", "actions") for p in (ROOT / folder).rglob("*.py"))
PAGES = sorted(p for p in (ROOT / "bot").rglob("*") if p.suffix in (".html", ".js"))
WORD_LISTS = ("bot/languages/", "bot/referrals/places.py", "bot/referrals/whereabouts.py")
"""Where the words of languages are the matter itself."""
SCRIPTS = ("CJK", "KHMER", "LAO", "MYANMAR", "THAI")
REASONS = {
    "violence_now", "being_taken", "about_to_be_sold", "held_and_threatened", "bleeding", "attempt_on_life", "child_taken",
    "cry_for_help",
}  # fmt: skip


def _strings(path: Path) -> Iterator[str]:
    """Every string in the code of a file; docstrings and comments are for people who read code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _built() -> set[str]:
    """Keys the code builds: a group's, a guided check's answers', a Telegram command's."""
    from bot.channels.telegram import profile

    answers = {f"{kind}_{answer}" for kind in ("button", "words") for answer in ("yes", "no", "skip", "stop")}
    commands = {f"command_{name}" for name in profile._COMMANDS}
    return answers | commands | {f"group_{group}" for group in TEXTS.groups}


def _asked_for() -> set[str]:
    """Every string of the code and the pages that could be a key."""
    found = {text for path in CODE for text in _strings(path)}
    for page in PAGES:
        found |= set(re.findall(r"[a-z]+(?:_[a-z]+)*", page.read_text(encoding="utf-8")))
    return found | _built()


@pytest.mark.parametrize("language", COMPLETE)
def test_every_phrase_is_used(language: str) -> None:
    """A sentence nobody says is translated in vain."""
    assert set(TEXTS.phrases[language]) - _asked_for() == set()


def _calls() -> Iterator[tuple[str, str]]:
    """Keys the code asks for by name: the first argument of phrase, _phrase, _button, notice, words, help_without_rasa."""
    places = {"phrase": 0, "_phrase": 0, "_button": 0, "notice": 0, "words": 0, "help_without_rasa": 0}
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for key in ast.walk(node.args[0]) if name in places else ():
                literal = isinstance(key, ast.Constant) and isinstance(key.value, str)
                if literal and re.fullmatch("[a-z_]+", key.value) and not isinstance(node.args[0], ast.JoinedStr):
                    yield f"{path.relative_to(ROOT)}: {name}", key.value


@pytest.mark.parametrize("language", COMPLETE)
def test_every_phrase_asked_for_exists(language: str) -> None:
    """In each complete language, the built keys too."""
    known = set(TEXTS.phrases[language])
    assert [f"{where}({key})" for where, key in _calls() if key not in known] == []
    assert _built() <= known
    wanted = {key for page in PAGES for key in re.findall(r"\bweb_[a-z_]+", page.read_text(encoding="utf-8"))}
    assert wanted <= known


def test_complete_languages_have_the_same_phrases_and_marks() -> None:
    """Same keys, and the same {marks} to fill in."""
    first, *others = (TEXTS.phrases[language] for language in COMPLETE)
    for other in others:
        assert set(first) == set(other)
        for key, sentence in first.items():
            assert re.findall(r"{\w+}", str(sentence)) == re.findall(r"{\w+}", str(other[key])), key


def test_no_words_of_people_in_the_code() -> None:
    """No letter of a script we answer in, outside the lists of words that languages are known by."""
    for path in CODE:
        where = path.relative_to(ROOT).as_posix()
        if where.startswith(WORD_LISTS):
            continue
        for text in _strings(path):
            foreign = [c for c in text if c.isalpha() and unicodedata.name(c, "").startswith(SCRIPTS)]
            assert not foreign or len(text) == 1, (where, text)  # a single letter is a matter of writing, no word


def test_no_reply_is_written_in_the_code() -> None:
    """A Reply's text and a Button's title are found in content/, never typed where they are made."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Reply", "Button"):
                text = {"Reply": 1, "Button": 0}[node.func.id]
                given = [*node.args[text : text + 1], *(k.value for k in node.keywords if k.arg in ("text", "title"))]
                assert not any(isinstance(g, ast.Constant | ast.JoinedStr) for g in given), (path.name, node.lineno)


def test_domain_holds_no_words_of_people() -> None:
    """Ids, conditions and English comments only."""
    assert (ROOT / "domain.yml").read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize("path", sorted((ROOT / "content" / "crisis").glob("*.yml")), ids=lambda p: p.stem)
def test_danger_words_have_a_known_reason(path: Path) -> None:
    """Each rule fires for a reason others rely on, and can fire at all."""
    data = load_yaml(path.read_text(encoding="utf-8"))
    assert set(data) <= {"rules", "unless"} | {key for key in data if key.startswith("x-")}
    for rule in data["rules"]:
        assert rule["reason"] in REASONS
        assert set(rule) <= {"reason", "any", "all", "alone", "unless"}
        assert rule.get("any") or rule.get("all") or rule.get("alone")
        assert all(rule.get("all", [["a list"]]))


@pytest.mark.parametrize("language", COMPLETE)
def test_every_reason_has_rules(language: str) -> None:
    """Nothing that is danger in one complete language goes unheard in another."""
    rules = load_yaml((ROOT / "content" / "crisis" / f"{language}.yml").read_text(encoding="utf-8"))["rules"]
    assert {rule["reason"] for rule in rules} == REASONS
