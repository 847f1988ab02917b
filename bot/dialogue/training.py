"""The dialogue model: which one belongs to the present data, and how a new one is made."""

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SOURCES = ("config.yml", "domain.yml", "nlu_data", "stories", "bot/inside_rasa", "bot/languages")
"""What a model depends on, below the project's root."""


class TrainingFailed(Exception):
    """Training gave no model, or one that is refused; the text says why, or where the log is."""


def rasa_process(root: Path) -> dict[str, str]:
    """What every process in Rasa's environment is started with, beside the present environment."""
    return {
        "PYTHONPATH": str(root),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        # Otherwise Rasa takes a part it trained before again whenever class and data are the same, whatever changed beneath.
        "RASA_MAX_CACHE_SIZE": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def fingerprint(root: Path) -> str:
    """Changes whenever anything a model depends on changes."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = root / source
        files = sorted(p for p in path.rglob("*") if p.suffix in (".yml", ".py")) if path.is_dir() else [path]
        for file in files:
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_of(root: Path, data_dir: Path) -> Path:
    """Where the model of the present data is, or will be."""
    return data_dir / "models" / f"{fingerprint(root)}.tar.gz"


def train(
    root: Path, data_dir: Path, *, say: Callable[[str], None], examine: Callable[[Path], list[str]] = lambda _: []
) -> Path:
    """Train a model for the present data and return where it is; says how it goes along the way.

    `examine` looks at the new model before it is taken, and returns what speaks against it.

    Raises:
        TrainingFailed: when Rasa gave up, or the model is refused; no half-made model is left.
    """
    model = model_of(root, data_dir)
    model.parent.mkdir(parents=True, exist_ok=True)
    log, name = data_dir / "train.log", model.name.removesuffix(".tar.gz")
    command = [
        str(root / ".venv-rasa/bin/python"), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml",
        "--data", "nlu_data", "stories", "--out", str(model.parent), "--fixed-model-name", f"{name}-new",
        "--skip-validation",  # its warnings are none here, and it reads everything once more; tests/repository checks instead
    ]  # fmt: skip
    started = time.monotonic()
    environment = {**os.environ, **rasa_process(root), "MPLCONFIGDIR": str(data_dir / "matplotlib")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=root, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            while process.poll() is None:
                time.sleep(1)
                seconds = int(time.monotonic() - started)
                if seconds and seconds % 10 == 0:
                    say(f"  training, {seconds} s so far")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    new = model.parent / f"{name}-new.tar.gz"
    if process.returncode or not new.exists():
        raise TrainingFailed(f"training failed; its log is {log}")
    say(f"Trained the dialogue model in {time.monotonic() - started:.0f} s")
    objections = examine(new)
    if objections:
        new.unlink()
        raise TrainingFailed("the new model is refused: " + "; ".join(objections))
    new.replace(model)
    return model
