"""People in the database. Addresses are sealed; a person is found by her pseudonym."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from bot.people.person import Person
from bot.storage.encryption import Seal, pseudonym
from bot.storage.engine import insert_new
from bot.storage.tables import people, traces

_FIELDS = ("language", "chosen_language", "script", "area", "last_topic", "campaign", "subscribed")


class People:
    """Find, remember and forget people. Every method works inside the caller's transaction."""

    def __init__(self, secrets: str) -> None:
        self._secrets = secrets
        self._seal = Seal(secrets, "address")

    def pseudonym(self, door: str, address: str) -> str:
        """The handle of whoever stands behind an address."""
        return pseudonym(self._secrets, door, address)

    def find(self, connection: sa.Connection, handle: str) -> Person | None:
        """The person of a pseudonym, or None."""
        row = connection.execute(sa.select(people).where(people.c.pseudonym == handle)).mappings().first()
        return Person(row["pseudonym"], row["door"], **{f: row[f] for f in _FIELDS}) if row else None

    def meet(self, connection: sa.Connection, *, door: str, address: str, at: datetime) -> Person:
        """The person behind an address; a new one is remembered from now on."""
        handle = self.pseudonym(door, address)
        known = self.find(connection, handle)
        if known:
            return known
        row = {"pseudonym": handle, "door": door, "sealed_address": self._seal.close(address), "last_seen": at}
        insert_new(connection, people, row)
        return self.find(connection, handle) or Person(handle, door)

    def remember(self, connection: sa.Connection, person: Person, *, at: datetime) -> bool:
        """Write what a turn taught us of her, and that she was here. False when she has been forgotten since."""
        values = {name: asdict(person)[name] for name in _FIELDS}
        update = sa.update(people).where(people.c.pseudonym == person.pseudonym)
        return connection.execute(update.values(**values, last_seen=at, unreachable=False)).rowcount > 0

    def address(self, connection: sa.Connection, handle: str) -> str | None:
        """Where her channel reaches her; None when she is forgotten."""
        sealed = connection.execute(
            sa.select(people.c.sealed_address).where(people.c.pseudonym == handle)
        ).scalar_one_or_none()
        return str(self._seal.open(sealed)) if sealed else None

    def mark_unreachable(self, connection: sa.Connection, handle: str) -> None:
        """She blocked the bot or the chat is gone: nothing more is sent until she writes again."""
        connection.execute(
            sa.update(people).where(people.c.pseudonym == handle).values(unreachable=True, subscribed=False)
        )

    def forget(self, connection: sa.Connection, handle: str) -> bool:
        """Delete her and, by the foreign keys, every message of hers. Whether there was anybody."""
        return connection.execute(sa.delete(people).where(people.c.pseudonym == handle)).rowcount > 0

    def forget_unseen_since(self, connection: sa.Connection, moment: datetime) -> list[str]:
        """Delete everybody whose last message is older; returns their pseudonyms."""
        handles = list(connection.execute(sa.select(people.c.pseudonym).where(people.c.last_seen < moment)).scalars())
        connection.execute(sa.delete(people).where(people.c.last_seen < moment))
        return handles


class Traces:
    """Ids of messages in a channel, of both sides, so that she can have them deleted there."""

    def add(self, connection: sa.Connection, handle: str, message_ref: str, *, at: datetime) -> None:
        """Note one message."""
        connection.execute(sa.insert(traces).values(pseudonym=handle, message_ref=message_ref, at=at))

    def of_person(self, connection: sa.Connection, handle: str) -> list[str]:
        """Every noted message of a person's chat, oldest first."""
        query = sa.select(traces.c.message_ref).where(traces.c.pseudonym == handle).order_by(traces.c.id)
        return list(connection.execute(query).scalars())

    def forget(self, connection: sa.Connection, handle: str) -> None:
        """The notes of one person, after the messages are gone."""
        connection.execute(sa.delete(traces).where(traces.c.pseudonym == handle))

    def drop_before(self, connection: sa.Connection, moment: datetime) -> int:
        """Delete notes older than a moment; how many."""
        return connection.execute(sa.delete(traces).where(traces.c.at < moment)).rowcount
