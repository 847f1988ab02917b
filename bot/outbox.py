"""Replies waiting for delivery. A turn writes them together with its effects; a channel takes them from here.

A reply is `due` until its channel says it was `sent`, or that it never can be (`dead`). Replies of one person leave in the
order of their sequence.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.messages import Reply
from bot.storage.encryption import Seal
from bot.storage.tables import outbox, people


@dataclass(frozen=True)
class Due:
    """One reply on its way."""

    sequence: int
    handle: str
    reply: Reply
    attempts: int


class Outbox:
    """The table of replies. Every method works inside the caller's transaction."""

    def __init__(self, secrets: str) -> None:
        self._seal = Seal(secrets, "reply")

    def put(
        self,
        connection: sa.Connection,
        replies: tuple[Reply, ...],
        *,
        handle: str,
        at: datetime,
        inbox_id: int | None = None,
        sent: bool = False,
    ) -> int:
        """Queue replies in order; `sent` for a door that fetches them itself. Returns the last sequence (0 for none)."""
        if not replies:
            return 0
        rows = [
            {
                "pseudonym": handle,
                "inbox_id": inbox_id,
                "sealed_reply": self._seal.close(reply.as_json()),
                "state": "sent" if sent else "due",
                "due_at": at,
                "created_at": at,
                "attempts": 0,
            }
            for reply in replies
        ]
        result = connection.execute(sa.insert(outbox).returning(outbox.c.sequence, sort_by_parameter_order=True), rows)
        return int(max(result.scalars()))

    def of_message(self, connection: sa.Connection, inbox_id: int) -> list[Due]:
        """The replies a message led to."""
        return self._read(connection, sa.select(outbox).where(outbox.c.inbox_id == inbox_id))

    def after(self, connection: sa.Connection, *, handle: str, sequence: int, limit: int = 100) -> list[Due]:
        """A person's replies with a higher sequence, in order."""
        return self._read(
            connection, sa.select(outbox).where(outbox.c.pseudonym == handle, outbox.c.sequence > sequence).limit(limit)
        )

    def due(self, connection: sa.Connection, *, door: str, now: datetime, limit: int = 100) -> list[Due]:
        """Replies of a door to send now: per person only the oldest that waits, so that order holds."""
        first = (
            sa.select(sa.func.min(outbox.c.sequence))
            .join(people, people.c.pseudonym == outbox.c.pseudonym)
            .where(outbox.c.state == "due", people.c.door == door)
            .group_by(outbox.c.pseudonym)
        )
        query = sa.select(outbox).where(outbox.c.sequence.in_(first), outbox.c.due_at <= now).limit(limit)
        return self._read(connection, query)

    def next_of(self, connection: sa.Connection, handle: str, *, now: datetime) -> Due | None:
        """The oldest reply of a person that waits; None when there is none, or when it must wait longer."""
        first = sa.select(sa.func.min(outbox.c.sequence)).where(outbox.c.pseudonym == handle, outbox.c.state == "due")
        query = sa.select(outbox).where(outbox.c.sequence == first.scalar_subquery(), outbox.c.due_at <= now)
        return next(iter(self._read(connection, query)), None)

    def sent(self, connection: sa.Connection, sequence: int) -> None:
        """It arrived at the channel."""
        connection.execute(sa.update(outbox).where(outbox.c.sequence == sequence).values(state="sent"))

    def dead(self, connection: sa.Connection, sequence: int) -> None:
        """It can never arrive; kept, visible in metrics, until the purge."""
        connection.execute(sa.update(outbox).where(outbox.c.sequence == sequence).values(state="dead"))

    def later(self, connection: sa.Connection, sequence: int, *, at: datetime, counted: bool = True) -> None:
        """Try again then, and not before. Not `counted`: it certainly did not arrive, so this was no attempt."""
        attempts = outbox.c.attempts + (1 if counted else 0)
        connection.execute(sa.update(outbox).where(outbox.c.sequence == sequence).values(due_at=at, attempts=attempts))

    def give_up(self, connection: sa.Connection, handle: str) -> None:
        """Nothing can reach this person: whatever waits for her is dead."""
        waiting = (outbox.c.pseudonym == handle) & (outbox.c.state == "due")
        connection.execute(sa.update(outbox).where(waiting).values(state="dead"))

    def withdraw(self, connection: sa.Connection, handle: str) -> None:
        """Delete what was not sent yet: she wants an empty chat."""
        connection.execute(sa.delete(outbox).where(outbox.c.pseudonym == handle, outbox.c.state == "due"))

    def count(self, connection: sa.Connection) -> dict[str, int]:
        """How many replies are in each state."""
        rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)).all()
        return {row[0]: row[1] for row in rows}

    def drop_before(self, connection: sa.Connection, moment: datetime) -> int:
        """Delete replies made before a moment; how many."""
        return connection.execute(sa.delete(outbox).where(outbox.c.created_at < moment)).rowcount

    def _read(self, connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[Due]:
        rows = connection.execute(query.order_by(outbox.c.sequence)).all()
        return [
            Due(r.sequence, r.pseudonym, Reply.from_json(self._seal.open(r.sealed_reply)), r.attempts) for r in rows
        ]
