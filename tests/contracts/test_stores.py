"""What every store promises, kept alike on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.content.store import ContentStore
from bot.feedback.store import Feedback
from bot.inbox import GIVE_UP_AFTER, Inbox
from bot.outbox import Outbox
from bot.people.store import People, Traces
from bot.staff.store import Staff
from bot.storage import tables
from bot.storage.engine import Database
from tests.builders import MOMENT, OTHER_SECRET, SECRET, full_reply, incoming, reply

HOUR = timedelta(hours=1)


def _met(database: Database, address: str = "a-1", door: str = "web") -> str:
    with database.transaction() as connection:
        return People(SECRET).meet(connection, door=door, address=address, at=MOMENT).pseudonym


def _at_once(times: int, work: Callable[[], Any]) -> list[Any]:
    """Run the same work in several threads that begin together; what each gave, or its error."""
    gate, results = threading.Barrier(times), []

    def run() -> None:
        gate.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class TestPeople:
    """Who is remembered, and how she is forgotten."""

    people = People(SECRET)

    def test_met_once_known_ever_after(self, database: Database) -> None:
        """A second meeting finds the same person, with all that was learnt."""
        handle = _met(database)
        with database.transaction() as connection:
            known = self.people.find(connection, handle)
            assert known
            learnt = replace(known, language="km", chosen_language="km", script="hant", area="KH", campaign="spring",
                             last_topic="greet", subscribed=True)  # fmt: skip
            self.people.remember(connection, learnt, at=MOMENT)
        with database.reading() as connection:
            assert self.people.find(connection, handle) == learnt
        with database.transaction() as connection:
            assert self.people.meet(connection, door="web", address="a-1", at=MOMENT) == learnt
            assert self.people.address(connection, handle) == "a-1"

    def test_doors_are_apart(self, database: Database) -> None:
        """The same address at two doors is two people."""
        assert _met(database, door="web") != _met(database, door="telegram")

    def test_met_by_many_at_once(self, database: Database) -> None:
        """Her first messages may arrive together, in several processes: one person, and no error."""
        assert set(_at_once(6, lambda: _met(database))) == {self.people.pseudonym("web", "a-1")}

    def test_the_address_is_sealed(self, database: Database) -> None:
        """What stands in the database shows no address; with the key turned it still opens."""
        handle = _met(database, "chat-MARKER")
        with database.reading() as connection:
            sealed = connection.execute(sa.select(tables.people.c.sealed_address)).scalar_one()
            assert b"MARKER" not in bytes(sealed)
            turned = People(f"{OTHER_SECRET},{SECRET}")
            assert turned.pseudonym("web", "chat-MARKER") == handle
            assert turned.address(connection, handle) == "chat-MARKER"

    def test_forgotten_with_everything(self, database: Database) -> None:
        """Messages, replies and traces go with her; others' stay; nobody to forget is told."""
        handle, other = _met(database), _met(database, "a-2")
        with database.transaction() as connection:
            for who, address in ((handle, "a-1"), (other, "a-2")):
                Inbox(SECRET).accept(connection, incoming(address=address), handle=who)
                Outbox(SECRET).put(connection, (reply(),), handle=who, at=MOMENT)
                Traces().add(connection, who, "77", at=MOMENT)
        with database.transaction() as connection:
            assert self.people.forget(connection, handle)
            assert not self.people.forget(connection, handle)
            assert self.people.address(connection, handle) is None
            for table in (tables.people, tables.inbox, tables.outbox, tables.traces):
                assert set(connection.execute(sa.select(table.c.pseudonym)).scalars()) == {other}

    def test_the_long_unseen_are_forgotten(self, database: Database) -> None:
        """Whoever was last here before the moment goes; the moment itself stays."""
        old, new = _met(database, "old"), _met(database, "new")
        with database.transaction() as connection:
            person = self.people.find(connection, new)
            assert person
            self.people.remember(connection, person, at=MOMENT + HOUR)
            assert self.people.forget_unseen_since(connection, MOMENT) == []
            assert self.people.forget_unseen_since(connection, MOMENT + HOUR) == [old]
            assert self.people.find(connection, new)

    def test_unreachable_until_she_writes(self, database: Database) -> None:
        """Marked when her chat is gone, unsubscribed with it, unmarked when she is here again."""
        handle = _met(database)
        column = tables.people.c.unreachable
        with database.transaction() as connection:
            self.people.mark_unreachable(connection, handle)
            assert connection.execute(sa.select(column)).scalar_one()
            person = self.people.find(connection, handle)
            assert person
            self.people.remember(connection, person, at=MOMENT)
            assert not connection.execute(sa.select(column)).scalar_one()


