"""How well Anlu understands, measured by its own commands on texts nobody trained on, and in the shapes promised."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.languages.catalogue import LANGUAGES
from bot.settings import ROOT
from tests.conftest import own_environment
from tests.workbench import take_model

pytestmark = pytest.mark.chain
EXAM = [ROOT / f"tests/dialogue/exam/{language}.jsonl" for language in LANGUAGES]
SHORT = ROOT / "tests/dialogue/languages/short.jsonl"
FLOOR = 0.79
"""Share of first answers that are right in every language, some five points under what the weakest reached."""
DETECTION_FLOOR = 0.98


def command_line(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the command line."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=own_environment(ANLU_DATA_DIR=str(data)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def is_share(value: Any) -> bool:
    """Whether a value is a share from 0 to 1."""
    return isinstance(value, int | float) and 0 <= value <= 1


@pytest.fixture(scope="module")
def trained(anlu: str, anlu_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the trained model."""
    folder = tmp_path_factory.mktemp("trained")
    take_model(folder, anlu_data)
    return folder


@pytest.fixture(scope="module")
def score(trained: Path) -> dict[str, Any]:
    """The score on the exam texts."""
    done = command_line(trained, "evaluate", "--json", *map(str, EXAM))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_shape_of_evaluate(score: dict[str, Any]) -> None:
    """The JSON is as the interface document gives it."""
    assert set(score) == {"overall", "languages", "topics", "confusions", "out_of_scope"}
    assert set(score["languages"]) == set(LANGUAGES)
    for part in (score["overall"], *score["languages"].values(), *score["topics"].values()):
        assert set(part) == {"n", "top1", "top3"}
        assert isinstance(part["n"], int)
        assert is_share(part["top1"])
        assert is_share(part["top3"])
        assert part["top1"] <= part["top3"]
    assert score["overall"]["n"] == sum(len(f.read_text(encoding="utf-8").splitlines()) for f in EXAM)
    assert all(
        isinstance(expected, str) and isinstance(got, str) and isinstance(n, int)
        for expected, got, n in score["confusions"]
    )


def test_the_exam(score: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Every language understands at least as much as the weakest when this was written, less five points."""
    with capsys.disabled():
        print(f"\nexam: {score['overall']} {score['languages']}")
        print(f"most confused: {score['confusions'][:8]}")
    assert min(language["top1"] for language in score["languages"].values()) >= FLOOR


def test_detect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Short first messages are told apart by language; the JSON is as the interface document gives it."""
    done = command_line(tmp_path, "detect", "--json", str(SHORT))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\ndetection: {found['overall']} {found['languages']}")
    assert set(found) == {"overall", "languages", "confusions"}
    for part in (found["overall"], *found["languages"].values()):
        assert set(part) == {"n", "accuracy"}
        assert is_share(part["accuracy"])
    assert found["overall"]["accuracy"] >= DETECTION_FLOOR


@pytest.mark.parametrize(
    "line",
    ['{"text": "hi", "language": "xx", "topic": "greet"}', '{"text": "hi"}', "[]", '{"text": 1', '"x"'],
)
def test_a_bad_line_is_named(trained: Path, tmp_path: Path, line: str) -> None:
    """A line that cannot be used ends the command with one line that names it."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "hi", "language": "en", "topic": "greet"}\n' + line + "\n")
    for command in ("evaluate", "detect"):
        done = command_line(trained, command, "--json", str(bad))
        assert done.returncode != 0
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1
        assert "line 2" in done.stderr
