"""Training data and evaluation sets as the tests of the repository read them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.languages.text import matching_form
from bot.settings import ROOT
from bot.yaml_text import load_yaml

NLU = ROOT / "nlu_data"
HELD_BACK = ("exam", "tuning", "danger")
"""Sets under tests/dialogue/ whose texts the model must never have seen."""


@dataclass(frozen=True)
class Utterance:
    """One line of training data."""

    topic: str
    text: str
    file: str

    @property
    def form(self) -> str:
        """What the classifier sees of it."""
        return matching_form(self.text)


def nlu_files(language: str) -> list[Path]:
    """The training files of a language."""
    return sorted((NLU / language).glob("*.yml"))


def blocks(file: Path) -> list[dict[str, Any]]:
    """The intents of a file."""
    found: list[dict[str, Any]] = load_yaml(file.read_text(encoding="utf-8"))["nlu"]
    return found


def utterances(language: str) -> list[Utterance]:
    """Every utterance of a language."""
    return [
        Utterance(block["intent"], line.removeprefix("- "), file.name)
        for file in nlu_files(language)
        for block in blocks(file)
        for line in block["examples"].splitlines()
    ]


def held_back(language: str) -> dict[str, str]:
    """Forms the model must not be trained on, with the set each stands in."""
    found = {}
    for name in HELD_BACK:
        file = ROOT / "tests" / "dialogue" / name / f"{language}.jsonl"
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found[matching_form(json.loads(line)["text"])] = name
    return found
