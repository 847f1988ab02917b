"""Messages of people, written down before anything else happens to them, so that none is lost and none counts twice."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.messages import Incoming
from bot.storage.encryption import Seal
from bot.storage.engine import insert_new
from bot.storage.tables import inbox

GIVE_UP_AFTER = 5
"""Attempts at a message before it is set aside: one that breaks us five times would break us for ever."""
_TOGETHER = timedelta(seconds=10)
_MOST_TOGETHER = 3
"""Messages before one that may be pieces of the same sentence."""


@dataclass(frozen=True)
class Accepted:
    """A message in the inbox; `fresh` is False when it had come before."""

    id: int
    fresh: bool
    done: bool


class Inbox:
    """The table of messages. Every method works inside the caller's transaction."""

    def __init__(self, secrets: str) -> None:
        self._seal = Seal(secrets, "message")

    def accept(self, connection: sa.Connection, incoming: Incoming, *, handle: str) -> Accepted:
        """Write a message down, or find it where it was delivered before."""
        data: dict[str, Any] = asdict(incoming)
        data["received_at"] = incoming.received_at.isoformat()
        values = {
            "pseudonym": handle,
            "message_id": incoming.message_id,
            "sealed_message": self._seal.close(data),
            "received_at": incoming.received_at,
            "attempts": 0,
        }
        row = insert_new(connection, inbox, values)
        if row is not None:
            return Accepted(row, fresh=True, done=False)
        query = sa.select(inbox.c.id, inbox.c.done_at)
        known = connection.execute(query.where(inbox.c.pseudonym == handle, inbox.c.message_id == incoming.message_id))
        before = known.one()
        return Accepted(before.id, fresh=False, done=before.done_at is not None)

    def done(self, connection: sa.Connection, inbox_id: int, *, at: datetime) -> None:
        """The message is answered; belongs in the transaction that writes its replies."""
        connection.execute(sa.update(inbox).where(inbox.c.id == inbox_id).values(done_at=at))

    def is_done(self, connection: sa.Connection, inbox_id: int) -> bool:
        """Whether the message is answered by now."""
        query = sa.select(inbox.c.done_at).where(inbox.c.id == inbox_id)
        return connection.execute(query).scalar_one_or_none() is not None

    def open_messages(self, connection: sa.Connection, *, door: str, limit: int = 500) -> list[tuple[int, Incoming]]:
        """Messages of a door that were accepted and not answered (a crash lies between), oldest first.

        Each look counts as an attempt; after GIVE_UP_AFTER a message is no longer returned.
        """
        rows = connection.execute(
            sa.select(inbox.c.id, inbox.c.sealed_message)
            .where(inbox.c.done_at.is_(None), inbox.c.attempts < GIVE_UP_AFTER)
            .order_by(inbox.c.id)
            .limit(limit)
        ).all()
        found = []
        for row in rows:
            data = self._seal.open(row.sealed_message)
            if data["door"] == door:
                data["received_at"] = datetime.fromisoformat(data["received_at"])
                found.append((row.id, Incoming(**data)))
        if found:
            connection.execute(
                sa.update(inbox).where(inbox.c.id.in_([i for i, _ in found])).values(attempts=inbox.c.attempts + 1)
            )
        return found

    def just_before(self, connection: sa.Connection, inbox_id: int, incoming: Incoming, *, handle: str) -> list[str]:
        """The texts of a person's messages in the seconds before this one, oldest first; up to the last button."""
        rows = connection.execute(
            sa.select(inbox.c.sealed_message)
            .where(
                inbox.c.pseudonym == handle,
                inbox.c.id < inbox_id,
                inbox.c.received_at >= incoming.received_at - _TOGETHER,
            )
            .order_by(inbox.c.id.desc())
            .limit(_MOST_TOGETHER)
        ).scalars()
        texts: list[str] = []
        for text in (self._seal.open(sealed).get("text") for sealed in rows):
            if not text:
                break
            texts.insert(0, text)
        return texts

    def drop_before(self, connection: sa.Connection, moment: datetime) -> int:
        """Delete messages that came before a moment; how many."""
        return connection.execute(sa.delete(inbox).where(inbox.c.received_at < moment)).rowcount
