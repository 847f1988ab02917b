"""The tables' steps: up, down, up again with data between, and at their head exactly what the code expects."""

import subprocess
import sys
from subprocess import PIPE

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.content.store import ContentStore
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.people.store import People
from bot.settings import ROOT
from bot.staff.store import Staff
from bot.storage import migrate
from bot.storage.engine import Database
from bot.storage.tables import metadata
from tests.builders import MOMENT, SECRET, incoming, reply


def _tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def _fill(database: Database) -> None:
    """A row or more in the tables that people and staff fill."""
    people = People(SECRET)
    with database.transaction() as connection:
        handle = people.meet(connection, door="web", address="a", at=MOMENT).pseudonym
        Inbox(SECRET).accept(connection, incoming(), handle=handle)
        Outbox(SECRET).put(connection, (reply(),), handle=handle, at=MOMENT)
        Staff().add(connection, name="mei", role="admin", password_hash="h", at=MOMENT)
        ContentStore().bring_in(connection, {"a": "text"}, at=MOMENT)


def test_up_down_and_up_again(empty_database: Database) -> None:
    """Every step can be taken back, with data in the tables, and applied again."""
    steps = list(ScriptDirectory(str(migrate._FOLDER)).walk_revisions())
    assert steps
    for _ in range(2):
        migrate.upgrade(empty_database)
        assert _tables(empty_database) == set(metadata.tables)
        _fill(empty_database)
        migrate.downgrade(empty_database, "base")
        assert _tables(empty_database) == set()


def test_each_step_with_data(empty_database: Database) -> None:
    """From the first step on, one step at a time up to the head and one down again, without losing a table."""
    migrate.upgrade(empty_database)
    _fill(empty_database)
    for step in ScriptDirectory(str(migrate._FOLDER)).walk_revisions():
        migrate.downgrade(empty_database, step.down_revision if isinstance(step.down_revision, str) else "base")
        migrate.upgrade(empty_database, step.revision)
    migrate.upgrade(empty_database)
    assert _tables(empty_database) == set(metadata.tables)


def test_applied_twice_changes_nothing(empty_database: Database) -> None:
    """Every start applies what is missing; where nothing is, data stays."""
    migrate.upgrade(empty_database)
    _fill(empty_database)
    migrate.upgrade(empty_database)
    with empty_database.reading() as connection:
        assert People(SECRET).address(connection, People(SECRET).pseudonym("web", "a")) == "a"


def test_the_head_is_what_the_code_expects(database: Database) -> None:
    """No table, column, key or index is missing or too many after the last step."""
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_processes_that_start_together_take_turns(empty_database: Database) -> None:
    """Several processes of a new release apply the steps at once: no error, the tables are there."""
    url = empty_database.url.render_as_string(hide_password=False)
    program = (
        "import sys\n"
        "from bot.storage.engine import Database\n"
        "from bot.storage.migrate import upgrade\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
        "upgrade(Database(sys.argv[1]))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, url], cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.close()
    for process in started:
        assert process.wait(timeout=30) == 0, process.stderr and process.stderr.read()[-600:]
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    assert _tables(empty_database) == set(metadata.tables)
