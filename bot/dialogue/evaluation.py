"""How well Anlu understands: texts whose topic is known, through the same clean-up and model as a live message."""

import json
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.dialogue.rasa_client import UNSURE, warns
from bot.dialogue.training import rasa_process
from bot.languages import burmese
from bot.languages.catalogue import LANGUAGES
from bot.languages.detection import detect
from bot.languages.text import clean
from bot.safety.crisis import DangerWords


class EvaluationError(Exception):
    """A file or model that cannot be used; one line."""


@dataclass(frozen=True)
class Example:
    """One text of an evaluation file."""

    text: str
    language: str
    topic: str = ""
    danger: bool = False


def read_examples(files: Iterable[Path], *, asked: str = "") -> list[Example]:
    """The lines of evaluation files; `asked` is what they hold beside text and language: "topic", "danger" or nothing.

    Raises:
        EvaluationError: naming file and line.
    """
    found = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise EvaluationError(f"{file}: cannot be read ({type(error).__name__})") from None
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                data = json.loads(line)
                example = Example(data["text"], data["language"], **({asked: data[asked]} if asked else {}))
            except (ValueError, KeyError, TypeError):
                wanted = ", ".join(f'"{name}"' for name in ("text", "language", asked) if name)
                raise EvaluationError(f"{file}, line {number}: must be a JSON object with {{{wanted}}}") from None
            if example.language not in LANGUAGES:
                raise EvaluationError(f"{file}, line {number}: {example.language!r} is no language Anlu speaks")
            found.append(example)
    if not found:
        raise EvaluationError("the files hold no examples")
    return found


def evaluate(examples: list[Example], *, root: Path, model: Path) -> dict[str, Any]:
    """The score of a model, in the shape the interface document gives.

    `top1`: the first answer is right; a turn that offers buttons because nothing fits counts as an answer only to
    out_of_scope. `top3`: the right topic is the answer or one of the three offered.

    Raises:
        EvaluationError: when the model cannot be run.
    """
    return score(examples, parse(examples, root=root, model=model))


def score(examples: list[Example], parsed: list[dict[str, Any]]) -> dict[str, Any]:
    """The score of what the model made of each text."""
    marks: list[tuple[Example, str, bool, bool]] = []
    for example, got in zip(examples, parsed, strict=True):
        ranking = [name for name, _ in got["ranking"]]
        answer = ranking[0] if ranking else ""
        if got["topic"] == UNSURE and example.topic == "out_of_scope":
            answer = "out_of_scope"
        first = answer == example.topic
        marks.append((example, answer, first, first or example.topic in ranking[:3]))
    by_language, by_topic = defaultdict(list), defaultdict(list)
    by_scope: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    confusions: Counter[tuple[str, str]] = Counter()
    for example, answer, first, three in marks:
        by_scope[example.language].append((example.topic == "out_of_scope", first))
        by_language[example.language].append((first, three))
        by_topic[example.topic].append((first, three))
        if not first:
            confusions[example.topic, answer] += 1
    return {
        "overall": _score([(first, three) for _, _, first, three in marks]),
        "languages": {code: _score(m) for code, m in sorted(by_language.items())},
        "topics": {topic: _score(m) for topic, m in sorted(by_topic.items())},
        "confusions": [[expected, got, n] for (expected, got), n in confusions.most_common()],
        "out_of_scope": {code: _scope(m) for code, m in sorted(by_scope.items())},
    }


def _scope(marks: list[tuple[bool, bool]]) -> dict[str, float]:
    """How many texts that are none of our business are known for it, and how many others are answered rightly."""
    outside, inside = ([right for is_outside, right in marks if is_outside is wanted] for wanted in (True, False))
    return {
        "recall": round(sum(outside) / max(1, len(outside)), 4),
        "in_scope_right": round(sum(inside) / max(1, len(inside)), 4),
    }


