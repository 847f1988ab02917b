"""The three transactions of a turn: a message written down, what is known of her, the answer with everything it changes.

Between them a process may be killed at any moment: what was accepted is found in the inbox and answered later, and an
answer that was written is given again instead of being made again.
"""

from dataclasses import replace

from bot.clock import Clock
from bot.inbox import Accepted, Inbox
from bot.languages.catalogue import DEFAULT
from bot.messages import Incoming, Reply, Turn
from bot.outbox import Outbox
from bot.people.person import Person
from bot.people.store import People, Traces
from bot.retention import Retention
from bot.storage.engine import Database

_FETCHED_BY_HER = frozenset(("web", "console"))
"""Doors that fetch replies themselves; for the others the outbox is drained by a sender."""


class Record:
    """Runs in a thread, off the event loop. Every method may raise StorageDown; then nothing was written."""

    def __init__(
        self,
        *,
        database: Database,
        people: People,
        inbox: Inbox,
        outbox: Outbox,
        retention: Retention,
        clock: Clock,
    ) -> None:
        self._database = database
        self._people = people
        self._traces = Traces()
        self._inbox = inbox
        self._outbox = outbox
        self._retention = retention
        self._clock = clock

    def handle(self, incoming: Incoming) -> str:
        """The pseudonym of whoever wrote."""
        return self._people.pseudonym(incoming.door, incoming.address)

    def accept(self, incoming: Incoming, trace: str | None) -> Accepted:
        """Write a message down, once however often it comes."""
        with self._database.transaction() as connection:
            person = self._people.meet(
                connection, door=incoming.door, address=incoming.address, at=incoming.received_at
            )
            accepted = self._inbox.accept(connection, incoming, handle=person.pseudonym)
            if trace and accepted.fresh:
                self._traces.add(connection, person.pseudonym, trace, at=incoming.received_at)
            return accepted

    def recall(self, incoming: Incoming, accepted: Accepted) -> tuple[Person, Turn | None]:
        """Who she is; and the earlier answer when the message has one, also one written since it was accepted."""
        handle = self.handle(incoming)
        with self._database.reading() as connection:
            person = self._people.find(connection, handle) or Person(handle, incoming.door)
            done = accepted.done or self._inbox.is_done(connection, accepted.id)
            said = self._outbox.of_message(connection, accepted.id) if done else []
        if incoming.campaign and not person.campaign:
            person = replace(person, campaign=incoming.campaign)
        if not done:
            return person, None
        return person, _turn(incoming, person, tuple(d.reply for d in said), max((d.sequence for d in said), default=0))

    def just_before(self, incoming: Incoming, accepted: Accepted) -> list[str]:
        """The texts she sent in the seconds before a message, oldest first."""
        with self._database.reading() as connection:
            return self._inbox.just_before(connection, accepted.id, incoming, handle=self.handle(incoming))

    def write(self, incoming: Incoming, accepted: Accepted, person: Person, replies: tuple[Reply, ...]) -> Turn:
        """Replies queued, person remembered, message done: all or nothing.

        Nothing is written of somebody who had herself forgotten while this turn ran; the door still gives the answer.
        """
        now = self._clock()
        with self._database.transaction() as connection:
            if not self._people.remember(connection, person, at=now):
                return _turn(incoming, person, replies, 0)
            sequence = self._outbox.put(
                connection,
                replies,
                handle=person.pseudonym,
                at=now,
                inbox_id=accepted.id,
                sent=incoming.door in _FETCHED_BY_HER,
            )
            self._inbox.done(connection, accepted.id, at=now)
        return _turn(incoming, person, replies, sequence)

    def forget(self, incoming: Incoming, person: Person, replies: tuple[Reply, ...]) -> Turn:
        """All of her deleted. The replies stand in no outbox (sequence 0): the door delivers them itself."""
        self._retention.forget(person.pseudonym)
        return _turn(incoming, person, replies, 0)


def _turn(incoming: Incoming, person: Person, replies: tuple[Reply, ...], sequence: int) -> Turn:
    emergency = any(reply.kind == "emergency" for reply in replies)
    return Turn(incoming.address, person.language or DEFAULT, replies, emergency=emergency, sequence=sequence)
