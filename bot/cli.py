"""Every command. Each reads the settings once, says in one line what is wrong, and exits non-zero then."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import assembly, logs
from bot.clock import now
from bot.safety.crisis import DangerWords, build_danger_words
from bot.settings import ROOT, Settings, load_or_exit
from bot.storage.engine import StorageDown

Command = Callable[[argparse.Namespace, Settings], int]


class CommandError(Exception):
    """What a person did or must do, in one line."""


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


def _print(line: str) -> None:
    print(line, flush=True)


# ---- running ----


def run(_given: argparse.Namespace, settings: Settings) -> int:
    """Train when there is no model for the present data, start all processes, watch them."""
    from bot.supervisor import Supervisor, children_of

    model, secret = _model(settings), assembly.secret_of(settings)
    _prepare(settings)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"

    def ready() -> None:
        _print(
            f"Anlu is ready.\n  web chat   {address}/\n  interface  {address}/api/v1/openapi.json\n  Stop with Ctrl-C."
        )

    _print("Starting Rasa, the action server and the gateway ...")
    _, children = children_of(settings, secret, str(model))
    return Supervisor(children, _print).run(ready=ready)


def _prepare(settings: Settings) -> None:
    """Tables and texts, before the processes that need them start; the gateway does it later when the database is away."""
    services = assembly.assemble(settings)
    try:
        assembly.prepare_database(services)
    except StorageDown:
        _print("The database does not answer; starting all the same, with emergency answers and numbers only.")
    finally:
        services.database.dispose()


def _model(settings: Settings) -> Path:
    """The model of the present data; made now when there is none."""
    from bot.dialogue import training

    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    model = training.model_of(ROOT, settings.data_dir)
    if model.exists():
        return model
    _print("There is no dialogue model for the present data yet; training one (a minute or two) ...")
    return _train(settings)


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
    supervisor = Supervisor([rasa, actions], _print)

    def ready() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C ends the talk, then the processes
        try:
            asyncio.run(talk(wired, _print))
        finally:
            supervisor.stop()

    _print("Starting Rasa and the action server ...")
    return supervisor.run(ready=ready)


def train(given: argparse.Namespace, settings: Settings) -> int:
    """Train, unless there is a model already."""
    from bot.dialogue import training

    model = training.model_of(ROOT, settings.data_dir)
    if model.exists() and not given.force and not given.accept:
        _print(f"There is a model for the present data already: {model.name}. Train again with --force.")
        return 0
    _train(settings, accept=given.accept)
    return 0


def _train(settings: Settings, *, accept: bool = False) -> Path:
    from bot.dialogue import evaluation, gate, training

    def examine(model: Path) -> list[str]:
        _print("Examining the new model ...")
        now = gate.measure(_danger_words(settings), root=ROOT, model=model)
        before = gate.read_mark(ROOT)
        if now and accept:
            gate.write_mark(ROOT, now)
        if now is None or before is None or accept:
            return []
        found = gate.objections(before, now)
        return [*found, "`anlu train --accept` takes it all the same, and holds later models to it"] if found else []

    try:
        return training.train(ROOT, settings.data_dir, say=_print, examine=examine)
    except (training.TrainingFailed, evaluation.EvaluationError) as error:
        raise CommandError(str(error)) from None


def _danger_words(settings: Settings) -> DangerWords:
    from bot.content.files import read_folder

    try:
        return build_danger_words(read_folder(settings.content_dir))
    except ValueError as error:
        raise CommandError(str(error)) from None


# ---- measuring ----


def evaluate(given: argparse.Namespace, settings: Settings) -> int:
    """Score understanding."""
    from bot.dialogue import evaluation

    try:
        examples = evaluation.read_examples(given.files, asked="topic")
        result = evaluation.evaluate(examples, root=ROOT, model=_trained(settings))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return _show(result, given.json, evaluation.lines)


def danger(given: argparse.Namespace, settings: Settings) -> int:
    """Score the recognition of danger."""
    from bot.dialogue import evaluation

    try:
        examples = evaluation.read_examples(given.files, asked="danger")
        words = _danger_words(settings)
        result = evaluation.evaluate_danger(examples, words, root=ROOT, model=_trained(settings))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return _show(result, given.json, evaluation.lines)


def _trained(settings: Settings) -> Path:
    from bot.dialogue import training

    model = training.model_of(ROOT, settings.data_dir)
    if not model.exists():
        raise CommandError("there is no model for the present data: run `anlu train` first")
    return model


def detect(given: argparse.Namespace, _settings: Settings) -> int:
    """Score language identification."""
    from bot.dialogue import evaluation

    try:
        result = evaluation.evaluate_detection(evaluation.read_examples(given.files))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return _show(result, given.json, evaluation.lines)


def _show(result: dict[str, Any], as_json: bool, lines: Callable[[dict[str, Any]], list[str]]) -> int:
    import json

    _print(json.dumps(result, ensure_ascii=False, indent=1) if as_json else "\n".join(lines(result)))
    return 0


# ---- keeping house ----


def purge(_given: argparse.Namespace, settings: Settings) -> int:
    """Delete what is past its time."""
    services = assembly.assemble(settings)
    assembly.prepare_database(services)
    gone = services.retention.purge()
    _print(
        f"Deleted {gone.messages} messages, {gone.replies} replies, {gone.people} people, "
        f"{gone.conversations} dialogue memories."
    )
    return 0


def content(given: argparse.Namespace, settings: Settings) -> int:
    """Texts: look at the folder, bring it into the store, or write the store back to it."""
    from bot.content.article import ContentError
    from bot.content.files import read_folder, write_folder
    from bot.referrals.files import ReferralError

    try:
        if given.what == "check":
            return _content_check(given, settings)
        services = assembly.assemble(settings)
        if given.what == "import":
            done = assembly.prepare_database(services)
            _print(f"{len(done.added)} added, {len(done.updated)} updated, {len(done.removed)} removed.")
            for path in done.conflicts:
                _print(f"conflict: {path} was edited in the store and in the folder; the live text stays")
            return 1 if done.conflicts else 0
        with services.database.reading() as connection:
            files = services.content.read(connection)
    except (ContentError, ReferralError, ValueError) as error:
        raise CommandError(str(error)) from None
    except StorageDown:
        raise CommandError("the database cannot be read; `anlu doctor` says more") from None
    if not read_folder(settings.content_dir) and not files:
        raise CommandError("the store holds no texts yet: `anlu content import` brings them in")
    changed = write_folder(settings.content_dir, files)
    _print("\n".join([*changed, f"{len(changed)} files written."]))
    return 0


def _content_check(given: argparse.Namespace, settings: Settings) -> int:
    from bot.content import checks
    from bot.content.files import read_folder
    from bot.knowledge import build_knowledge
    from bot.languages.catalogue import COMPLETE, LANGUAGES

    texts = build_knowledge(read_folder(settings.content_dir)).texts
    report = checks.check(texts, languages=LANGUAGES, complete=COMPLETE)

    def lines(_result: dict[str, Any]) -> list[str]:
        found = [f"error: {line}" for line in report.errors] + [f"warning: {line}" for line in report.warnings]
        found += [f"{code}: {n} texts need native review" for code, n in report.needs_review.items()]
        found += [f"{code}: {n} topics without a text" for code, n in report.missing.items() if n]
        return [*found, f"{len(texts.articles)} texts, {len(report.errors)} errors, {len(report.warnings)} warnings."]

    _show(asdict(report), given.json, lines)
    return 1 if report.errors else 0


def referrals(given: argparse.Namespace, settings: Settings) -> int:
    """Numbers: what is shown, overdue, hidden, unconfirmed."""
    from bot.content.files import read_folder
    from bot.referrals import checks
    from bot.referrals.files import ReferralError, parse_services

    try:
        services = parse_services(read_folder(settings.content_dir))
    except ReferralError as error:
        raise CommandError(str(error)) from None
    report = checks.check(services, today=now().date())

    def lines(_result: dict[str, Any]) -> list[str]:
        found = [f"overdue: {name}" for name in report.overdue] + [f"hidden: {name}" for name in report.hidden]
        found += [f"to confirm before it is shown: {name}" for name in report.to_confirm]
        return [*found, f"{len(report.shown)} shown; the next review is due on {report.next_review}."]

    result = {**asdict(report), "next_review": report.next_review and report.next_review.isoformat()}
    _show(result, given.json, lines)
    return 1 if report.overdue or report.hidden else 0


def staff(given: argparse.Namespace, settings: Settings) -> int:
    """Accounts of staff."""
    from bot.staff import passwords
    from bot.staff.member import ROLES, name_problem
    from bot.staff.store import Staff

    if given.what != "list" and not given.name:
        raise CommandError(f"staff {given.what} needs a name")
    if given.role not in ROLES:
        raise CommandError(f"{given.role!r} is no role; there are {', '.join(ROLES)}")
    services, accounts = assembly.assemble(settings), Staff()
    assembly.prepare_database(services)
    with services.database.transaction() as connection:
        if given.what == "list":
            for member in accounts.all(connection):
                _print(f"{member.name:<32} {member.role:<10} {'disabled' if member.disabled else ''}".rstrip())
        elif given.what == "disable":
            if not accounts.disable(connection, given.name):
                raise CommandError(f"there is no account {given.name!r}")
            _print(f"{given.name} is disabled.")
        else:
            problem = name_problem(given.name)
            if problem:
                raise CommandError(problem)
            password = passwords.make_password()
            hashed = passwords.hash_password(password)
            if not accounts.add(connection, name=given.name, role=given.role, password_hash=hashed, at=now()):
                raise CommandError(f"the name {given.name!r} is taken")
            _print(
                f"{given.name} ({given.role}) may sign in once with this password and must change it then: {password}"
            )
    return 0


def doctor(given: argparse.Namespace, settings: Settings) -> int:
    """Look at every part."""
    from bot.doctor import examine

    findings = examine(settings)
    result = {
        "well": all(f.well for f in findings),
        "parts": {f.part: {"well": f.well, "detail": f.detail} for f in findings},
    }
    _show(result, given.json, lambda _r: [f"{'ok ' if f.well else 'BAD'}  {f.part:<12} {f.detail}" for f in findings])
    return 0 if result["well"] else 1
