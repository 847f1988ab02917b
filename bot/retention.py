"""What is kept and for how long; the one purge; "forget me"."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.dialogue.store import Trackers
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.people.store import People, Traces
from bot.storage.engine import Database

TRACES = timedelta(hours=48)
"""Telegram deletes messages for a bot only this long, so their ids are worth nothing later."""


@dataclass(frozen=True)
class Purged:
    """What one purge removed."""

    messages: int
    replies: int
    people: int
    conversations: int


class Retention:
    """Deletes what is past its time, or what a person wants deleted, in our database and in Rasa's."""

    def __init__(
        self,
        *,
        database: Database,
        people: People,
        inbox: Inbox,
        outbox: Outbox,
        trackers: Trackers,
        keep_words: timedelta,
        keep_person: timedelta,
        clock: Clock,
    ) -> None:
        self._database = database
        self._people = people
        self._inbox = inbox
        self._outbox = outbox
        self._traces = Traces()
        self._trackers = trackers
        self._keep_words = keep_words
        self._keep_person = keep_person
        self._clock = clock

    def forget(self, handle: str) -> None:
        """Delete everything about one person: herself, her messages, the answers, Rasa's memory of her."""
        self._trackers.forget([handle])
        with self._database.transaction() as connection:
            self._people.forget(connection, handle)
        self._trackers.database.overwrite_deleted()
        self._database.overwrite_deleted()

    def purge(self) -> Purged:
        """Delete what is past its time everywhere, and overwrite where it stood."""
        now = self._clock()
        with self._database.transaction() as connection:
            messages = self._inbox.drop_before(connection, now - self._keep_words)
            replies = self._outbox.drop_before(connection, now - self._keep_words)
            self._traces.drop_before(connection, now - TRACES)
            gone = self._people.forget_unseen_since(connection, now - self._keep_person)
        self._trackers.forget(gone)
        conversations = self._trackers.drop_expired()
        self._database.shrink()
        self._trackers.database.shrink()
        return Purged(messages, replies, len(gone), conversations)