class TestInbox:
    """Every message once."""

    inbox = Inbox(SECRET)

    def test_delivered_twice_counts_once(self, database: Database) -> None:
        """The second delivery finds the first, and whether it was answered."""
        handle = _met(database)
        with database.transaction() as connection:
            first = self.inbox.accept(connection, incoming(), handle=handle)
            again = self.inbox.accept(connection, incoming(), handle=handle)
            self.inbox.done(connection, first.id, at=MOMENT)
            answered = self.inbox.accept(connection, incoming(text="changed"), handle=handle)
            other = self.inbox.accept(connection, incoming(message_id="m2"), handle=handle)
        assert (first.fresh, first.done) == (True, False)
        assert (again.id, again.fresh, again.done) == (first.id, False, False)
        assert (answered.id, answered.fresh, answered.done) == (first.id, False, True)
        assert other.fresh
        assert other.id > first.id

    def test_delivered_many_times_at_once(self, database: Database) -> None:
        """Deliveries in parallel, in several processes: one is fresh, all are the same message, none fails."""
        handle = _met(database)

        def deliver() -> Any:
            with database.transaction() as connection:
                return self.inbox.accept(connection, incoming(), handle=handle)

        results = _at_once(6, deliver)
        assert len({r.id for r in results}) == 1
        assert [r.fresh for r in results].count(True) == 1

    def test_the_same_number_of_another_person(self, database: Database) -> None:
        """Message ids are only unique within a person."""
        with_database = [_met(database, a) for a in ("a-1", "a-2")]
        with database.transaction() as connection:
            assert all(self.inbox.accept(connection, incoming(), handle=h).fresh for h in with_database)

    @pytest.mark.parametrize("text", ["救命", "a\x00b", "\ud83d broken", "x" * 200_000, "", None])
    def test_any_text_is_kept_and_sealed(self, database: Database, text: str | None) -> None:
        """What broken clients send is written down too, unreadable without the key, and comes back as it was."""
        handle = _met(database)
        message = incoming(text=text, campaign="spring", language="vi", chosen=True)
        with database.transaction() as connection:
            self.inbox.accept(connection, message, handle=handle)
        with database.transaction() as connection:
            sealed = bytes(connection.execute(sa.select(tables.inbox.c.sealed_message)).scalar_one())
            assert not text or text.encode("utf-8", "surrogatepass") not in sealed
            assert [m for _, m in self.inbox.open_messages(connection, door="web")] == [message]

    def test_open_messages_come_back_in_order(self, database: Database) -> None:
        """After a crash: those of the door that were not answered, oldest first, and not for ever."""
        handle, telegram = _met(database), _met(database, "t", "telegram")
        with database.transaction() as connection:
            ids = [self.inbox.accept(connection, incoming(message_id=f"m{n}"), handle=handle).id for n in range(4)]
            self.inbox.accept(connection, incoming(door="telegram", address="t"), handle=telegram)
            self.inbox.done(connection, ids[1], at=MOMENT)
        for _ in range(GIVE_UP_AFTER):
            with database.transaction() as connection:
                found = self.inbox.open_messages(connection, door="web")
            assert [i for i, _ in found] == [ids[0], ids[2], ids[3]]
        with database.transaction() as connection:
            assert self.inbox.open_messages(connection, door="web") == []
            assert len(self.inbox.open_messages(connection, door="telegram")) == 1

    def test_what_she_wrote_just_before(self, database: Database) -> None:
        """Her texts of the last seconds, oldest first, back to the last button; nobody else's, nothing older."""
        handle, other = _met(database), _met(database, "a-2")
        with database.transaction() as connection:

            def accept(who: str, seconds: int, **message: Any) -> int:
                moment = MOMENT + timedelta(seconds=seconds)
                name = f"m{seconds}{who[:4]}"
                return self.inbox.accept(
                    connection, incoming(message_id=name, received_at=moment, **message), handle=who
                ).id

            accept(handle, 0, text="long ago")
            accept(handle, 21, text="before the button")
            accept(handle, 22, text=None, payload="menu")
            accept(handle, 23, text="my boss")
            accept(other, 24, text="somebody else")
            accept(handle, 25, text="took")
            last = accept(handle, 30, text="my passport")
            now = incoming(received_at=MOMENT + timedelta(seconds=30))
            assert self.inbox.just_before(connection, last, now, handle=handle) == ["my boss", "took"]
            alone = accept(handle, 60, text="hello")
            later = incoming(received_at=MOMENT + timedelta(seconds=60))
            assert self.inbox.just_before(connection, alone, later, handle=handle) == []

    def test_old_messages_are_dropped(self, database: Database) -> None:
        """What came before the moment goes, what came at it stays."""
        handle = _met(database)
        with database.transaction() as connection:
            self.inbox.accept(connection, incoming(message_id="old", received_at=MOMENT - HOUR), handle=handle)
            self.inbox.accept(connection, incoming(message_id="new"), handle=handle)
            assert self.inbox.drop_before(connection, MOMENT) == 1
            assert self.inbox.drop_before(connection, MOMENT) == 0


