"""Starting things: everything at once, the gateway alone, a talk in the terminal."""

import argparse
import asyncio
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bot import assembly
from bot.commands import say
from bot.commands.model import train_model
from bot.settings import ROOT, Settings
from bot.storage.engine import StorageDown


def run(_given: argparse.Namespace, settings: Settings) -> int:
    """Train when there is no model for the present data, start all processes, watch them."""
    from bot.supervisor import Supervisor, children_of

    model, secret = _model(settings), assembly.secret_of(settings)
    # In a process that ends, so that the one that watches the others does not hold all texts as long as they run.
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as apart:
        apart.submit(_prepare, settings).result()
    address = settings.public_url or f"http://{settings.host}:{settings.port}"

    def ready() -> None:
        say(f"Anlu is ready.\n  web chat   {address}/\n  interface  {address}/api/v1/openapi.json\n  Stop with Ctrl-C.")

    say("Starting Rasa, the action server and the gateway ...")
    _, children = children_of(settings, secret, str(model))
    return Supervisor(children, say).run(ready=ready)


def _prepare(settings: Settings) -> None:
    """Tables and texts, before the processes that need them start; the gateway does it later when the database is away."""
    services = assembly.assemble(settings)
    try:
        assembly.prepare_database(services)
    except StorageDown:
        say("The database does not answer; starting all the same, with emergency answers and numbers only.")
    finally:
        services.database.dispose()


def gateway(_given: argparse.Namespace, settings: Settings) -> int:
    """Serve the doors."""
    import uvicorn

    from bot.gateway import create_app

    app = create_app(assembly.assemble(settings))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=3,
        forwarded_allow_ips=settings.trusted_proxies or "",
    )
    return 0


def chat(_given: argparse.Namespace, settings: Settings) -> int:
    """Talk in the terminal, with a Rasa and an action server of its own."""
    from bot.channels.console import talk
    from bot.supervisor import Supervisor, children_of

    model, secret = _model(settings), assembly.secret_of(settings)
    _prepare(settings)
    wired, (rasa, actions, _) = children_of(settings, secret, str(model))
    supervisor = Supervisor([rasa, actions], say)

    def ready() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C ends the talk, then the processes
        try:
            asyncio.run(talk(wired, say))
        finally:
            supervisor.stop()

    say("Starting Rasa and the action server ...")
    return supervisor.run(ready=ready)


def _model(settings: Settings) -> Path:
    """The model of the present data; made now when there is none."""
    from bot.dialogue import training

    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    model = training.model_of(ROOT, settings.data_dir)
    if model.exists():
        return model
    say("There is no dialogue model for the present data yet; training one (a minute or two) ...")
    return train_model(settings)