def _score(marks: list[tuple[bool, bool]]) -> dict[str, float]:
    n = len(marks)
    return {
        "n": n,
        "top1": round(sum(first for first, _ in marks) / n, 4),
        "top3": round(sum(three for _, three in marks) / n, 4),
    }


def evaluate_danger(examples: list[Example], words: DangerWords, *, root: Path, model: Path) -> dict[str, Any]:
    """How many dangerous texts bring the emergency answer, and how many harmless ones: by the rules, and with the model.

    Raises:
        EvaluationError: when the model cannot be run.
    """
    return score_danger(examples, words, parse(examples, root=root, model=model))


def score_danger(examples: list[Example], words: DangerWords, parsed: list[dict[str, Any]]) -> dict[str, Any]:
    """The score of rules, and of rules and model together, by language."""
    marks: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for example, got in zip(examples, parsed, strict=True):
        by_rules = words.assess(readable(example.text), example.language) is not None
        marks[example.language].append((example.danger, by_rules, by_rules or warns(got["ranking"][:3])))
    return {"languages": {code: _danger_score(m) for code, m in sorted(marks.items())}}


def _danger_score(marks: list[tuple[bool, bool, bool]]) -> dict[str, float]:
    def share(of: bool, column: int) -> float:
        found = [mark[column] for mark in marks if mark[0] is of]
        return round(sum(found) / max(1, len(found)), 4)

    return {
        "n": len(marks),
        "recall": share(True, 2),
        "false_alarms": share(False, 2),
        "recall_by_rules": share(True, 1),
        "false_alarms_by_rules": share(False, 1),
    }


def readable(text: str) -> str:
    """A text as the gateway hands it on."""
    return burmese.read(clean(text)).text


def parse(examples: list[Example], *, root: Path, model: Path) -> list[dict[str, Any]]:
    """What the model makes of each text.

    Raises:
        EvaluationError: when it cannot be run.
    """
    lines = "".join(json.dumps({"text": readable(e.text), "language": e.language}) + "\n" for e in examples)
    done = subprocess.run(
        [str(root / ".venv-rasa/bin/python"), "-m", "bot.inside_rasa.parse", str(model)],
        input=lines,
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, **rasa_process(root)},
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or len(answers) != len(examples):
        raise EvaluationError(f"the model could not be run (exit code {done.returncode})")
    return answers


def evaluate_detection(examples: list[Example]) -> dict[str, Any]:
    """The score of language identification from the text alone, in the shape the interface document gives."""
    by_language: dict[str, list[bool]] = defaultdict(list)
    confusions: Counter[tuple[str, str]] = Counter()
    for example in examples:
        got = detect(clean(example.text)).language or "none"
        by_language[example.language].append(got == example.language)
        if got != example.language:
            confusions[example.language, got] += 1
    everything = [right for marks in by_language.values() for right in marks]
    return {
        "overall": _accuracy(everything),
        "languages": {code: _accuracy(marks) for code, marks in sorted(by_language.items())},
        "confusions": [[expected, got, n] for (expected, got), n in confusions.most_common()],
    }


def _accuracy(marks: list[bool]) -> dict[str, float]:
    return {"n": len(marks), "accuracy": round(sum(marks) / len(marks), 4)}


def lines(result: dict[str, Any]) -> list[str]:
    """Any of these results for people to read: a line per language, topic and confusion."""

    def line(name: str, score: dict[str, float]) -> str:
        return f"{name:<28}" + "  ".join(f"{key} {value:g}" for key, value in score.items())

    found = [line("overall", result["overall"])] if "overall" in result else []
    found += [line(code, score) for code, score in result["languages"].items()]
    found += [line(f"{code}, out of scope", score) for code, score in result.get("out_of_scope", {}).items()]
    found += [line(topic, score) for topic, score in result.get("topics", {}).items()]
    found += [f"{n:>4} x {expected} taken for {got}" for expected, got, n in result.get("confusions", [])[:20]]
    return found
