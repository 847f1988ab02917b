"""Forgotten is gone: from the tables, and as bytes from SQLite's files."""

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.assembly import Services, assemble, open_record, prepare_database, secret_of
from bot.people.store import Traces
from bot.settings import ROOT, Settings
from bot.storage import tables
from tests.builders import MOMENT, incoming, reply
from tests.databases import Postgres

HOUR = timedelta(hours=1)


class Now:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = MOMENT

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def now() -> Now:
    """The time, at first MOMENT."""
    return Now()


def _rasa_remembers(services: Services, handle: str, *, expires: float | None = None) -> None:
    """A row as Rasa's sealed tracker store writes it."""
    with services.trackers.database.transaction() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS rasa_trackers "
            "(conversation VARCHAR(64) PRIMARY KEY, sealed_events BLOB, expires_at FLOAT)"
        )
        connection.exec_driver_sql(
            "INSERT INTO rasa_trackers VALUES (?, ?, ?)",
            (handle, os.urandom(4000).hex().encode(), expires or time.time() + 3600),
        )


@pytest.fixture
def services(tmp_path: Path, now: Now) -> Services:
    """Everything, on SQLite in a folder of its own, with few texts."""
    services = assemble(Settings(data_dir=tmp_path), clock=now)
    prepare_database(services)
    return services


def _talk(services: Services, address: str, *, message_id: str = "m1") -> str:
    """One turn of a person, written down everywhere; her handle."""
    at = services.clock()
    with services.database.transaction() as connection:
        person = services.people.meet(connection, door="web", address=address, at=at)
        message = incoming(
            address=address, message_id=message_id, received_at=at, text=f"MARKER-WORDS-{address} 蓝色雨伞七七"
        )
        accepted = services.inbox.accept(connection, message, handle=person.pseudonym)
        answer = reply(text=f"MARKER-ANSWER-{address}" * 300)
        services.outbox.put(connection, (answer,), handle=person.pseudonym, at=at, inbox_id=accepted.id)
        services.inbox.done(connection, accepted.id, at=at)
        services.people.remember(connection, person, at=at)
        Traces().add(connection, person.pseudonym, "4711", at=at)
    return person.pseudonym


def _sealed(services: Services, handle: str) -> list[bytes]:
    """Every piece of data that stands in the files for a person: her handle, and parts of what is sealed."""
    pieces = [handle.encode()]
    with services.database.reading() as connection:
        for column in (tables.people.c.sealed_address, tables.inbox.c.sealed_message, tables.outbox.c.sealed_reply):
            rows = connection.execute(sa.select(column).where(column.table.c.pseudonym == handle)).scalars()
            for sealed in map(bytes, rows):
                pieces += [sealed[20:60], sealed[-60:-20]]
    with services.trackers.database.reading() as connection:
        query = sa.text("SELECT sealed_events FROM rasa_trackers WHERE conversation = :handle")
        for sealed in connection.execute(query, {"handle": handle}).scalars():
            pieces += [bytes(sealed)[20:60], bytes(sealed)[-60:-20]]
    return pieces


def _files(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()) if p.name.startswith("anlu") and p.is_file())


def test_words_never_stand_in_the_files(services: Services, tmp_path: Path) -> None:
    """While she talks, neither words nor answers nor her address can be read in any file."""
    handle = _talk(services, "conversation-MARKER-1")
    files = _files(tmp_path)
    assert handle.encode() in files
    assert b"MARKER" not in files


def test_forget_me_leaves_no_byte(services: Services, tmp_path: Path) -> None:
    """After "forget me", not even what was sealed is in the files or their logs; another person's is untouched."""
    handle, other = _talk(services, "her-address"), _talk(services, "another-address")
    for who in (handle, other):
        _rasa_remembers(services, who)
    pieces, kept = _sealed(services, handle), _sealed(services, other)
    assert len(pieces) == 9
    before = _files(tmp_path)
    assert all(piece in before for piece in pieces)
    services.retention.forget(handle)
    after = _files(tmp_path)
    assert [piece for piece in pieces if piece in after] == []
    assert all(piece in after for piece in kept)
    services.retention.forget(handle)
    services.retention.forget("0" * 32)


