"""Rasa's sealed conversations seen from outside: how many, and their end. Rasa writes them (bot/inside_rasa)."""

import time

import sqlalchemy as sa

from bot.storage.engine import Database

trackers = sa.table("rasa_trackers", sa.column("conversation", sa.String), sa.column("expires_at", sa.Float))


class Trackers:
    """Delete what Rasa remembers. A database without the table (Rasa never ran) holds nothing to delete."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def forget(self, handles: list[str]) -> None:
        """Delete the conversations of people."""
        if handles and self._exists():
            with self.database.transaction() as connection:
                for start in range(0, len(handles), 500):
                    part = handles[start : start + 500]
                    connection.execute(sa.delete(trackers).where(trackers.c.conversation.in_(part)))

    def drop_expired(self) -> int:
        """Delete conversations past their time; how many."""
        if not self._exists():
            return 0
        with self.database.transaction() as connection:
            return connection.execute(sa.delete(trackers).where(trackers.c.expires_at < time.time())).rowcount

    def _exists(self) -> bool:
        with self.database.reading() as connection:
            return sa.inspect(connection).has_table("rasa_trackers")