class TestOutbox:
    """Replies in order."""

    outbox = Outbox(SECRET)

    def test_what_was_put_comes_out_whole_and_in_order(self, database: Database) -> None:
        """Sequences rise with the order of the replies, however many; each comes back as it was."""
        handle = _met(database)
        replies = (*(reply(text=f"{n}") for n in range(250)), full_reply())
        with database.transaction() as connection:
            last = self.outbox.put(connection, replies, handle=handle, at=MOMENT, inbox_id=5, sent=True)
            assert self.outbox.put(connection, (), handle=handle, at=MOMENT) == 0
        with database.reading() as connection:
            found = self.outbox.of_message(connection, 5)
            assert tuple(d.reply for d in found) == replies
            assert found[-1].sequence == last
            after = self.outbox.after(connection, handle=handle, sequence=found[9].sequence, limit=3)
            assert [d.reply.text for d in after] == ["10", "11", "12"]
            assert self.outbox.after(connection, handle="f" * 32, sequence=0) == []

    def test_one_at_a_time_per_person(self, database: Database) -> None:
        """Due is only the oldest of each person; a reply put off holds back hers behind it and nobody else's."""
        one, two = _met(database), _met(database, "a-2")
        with database.transaction() as connection:
            self.outbox.put(connection, (reply(text="1a"), reply(text="1b")), handle=one, at=MOMENT)
            self.outbox.put(connection, (reply(text="2a"),), handle=two, at=MOMENT)
            due = self.outbox.due(connection, door="web", now=MOMENT)
            assert [d.reply.text for d in due] == ["1a", "2a"]
            self.outbox.later(connection, due[0].sequence, at=MOMENT + HOUR)
            assert [d.reply.text for d in self.outbox.due(connection, door="web", now=MOMENT)] == ["2a"]
            again = self.outbox.due(connection, door="web", now=MOMENT + HOUR)
            assert [(d.reply.text, d.attempts) for d in again] == [("1a", 1), ("2a", 0)]
            self.outbox.sent(connection, due[0].sequence)
            self.outbox.dead(connection, due[1].sequence)
            assert [d.reply.text for d in self.outbox.due(connection, door="web", now=MOMENT)] == ["1b"]
            assert self.outbox.due(connection, door="telegram", now=MOMENT) == []
            assert self.outbox.count(connection) == {"sent": 1, "dead": 1, "due": 1}

    def test_old_replies_are_dropped_and_numbers_never_return(self, database: Database) -> None:
        """A dropped reply's sequence is not given again: `after` would miss what comes next."""
        handle = _met(database)
        with database.transaction() as connection:
            first = self.outbox.put(connection, (reply(),), handle=handle, at=MOMENT)
            assert self.outbox.drop_before(connection, MOMENT + HOUR) == 1
            assert self.outbox.put(connection, (reply(),), handle=handle, at=MOMENT) > first


