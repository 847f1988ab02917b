"""The command line. Each command reads the settings once, says in one line what is wrong, and exits non-zero then."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot import logs
from bot.commands import CommandError
from bot.commands.keeping import content, doctor, purge, referrals, staff
from bot.commands.model import danger, detect, evaluate, train
from bot.commands.running import chat, gateway, run
from bot.settings import Settings, load_or_exit
from bot.storage.engine import StorageDown

Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code."""
    given = _parser().parse_args(arguments)
    settings = load_or_exit()
    logs.set_up()
    os.umask(0o077)  # what is written is the owner's alone
    command: Command = given.run
    try:
        code = command(given, settings)
    except KeyboardInterrupt:
        code = 130
    except CommandError as error:
        print(f"anlu: {error}", file=sys.stderr)
        code = 2
    except StorageDown:
        print("anlu: the database cannot be used; `anlu doctor` says more", file=sys.stderr)
        code = 1
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anlu", description="Anlu: a multilingual assistant against human trafficking."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str, *, json_too: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if json_too:
            sub.add_argument("--json", action="store_true", help="print JSON")
        return sub

    add("run", run, "start everything on this machine and watch over it")
    add("gateway", gateway, "start only the gateway (web chat, Telegram); Rasa and the action server must run")
    add("chat", chat, "talk to the assistant in this terminal")
    sub = add("train", train, "train the dialogue model for the present data")
    sub.add_argument("--force", action="store_true", help="also when there is a model for the present data")
    sub.add_argument("--accept", action="store_true", help="take the model even if worse; later ones are held to it")
    sub = add("evaluate", evaluate, "score the understanding of texts whose topic is known", json_too=True)
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help='lines of {"text", "language", "topic"}')
    sub = add("danger", danger, "score the recognition of danger, by rules and with the model", json_too=True)
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help='lines of {"text", "language", "danger"}')
    sub = add("detect", detect, "score language identification", json_too=True)
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help='lines of {"text", "language"}')
    sub = add("content", content, "check, import or export the texts", json_too=True)
    sub.add_argument("what", choices=("check", "import", "export"))
    sub = add("referrals", referrals, "which numbers must be checked again", json_too=True)
    sub.add_argument("what", choices=("check",))
    sub = add("staff", staff, "add, list or disable staff accounts")
    sub.add_argument("what", choices=("add", "list", "disable"))
    sub.add_argument("name", nargs="?", help="the account, for add and disable")
    sub.add_argument("--role", default="hotline", help="hotline, supervisor, editor, reviewer or admin (add)")
    add("purge", purge, "delete everything past its time")
    add("doctor", doctor, "look at every part and say what is wrong with it", json_too=True)
    return parser
