"""The database engine and the one way to open a transaction."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_BUSY_SECONDS = 1.5
"""Less than the two seconds in which she must have an answer."""
_CONNECT_SECONDS = 2


class StorageDown(Exception):
    """The database cannot be reached or does not answer in time; nothing was written."""


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Tells what goes wrong with the database itself as StorageDown.

    Raises:
        StorageDown: when the database is away, locked, full or read-only.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as error:
        raise StorageDown(type(error).__name__) from None


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> Any | None:
    """Insert a row and return its key; None, and nothing changed, when a row with a key like it is there already.

    Another transaction that is about to put it there is waited for.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    key = next(iter(table.primary_key.columns))
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(key)
    return connection.execute(statement).scalar_one_or_none()


class Database:
    """An engine with the settings Anlu relies on: short waits, SQLite in WAL with full durability and secure deletion."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn_to_write = threading.Lock()
        self.file: Path | None = None
        """The SQLite file; None for a server, and for a database in memory."""
        if self.is_sqlite:
            if self.url.database and self.url.database != ":memory:":
                self.file = Path(self.url.database)
                self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.engine = sa.create_engine(
                self.url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = sa.create_engine(
                self.url,
                pool_size=10,
                pool_timeout=_BUSY_SECONDS,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": _CONNECT_SECONDS,
                    "options": f"-c statement_timeout={_BUSY_SECONDS * 1000:.0f} -c lock_timeout={_BUSY_SECONDS * 1000:.0f}",
                },
            )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back on any error.

        Raises:
            StorageDown: when the database is away, locked, full or read-only.
        """
        with storage_errors(), self._one_writer(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Lets the threads of this process write to SQLite one after the other.

        It has one writer anyway; left to itself it sleeps up to a tenth of a second between looks whether it may begin.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._turn_to_write.acquire(timeout=_BUSY_SECONDS):
            raise StorageDown("busy")
        try:
            yield
        finally:
            self._turn_to_write.release()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A look at the database that writes nothing and waits for no writer.

        Raises:
            StorageDown: when the database is away.
        """
        with storage_errors(), self.engine.connect().execution_options(anlu_reading=True) as connection:
            yield connection

    def overwrite_deleted(self) -> None:
        """Make what was deleted unreadable: SQLite overwrites it, but keeps the old pages in its write-ahead log until then.

        While somebody reads, the log stays; the next purge empties it.

        Raises:
            StorageDown: when the database is away.
        """
        self._run_alone("PRAGMA wal_checkpoint(TRUNCATE)")

    def shrink(self) -> None:
        """Overwrite what was deleted and give its space back.

        Raises:
            StorageDown: when the database is away or busy; what was deleted is overwritten the next time.
        """
        self._run_alone("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")

    def _run_alone(self, *statements: str) -> None:
        """Statements of SQLite that cannot stand in a transaction; PostgreSQL's own vacuum sees to the same."""
        if not self.is_sqlite:
            return
        with storage_errors(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver's guess
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    # A transaction that will write takes the lock at once: a lock taken late cannot wait, it fails.
    connection.exec_driver_sql("BEGIN" if options.get("anlu_reading") else "BEGIN IMMEDIATE")