class TestContent:
    """Live texts and the folder they came from."""

    store = ContentStore()

    def _bring(self, database: Database, files: dict[str, str]) -> tuple[tuple[str, ...], ...]:
        with database.transaction() as connection:
            done = self.store.bring_in(connection, files, at=MOMENT)
        return done.added, done.updated, done.conflicts, done.removed

    def _live(self, database: Database) -> dict[str, str]:
        with database.reading() as connection:
            return self.store.read(connection)

    def _version(self, database: Database) -> int:
        with database.reading() as connection:
            return self.store.version(connection)

    def test_added_kept_updated_removed(self, database: Database) -> None:
        """The folder leads where nobody edited; the version grows only with a change."""
        assert self._version(database) == 0
        assert self._bring(database, {"a": "1", "b": "救"}) == (("a", "b"), (), (), ())
        version = self._version(database)
        assert version > 0
        assert self._bring(database, {"a": "1", "b": "救"}) == ((), (), (), ())
        assert self._version(database) == version
        assert self._bring(database, {"a": "2", "c": "3"}) == (("c",), ("a",), (), ("b",))
        assert self._live(database) == {"a": "2", "c": "3"}
        assert self._version(database) > version

    def test_edited_text_stays(self, database: Database) -> None:
        """Edited alive and unchanged in the folder: kept. Changed on both sides: kept and flagged. Gone there: kept."""
        self._bring(database, {"a": "1", "b": "1", "c": "1"})
        with database.transaction() as connection:
            for path in ("a", "b", "c", "own"):
                self.store.publish(connection, path, "edited", at=MOMENT)
        assert self._bring(database, {"a": "1", "b": "2"}) == ((), (), ("b",), ())
        assert self._live(database) == dict.fromkeys(("a", "b", "c", "own"), "edited")
        with database.reading() as connection:
            flagged = connection.execute(sa.select(tables.texts.c.path).where(tables.texts.c.conflict)).scalars()
            assert list(flagged) == ["b"]

    def test_the_edit_that_came_back_in_the_folder(self, database: Database) -> None:
        """An exported edit that returns with the next release is no conflict."""
        self._bring(database, {"a": "1"})
        with database.transaction() as connection:
            self.store.publish(connection, "a", "better", at=MOMENT)
        assert self._bring(database, {"a": "better"}) == ((), ("a",), (), ())
        assert self._bring(database, {"a": "best"}) == ((), ("a",), (), ())

    def test_publishing_is_seen(self, database: Database) -> None:
        """A publish shows at once and raises the version, also before any import."""
        with database.transaction() as connection:
            self.store.publish(connection, "a", "text", at=MOMENT)
        assert self._live(database) == {"a": "text"}
        assert self._version(database) == 1

    def test_many_processes_start_at_once(self, database: Database) -> None:
        """Several processes of a new release import together: each text once, no error."""
        files = {f"p{n}": "text" for n in range(20)}
        results = _at_once(4, lambda: self._bring(database, files))
        assert sorted(len(r[0]) for r in results) == [0, 0, 0, 20]
        assert self._live(database) == files


def test_traces_of_a_chat(database: Database) -> None:
    """Noted in order, forgotten with the person's wish or with time; others' stay."""
    traces, one, two = Traces(), _met(database), _met(database, "a-2")
    with database.transaction() as connection:
        for number, ref in enumerate(("5", "6", "7")):
            traces.add(connection, one, ref, at=MOMENT + number * HOUR)
        traces.add(connection, two, "5", at=MOMENT + 3 * HOUR)
        assert traces.of_person(connection, one) == ["5", "6", "7"]
        assert traces.drop_before(connection, MOMENT + HOUR) == 1
        assert traces.of_person(connection, one) == ["6", "7"]
        traces.forget(connection, one)
        assert traces.of_person(connection, one) == []
        assert traces.of_person(connection, two) == ["5"]


def test_staff_accounts(database: Database) -> None:
    """Added once, listed by name, disabled; must change the first password."""
    staff = Staff()
    with database.transaction() as connection:
        for name in ("mei", "anna"):
            assert staff.add(connection, name=name, role="hotline", password_hash="h", at=MOMENT)
        assert not staff.add(connection, name="mei", role="admin", password_hash="x", at=MOMENT)
        assert staff.disable(connection, "mei")
        assert not staff.disable(connection, "nobody")
        assert [(m.name, m.role, m.must_change, m.disabled) for m in staff.all(connection)] == [
            ("anna", "hotline", True, False),
            ("mei", "hotline", True, True),
        ]


def test_feedback_names_nobody(database: Database) -> None:
    """A complaint holds a topic, a language and a time; there is no column that leads to a person."""
    with database.transaction() as connection:
        Feedback().add(connection, topic=None, language="km", at=MOMENT)
        Feedback().add(connection, topic="greet", language="zh", at=MOMENT)
        rows = connection.execute(sa.select(tables.feedback).order_by(tables.feedback.c.id)).mappings().all()
    assert [(r["topic"], r["language"], r["at"]) for r in rows] == [(None, "km", MOMENT), ("greet", "zh", MOMENT)]
    assert not tables.feedback.foreign_keys


def test_moments_keep_their_zone(database: Database) -> None:
    """A time written in another zone comes back as the same moment, in UTC."""
    from datetime import timezone

    shanghai = MOMENT.astimezone(timezone(timedelta(hours=8)))
    with database.transaction() as connection:
        People(SECRET).meet(connection, door="web", address="a", at=shanghai)
        seen = connection.execute(sa.select(tables.people.c.last_seen)).scalar_one()
    assert seen == MOMENT
    assert seen.utcoffset() == timedelta(0)
