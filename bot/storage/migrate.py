"""Bring the database's tables up to date, with alembic. Each step is proved up, down and up again by a test."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.storage.engine import Database, StorageDown, storage_errors

_FOLDER = Path(__file__).parent / "migrations"


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every step up to a revision; processes that start together take turns.

    Raises:
        StorageDown: when the database is away.
    """
    with storage_errors(), _one_at_a_time(database):
        command.upgrade(_config(database), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take steps back down to a revision ("base" for an empty database)."""
    with storage_errors():
        command.downgrade(_config(database), revision)


@contextlib.contextmanager
def _one_at_a_time(database: Database) -> Iterator[None]:
    """Holds other processes of this machine off a SQLite file: two that make it at once would not wait, but fail.

    On PostgreSQL the steps take a lock of the server's (migrations/env.py).
    """
    if database.file is None:
        yield
        return
    try:
        lock = os.open(f"{database.file}.steps", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:  # a folder that cannot be written to
        raise StorageDown(type(error).__name__) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