def test_forgotten_while_somebody_reads(services: Services, tmp_path: Path) -> None:
    """A reader may hold the log open for a moment; the next purge leaves no byte."""
    handle = _talk(services, "her-address")
    _rasa_remembers(services, handle)
    pieces = _sealed(services, handle)
    with services.database.reading() as reader:
        reader.execute(sa.select(tables.people)).all()
        services.retention.forget(handle)
    services.retention.purge()
    after = _files(tmp_path)
    assert [piece for piece in pieces if piece in after] == []


def test_the_purge_leaves_no_byte_of_what_is_past(services: Services, now: Now, tmp_path: Path) -> None:
    """Words go after 72 hours, traces after 48, the person after 180 days without a message; what is younger stays."""
    old = _talk(services, "old")
    _rasa_remembers(services, old, expires=time.time() - 1)
    pieces = _sealed(services, old)
    now.moment += 72 * HOUR
    assert services.retention.purge().messages == 0
    now.moment += HOUR
    young = _talk(services, "young")
    kept = _sealed(services, young)
    done = services.retention.purge()
    assert (done.messages, done.replies, done.people, done.conversations) == (1, 1, 0, 0)
    after = _files(tmp_path)
    assert [p for p in pieces if p in after] == [p for p in pieces[:3] if p in after]
    assert all(piece in after for piece in kept)
    now.moment = MOMENT + timedelta(days=180, hours=1)
    assert services.retention.purge().people == 1
    after = _files(tmp_path)
    assert [piece for piece in pieces if piece in after] == []
    assert young.encode() in after
    with services.database.reading() as connection:
        assert Traces().of_person(connection, young) == []


def test_what_rasa_remembers_expires(services: Services) -> None:
    """Conversations past their time go with the purge; a database in which Rasa never ran is no error."""
    assert services.retention.purge().conversations == 0
    handle = _talk(services, "a")
    _rasa_remembers(services, handle, expires=time.time() - 1)
    assert services.retention.purge().conversations == 1


def test_on_postgresql_too(server: Postgres, tmp_path: Path, now: Now) -> None:
    """Forget and purge take the same rows away on PostgreSQL."""
    with server.database(empty=True) as database:
        url = database.url.render_as_string()
        services = assemble(Settings(database_url=url, data_dir=tmp_path), clock=now)
        prepare_database(services)
        handle, other = _talk(services, "her"), _talk(services, "other")
        services.retention.forget(handle)
        with database.reading() as connection:
            assert set(connection.execute(sa.select(tables.inbox.c.pseudonym)).scalars()) == {other}
        now.moment += 73 * HOUR
        assert services.retention.purge().messages == 1
        services.database.dispose()
        services.trackers.database.dispose()


def test_the_command(tmp_path: Path) -> None:
    """`anlu purge` says in one line what it deleted."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ANLU_") and k not in ("HOST", "PORT")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "purge"],
        cwd=ROOT, env={**environment, "ANLU_DATA_DIR": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Deleted 0 messages")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert secret_of(Settings(data_dir=tmp_path)) == (tmp_path / "secret.key").read_text()


def test_a_turn_that_ends_after_she_was_forgotten_writes_nothing(services: Services) -> None:
    """She deletes her chat while an answer is on its way: it is still said, and nothing of her is back in the store."""
    record = open_record(services)
    message = incoming(text="he took my passport")
    accepted = record.accept(message, None)
    person, _ = record.recall(message, accepted)
    services.retention.forget(person.pseudonym)
    turn = record.write(message, accepted, person, (reply(),))
    assert turn.replies == (reply(),)
    with services.database.reading() as connection:
        for table in (tables.people, tables.inbox, tables.outbox):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
