"""Looks at every part of an installation and says what is wrong with it and what to do."""

import shutil
import subprocess
from dataclasses import dataclass

from bot import assembly
from bot.content.article import ContentError
from bot.content.files import read_folder
from bot.dialogue import training
from bot.knowledge import build_knowledge
from bot.referrals.files import ReferralError
from bot.settings import ROOT, Settings
from bot.storage.engine import StorageDown

_LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """How one part is; `detail` says what to do when it is not well."""

    part: str
    well: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Every part, from the ground up. Changes nothing."""
    return [
        Finding("settings", True, f"{settings.mode} mode"),
        _disk(settings),
        _rasa_environment(),
        _model(settings),
        _content(settings),
        _database(settings),
        _telegram(settings),
    ]


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else ROOT
    free = shutil.disk_usage(folder).free
    return Finding("disk", free >= _LEAST_FREE, f"{free // 2**20} MiB free for the data folder")


def _rasa_environment() -> Finding:
    python = ROOT / ".venv-rasa/bin/python"
    if not python.exists():
        return Finding("rasa", False, "its environment is missing: run `make setup`")
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [str(python), "-c", "import importlib.metadata as m; print(m.version('rasa'))"],
        capture_output=True,
        text=True,
        check=False,
    )
    return Finding(
        "rasa", done.returncode == 0, f"Rasa {done.stdout.strip()}" if not done.returncode else "run `make setup`"
    )


def _model(settings: Settings) -> Finding:
    model = training.model_of(ROOT, settings.data_dir)
    if model.exists():
        return Finding("model", True, model.name)
    return Finding("model", False, "none for the present data: run `anlu train`")


def _content(settings: Settings) -> Finding:
    try:
        knowledge = build_knowledge(read_folder(settings.content_dir))
    except (ContentError, ReferralError, ValueError, OSError) as error:
        return Finding("content", False, str(error))
    problems = knowledge.texts.problems
    return Finding("content", not problems, problems[0] if problems else f"{len(knowledge.texts.articles)} texts")


def _database(settings: Settings) -> Finding:
    services = assembly.assemble(settings)
    try:
        with services.database.reading() as connection:
            version = services.content.version(connection)
    except StorageDown:
        return Finding("database", False, "cannot be opened or has no tables yet: `anlu run` makes them")
    finally:
        services.database.dispose()
    return Finding("database", True, f"{services.database.url.get_backend_name()}, texts version {version}")


def _telegram(settings: Settings) -> Finding:
    if not settings.telegram_token.get_secret_value():
        return Finding("telegram", True, "not set up (ANLU_TELEGRAM_TOKEN is empty)")
    return Finding("telegram", True, "webhook" if settings.telegram_webhook_url else "polling")
