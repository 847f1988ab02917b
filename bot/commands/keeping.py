"""Keeping house: texts, numbers, accounts, what is past its time, and whether all is well."""

import argparse
from dataclasses import asdict
from typing import Any

from bot import assembly
from bot.clock import now
from bot.commands import CommandError, say, show
from bot.settings import Settings
from bot.storage.engine import StorageDown


def purge(_given: argparse.Namespace, settings: Settings) -> int:
    """Delete what is past its time."""
    services = assembly.assemble(settings)
    assembly.prepare_database(services)
    gone = services.retention.purge()
    say(
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
            say(f"{len(done.added)} added, {len(done.updated)} updated, {len(done.removed)} removed.")
            for path in done.conflicts:
                say(f"conflict: {path} was edited in the store and in the folder; the live text stays")
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
    say("\n".join([*changed, f"{len(changed)} files written."]))
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

    show(asdict(report), given.json, lines)
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
    show(result, given.json, lines)
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
                say(f"{member.name:<32} {member.role:<10} {'disabled' if member.disabled else ''}".rstrip())
        elif given.what == "disable":
            if not accounts.disable(connection, given.name):
                raise CommandError(f"there is no account {given.name!r}")
            say(f"{given.name} is disabled.")
        else:
            problem = name_problem(given.name)
            if problem:
                raise CommandError(problem)
            password = passwords.make_password()
            hashed = passwords.hash_password(password)
            if not accounts.add(connection, name=given.name, role=given.role, password_hash=hashed, at=now()):
                raise CommandError(f"the name {given.name!r} is taken")
            say(f"{given.name} ({given.role}) may sign in once with this password and must change it then: {password}")
    return 0


def doctor(given: argparse.Namespace, settings: Settings) -> int:
    """Look at every part."""
    from bot.doctor import examine

    findings = examine(settings)
    result = {
        "well": all(f.well for f in findings),
        "parts": {f.part: {"well": f.well, "detail": f.detail} for f in findings},
    }
    show(result, given.json, lambda _r: [f"{'ok ' if f.well else 'BAD'}  {f.part:<12} {f.detail}" for f in findings])
    return 0 if result["well"] else 1
