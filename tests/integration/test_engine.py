"""A database that is away, locked, full or read-only: one kind of error, soon, and nothing half written."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.assembly import assemble, prepare_database
from bot.people.store import People
from bot.settings import Settings
from bot.storage import engine, migrate, tables
from bot.storage.engine import Database, StorageDown
from bot.supervisor import free_port
from tests.builders import MOMENT, SECRET
from tests.databases import migrated_file

PEOPLE = People(SECRET)


def _meet(database: Database, address: str = "a") -> None:
    with database.transaction() as connection:
        PEOPLE.meet(connection, door="web", address=address, at=MOMENT)


def _count(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tables.people)).scalar_one())


@contextlib.contextmanager
def _writer(path: str) -> Iterator[None]:
    """Another program that holds the write lock."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_any_error_takes_everything_back(database: Database) -> None:
    """A transaction is whole or nothing, whatever breaks it."""

    def break_off() -> None:
        with database.transaction() as connection:
            PEOPLE.meet(connection, door="web", address="a", at=MOMENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert _count(database) == 0


def test_locked_beyond_the_wait(sqlite_database: Database) -> None:
    """A writer that holds on: StorageDown after a second and a half, reading goes on meanwhile, and writing after it."""
    _meet(sqlite_database)
    with _writer(str(sqlite_database.url.database)):
        assert _count(sqlite_database) == 1
        started = time.monotonic()
        with pytest.raises(StorageDown):
            _meet(sqlite_database, "b")
        assert 1.2 < time.monotonic() - started < 4
    _meet(sqlite_database, "c")
    assert _count(sqlite_database) == 2


def test_locked_for_a_moment(sqlite_database: Database) -> None:
    """A short wait is waited out: writers queue, none fails."""
    threads = [threading.Thread(target=_meet, args=(sqlite_database, f"a{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(sqlite_database) == 8


def test_shrinking_a_busy_database(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The purge's last step meets a writer: StorageDown, which the purge expects, and no other error."""
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0.2)
    database = Database(sqlite_database.url.render_as_string())
    _meet(database)
    with _writer(str(database.url.database)), pytest.raises(StorageDown):
        database.shrink()
    database.shrink()
    database.dispose()


def test_full(sqlite_database: Database) -> None:
    """No room left: StorageDown, what stood before stays, and it can still be read."""
    _meet(sqlite_database)

    @event.listens_for(sqlite_database.engine, "connect")
    def _no_room(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    sqlite_database.dispose()

    def fill() -> None:
        for number in range(500):
            with sqlite_database.transaction() as connection:
                for part in range(20):
                    PEOPLE.meet(connection, door="web", address=f"{number}-{part}", at=MOMENT)

    with pytest.raises(StorageDown):
        fill()
    assert _count(sqlite_database) % 20 == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="puts rights aside for a moment, which needs root")
def test_read_only() -> None:
    """A folder that may not be written: StorageDown, nothing changed."""
    folder = Path(tempfile.mkdtemp(prefix="anlu-read-only-"))
    path = folder / "anlu.db"
    path.write_bytes(migrated_file())
    path.chmod(0o444)
    folder.chmod(0o555)
    database = Database(f"sqlite:///{path}")
    os.seteuid(65534)
    try:
        with pytest.raises(StorageDown):
            _meet(database)
    finally:
        os.seteuid(0)
    try:
        assert _count(database) == 0
    finally:
        database.dispose()
        shutil.rmtree(folder)


def test_no_database_at_all(tmp_path: Path) -> None:
    """A file that is none: StorageDown for turns, migrations and looks alike."""
    (tmp_path / "anlu.db").write_bytes(b"this is no database" * 500)
    database = Database(f"sqlite:///{tmp_path / 'anlu.db'}")
    for use in (_meet, _count, migrate.upgrade, Database.shrink, Database.overwrite_deleted):
        with pytest.raises(StorageDown):
            use(database)
    database.dispose()


def test_missing_server() -> None:
    """Nobody listens: StorageDown at once, for turns, migrations, the start and "forget me"; never a password in its text."""
    url = f"postgresql://anlu:s3cret@127.0.0.1:{free_port()}/anlu"
    services = assemble(Settings(database_url=url, secret_key=SECRET))
    started = time.monotonic()
    for use in (
        lambda: _meet(services.database),
        lambda: _count(services.database),
        lambda: migrate.upgrade(services.database),
        lambda: prepare_database(services),
        lambda: services.retention.forget("f" * 32),
        services.retention.purge,
    ):
        with pytest.raises(StorageDown) as caught:
            use()
        assert "s3cret" not in str(caught.value)
    assert time.monotonic() - started < 4


def test_server_that_goes_away(database: Database) -> None:
    """A connection cut between two turns is replaced unseen; cut within a turn, the turn is taken back."""
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    _meet(database)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    killer = Database(database.url.render_as_string())
    with killer.transaction() as connection:
        connection.exec_driver_sql(cut)
    _meet(database, "b")

    def cut_within_a_turn() -> None:
        with database.transaction() as connection:
            PEOPLE.meet(connection, door="web", address="c", at=MOMENT)
            with killer.transaction() as other:
                other.exec_driver_sql(cut)
            PEOPLE.meet(connection, door="web", address="d", at=MOMENT)

    with pytest.raises(StorageDown):
        cut_within_a_turn()
    killer.dispose()
    assert _count(database) == 2
