"""The same intent model as in config.yml on MASSIVE, a public benchmark: one model per language, its whole training part.

    PYTHONPATH=. .venv-rasa/bin/python -m tests.benchmarks.massive [--data DIR] [--languages en,zh] [--json FILE]

The data (Amazon's MASSIVE 1.0, CC BY 4.0) is not part of this project: a folder of <language>.jsonl.gz files, taken from
MASSIVE_DIR or ../shared/data/massive.
"""

import argparse
import gzip
import json
import os
import sys
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

import yaml

from bot.inside_rasa.ngrams import NgramSettings, train

_LANGUAGES = ("en", "zh", "vi", "km", "my", "th")


def settings_of_config() -> NgramSettings:
    """What config.yml sets for our classifier."""
    for part in yaml.safe_load(Path("config.yml").read_text(encoding="utf-8"))["pipeline"]:
        if part["name"].endswith("NgramClassifier"):
            return NgramSettings(**{name: value for name, value in part.items() if name != "name"})
    raise SystemExit("massive: config.yml has no NgramClassifier")


def read(file: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Texts and intents of each part of one language."""
    parts: dict[str, tuple[list[str], list[str]]] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts, intents = parts.setdefault(row.get("partition") or row.get("split"), ([], []))
            texts.append(row.get("utt") or row.get("text"))
            intents.append(row["intent"])
    return parts


def measure(file: Path, settings: NgramSettings) -> dict[str, Any]:
    """Accuracy on the test part, seconds of training, median microseconds per text."""
    parts = read(file)
    started = time.perf_counter()
    model = train(*parts["train"], settings)
    seconds = time.perf_counter() - started
    right, times = 0, []
    for text, intent in zip(*parts["test"], strict=True):
        before = time.perf_counter()
        right += model.rank(text, 1)[0][0] == intent
        times.append((time.perf_counter() - before) * 1e6)
    return {
        "accuracy": round(right / len(times), 4),
        "train_seconds": round(seconds, 1),
        "median_us": round(median(times)),
    }


def main() -> None:
    """Measure and print a line per language and the mean."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path(os.environ.get("MASSIVE_DIR", "../shared/data/massive")))
    arguments.add_argument("--languages", default=",".join(_LANGUAGES))
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    if not given.data.is_dir():
        print(f"massive: no data in {given.data}; name its folder with --data or MASSIVE_DIR", file=sys.stderr)
        raise SystemExit(2)
    settings, result = settings_of_config(), {}
    for language in given.languages.split(","):
        result[language] = measure(given.data / f"{language}.jsonl.gz", settings)
        print(language, json.dumps(result[language]), flush=True)
    print("mean accuracy", round(mean(r["accuracy"] for r in result.values()), 4))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
