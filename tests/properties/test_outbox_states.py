"""The outbox and the inbox beside a plain dictionary: whatever happens in whichever order, they agree."""

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.people.store import People
from bot.storage.engine import Database
from tests.builders import MOMENT, SECRET, incoming, reply
from tests.databases import migrated_file

DOORS = ("web", "telegram")
PEOPLE = [(door, f"a{n}") for door in DOORS for n in range(2)]


@dataclass
class Expected:
    """One reply as the dictionary knows it."""

    person: tuple[str, str]
    text: str
    state: str = "due"
    due_at: datetime = MOMENT
    attempts: int = 0


@dataclass
class Model:
    """The plain dictionary."""

    replies: dict[int, Expected] = field(default_factory=dict)
    now: datetime = MOMENT

    def first_waiting(self, door: str) -> list[int]:
        """Of each person of a door the oldest reply that waits, when its time has come."""
        firsts: dict[tuple[str, str], int] = {}
        for sequence, entry in sorted(self.replies.items()):
            if entry.state == "due" and entry.person[0] == door:
                firsts.setdefault(entry.person, sequence)
        return sorted(s for s in firsts.values() if self.replies[s].due_at <= self.now)


class OutboxBesideADictionary(RuleBasedStateMachine):
    """Puts, sends, puts off, gives up, waits, drops and forgets, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, "anlu.db")
        path.write_bytes(migrated_file())
        self.database = Database(f"sqlite:///{path}")
        self.people, self.outbox, self.model = People(SECRET), Outbox(SECRET), Model()

    @initialize()
    def meet_everybody(self) -> None:
        """Everybody is known."""
        with self.database.transaction() as connection:
            for door, address in PEOPLE:
                self.people.meet(connection, door=door, address=address, at=MOMENT)

    def handle(self, person: tuple[str, str]) -> str:
        """Whom the outbox knows a person as."""
        return self.people.pseudonym(*person)

    @rule(person=st.sampled_from(PEOPLE), number=st.integers(0, 3), sent=st.booleans())
    def put(self, person: tuple[str, str], number: int, sent: bool) -> None:
        """A turn's replies."""
        replies = tuple(reply(text=f"{len(self.model.replies)}-{n}") for n in range(number))
        with self.database.transaction() as connection:
            self.people.meet(connection, door=person[0], address=person[1], at=MOMENT)
            last = self.outbox.put(connection, replies, handle=self.handle(person), at=self.model.now, sent=sent)
            found = self.outbox.after(connection, handle=self.handle(person), sequence=last - number)
        assert bool(last) == bool(number)
        if number:
            assert [d.reply for d in found] == list(replies)
            assert all(d.sequence > max(self.model.replies, default=0) for d in found)
        for due in found if number else ():
            state = "sent" if sent else "due"
            self.model.replies[due.sequence] = Expected(person, due.reply.text, state, self.model.now)

    @rule(door=st.sampled_from(DOORS), fate=st.sampled_from(["sent", "dead", "later"]), wait=st.integers(1, 3))
    def send_one(self, door: str, fate: str, wait: int) -> None:
        """The channel takes what is due and says what became of it."""
        with self.database.transaction() as connection:
            for due in self.outbox.due(connection, door=door, now=self.model.now)[:1]:
                entry = self.model.replies[due.sequence]
                if fate == "later":
                    entry.due_at, entry.attempts = self.model.now + timedelta(hours=wait), entry.attempts + 1
                    self.outbox.later(connection, due.sequence, at=entry.due_at)
                else:
                    entry.state = fate
                    (self.outbox.sent if fate == "sent" else self.outbox.dead)(connection, due.sequence)

    @rule(hours=st.integers(1, 3))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.model.now += timedelta(hours=hours)

    @rule(person=st.sampled_from(PEOPLE))
    def forget(self, person: tuple[str, str]) -> None:
        """She wants to be forgotten."""
        with self.database.transaction() as connection:
            self.people.forget(connection, self.handle(person))
        self.model.replies = {s: e for s, e in self.model.replies.items() if e.person != person}

    @invariant()
    def they_agree(self) -> None:
        """What is due, in order, with its attempts; and how many are in each state."""
        with self.database.reading() as connection:
            for door in DOORS:
                due = self.outbox.due(connection, door=door, now=self.model.now)
                assert [d.sequence for d in due] == self.model.first_waiting(door)
                for d in due:
                    expected = self.model.replies[d.sequence]
                    assert (d.reply.text, d.attempts) == (expected.text, expected.attempts)
                    assert d.handle == self.handle(expected.person)
            counts = self.outbox.count(connection)
        states = [e.state for e in self.model.replies.values()]
        assert counts == {s: states.count(s) for s in set(states)}

    def teardown(self) -> None:
        """Close and delete the file."""
        self.database.dispose()
        self.folder.cleanup()


TestOutboxStates = OutboxBesideADictionary.TestCase
TestOutboxStates.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.booleans()), max_size=25))
def test_deliveries_in_any_order_count_once(deliveries: list[tuple[int, int, bool]]) -> None:
    """Messages may come any number of times, in any order, answered or not in between: each counts once."""
    inbox, people, answered = Inbox(SECRET), People(SECRET), set[tuple[int, int]]()
    first: dict[tuple[int, int], int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "anlu.db")
        path.write_bytes(migrated_file())
        database = Database(f"sqlite:///{path}")
        for person, number, answer in deliveries:
            message = incoming(address=f"a{person}", message_id=f"m{number}")
            with database.transaction() as connection:
                handle = people.meet(connection, door="web", address=message.address, at=MOMENT).pseudonym
                accepted = inbox.accept(connection, message, handle=handle)
                key = (person, number)
                assert accepted.fresh is (key not in first)
                assert accepted.id == first.setdefault(key, accepted.id)
                assert accepted.done is (key in answered)
                if answer:
                    inbox.done(connection, accepted.id, at=MOMENT)
                    answered.add(key)
        with database.transaction() as connection:
            waiting = [i for i, _ in inbox.open_messages(connection, door="web")]
        assert waiting == sorted(i for key, i in first.items() if key not in answered)
        database.dispose()
