"""Real databases for tests: SQLite files, and a PostgreSQL server that the tests start and stop themselves."""

import contextlib
import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.supervisor import free_port

_TEMPLATE = "anlu_template"


def _binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest one; None when they are not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _owner() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root. None for the present user."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _die_with_parent() -> None:
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(1, signal.SIGINT)  # a killed test run leaves no server


class Postgres:
    """A running server with a migrated template, from which each test gets its own database."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql+psycopg://anlu@127.0.0.1:{self._port}/{name}"

    def fill_template(self) -> None:
        """Migrate once; copying is quicker."""
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        template = Database(self.url(_TEMPLATE))
        upgrade(template)
        template.dispose()

    @contextlib.contextmanager
    def database(self, *, empty: bool = False) -> Iterator[Database]:
        """A database of one's own, with every table unless `empty`."""
        name = f"anlu_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {_TEMPLATE}"))
        database = Database(self.url(name))
        yield database
        database.dispose()
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A server on a free loopback port; skips the test, saying why, where there is none to start."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server programs (initdb, postgres) are not installed")
    folder, owner, port = Path(tempfile.mkdtemp(prefix="anlu-postgres-")), _owner(), free_port()
    if owner:
        shutil.chown(folder, owner)
    data, log = folder / "data", folder / "log"
    settings = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "unix_socket_directories=",
        "max_connections=60",
    )
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "anlu", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            user=owner, cwd="/", check=True, capture_output=True,
        )  # fmt: skip
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port)]
                + [part for setting in settings for part in ("-c", setting)],
                user=owner, cwd="/", stdout=output, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent,  # noqa: PLW1509  # it takes no lock
            )  # fmt: skip
        try:
            running = Postgres(port)
            _wait(running, server, log)
            running.fill_template()
            yield running
            running.admin.dispose()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(running: Postgres, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with running.admin.connect():
                return
        except sa.exc.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.05)


_running: list[Postgres] = []


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Postgres:
    """One PostgreSQL server for all tests, whichever folder asks first."""
    if not _running:
        held = contextlib.ExitStack()
        _running.append(held.enter_context(postgres()))
        request.config.add_cleanup(held.close)
    return _running[0]


@functools.cache
def migrated_file() -> bytes:
    """A migrated SQLite file; copying is quicker than migrating for each test."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/template.db")
        upgrade(database)
        database.dispose()
        return Path(folder, "template.db").read_bytes()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An SQLite file with every table, of this test alone."""
    (tmp_path / "anlu.db").write_bytes(migrated_file())
    database = Database(f"sqlite:///{tmp_path / 'anlu.db'}")
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with every table, of this test alone."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
    else:
        with request.getfixturevalue("server").database() as database:
            yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.dispose()
    else:
        with request.getfixturevalue("server").database(empty=True) as database:
            yield database
