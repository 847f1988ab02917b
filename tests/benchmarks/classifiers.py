"""Our classifier beside Rasa's own two, inside Rasa: trained on nlu_data/, asked the texts of tests/dialogue/tuning/.

    PYTHONPATH=. .venv-rasa/bin/python -m tests.benchmarks.classifiers [--only ours,logistic,diet] [--every 1] [--json FILE]

`--every 4` learns from every fourth text only, for DIET's sake. The texts asked are by another hand than the
training data. The pipelines:
ours      what config.yml sets, without its fallback
logistic  words and character n-grams of 1 to 4 within words into Rasa's LogisticRegressionClassifier
diet      the same features into Rasa's DIETClassifier, 40 epochs
"""

import argparse
import asyncio
import json
import tempfile
import time
import warnings
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
_FEATURES = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]


def pipelines() -> dict[str, list[dict[str, Any]]]:
    """The pipelines to compare, the slowest last."""
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    diet = {"name": "DIETClassifier", "epochs": 40, "entity_recognition": False, "random_seed": 7}
    return {
        "ours": [part for part in ours if part["name"] != "FallbackClassifier"],
        "logistic": [*_FEATURES, {"name": "LogisticRegressionClassifier", "random_state": 7}],
        "diet": [*_FEATURES, diet],
    }


def thinned(folder: Path, every: int) -> Path:
    """A copy of the training data with every n-th text of each topic."""
    for file in sorted((ROOT / "nlu_data").glob("*/*.yml")):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in data["nlu"]:
            block["examples"] = "\n".join(block["examples"].splitlines()[::every])
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder / "nlu_data"


def measure(pipeline: list[dict[str, Any]], every: int) -> dict[str, Any]:
    """Train inside Rasa, then ask one text at a time."""
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yml"
        importer = {"name": "bot.inside_rasa.importer.FolderImporter", "bundled": False}
        settings = {"recipe": "default.v1", "assistant_id": "comparison", "language": "xx", "importers": [importer]}
        config.write_text(yaml.safe_dump({**settings, "pipeline": pipeline}), encoding="utf-8")
        data = thinned(Path(folder), every)
        started = time.perf_counter()
        model = train_nlu(str(config), str(data), output=folder)
        seconds = time.perf_counter() - started
        return {"train_seconds": round(seconds), "languages": asyncio.run(ask(model))}


async def ask(model: str) -> dict[str, dict[str, float]]:
    """Per language: shares right at once and among three, and the median milliseconds a text took."""
    from rasa.core.agent import Agent

    from bot.inside_rasa.server import quiet_logs

    quiet_logs()
    agent = Agent.load(model)
    places: dict[str, list[int]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    for file in sorted((ROOT / "tests/dialogue/tuning").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            asked = json.loads(line)
            before = time.perf_counter()
            parsed = await agent.parse_message(asked["text"])
            times[asked["language"]].append((time.perf_counter() - before) * 1000)
            ranking = [topic["name"] for topic in parsed["intent_ranking"]]
            places[asked["language"]].append(ranking.index(asked["topic"]) if asked["topic"] in ranking else 99)
    return {
        language: {
            "top1": round(sum(p == 0 for p in found) / len(found), 3),
            "top3": round(sum(p < 3 for p in found) / len(found), 3),
            "parse_ms": round(median(times[language]), 2),
        }
        for language, found in places.items()
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", default=",".join(pipelines()))
    arguments.add_argument("--every", type=int, default=1)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    warnings.filterwarnings("ignore")
    results = {}
    for name in given.only.split(","):
        results[name] = measure(pipelines()[name], given.every)
        print(name, json.dumps(results[name]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
