"""The gate a new model passes: it must not understand less than the model before it.

The mark it is held to stands beside the exam, in tests/dialogue/score.json, and is raised by `anlu train --accept`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue import evaluation
from bot.safety.crisis import DangerWords

_EXAMS, _MARK = "tests/dialogue", "score.json"
_MAY_FALL = 0.01
"""Share of right first answers a language may lose."""


@dataclass(frozen=True)
class Score:
    """By language: the share of right first answers on the exam, and of dangerous texts that bring the emergency answer."""

    exam: dict[str, float]
    danger: dict[str, float]


def measure(words: DangerWords, *, root: Path, model: Path) -> Score | None:
    """The score of a model; None where there is no exam (an installation without tests).

    Raises:
        EvaluationError: when files or model cannot be used.
    """
    exams = sorted((root / _EXAMS / "exam").glob("*.jsonl"))
    dangers = sorted((root / _EXAMS / "danger").glob("*.jsonl"))
    if not exams or not dangers:
        return None
    asked = evaluation.read_examples(exams, asked="topic")
    alarming = evaluation.read_examples(dangers, asked="danger")
    parsed = evaluation.parse([*asked, *alarming], root=root, model=model)
    understood = evaluation.score(asked, parsed[: len(asked)])
    alarmed = evaluation.score_danger(alarming, words, parsed[len(asked) :])
    return Score(
        exam={code: score["top1"] for code, score in understood["languages"].items()},
        danger={code: score["recall"] for code, score in alarmed["languages"].items()},
    )


def objections(before: Score, now: Score) -> list[str]:
    """What speaks against a new model: a line for each language in which it lost too much, none when it may pass."""
    found = [
        f"{code}: {now.exam.get(code, 0.0):.3f} of the exam understood, {old:.3f} before"
        for code, old in before.exam.items()
        if round(old - now.exam.get(code, 0.0), 6) > _MAY_FALL
    ]
    found += [
        f"{code}: {now.danger.get(code, 0.0):.3f} of dangerous texts recognised, {old:.3f} before"
        for code, old in before.danger.items()
        if now.danger.get(code, 0.0) < old
    ]
    return found


def read_mark(root: Path) -> Score | None:
    """The score a new model is held to; None before the first."""
    try:
        return Score(**json.loads((root / _EXAMS / _MARK).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def write_mark(root: Path, score: Score) -> None:
    """Hold every later model to this score."""
    text = json.dumps({"exam": score.exam, "danger": score.danger}, indent=1, sort_keys=True)
    (root / _EXAMS / _MARK).write_text(text + "\n", encoding="utf-8")
