"""Complaints by topic and language; no words, no person."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.tables import feedback


class Feedback:
    """Every method works inside the caller's transaction."""

    def add(self, connection: sa.Connection, *, topic: str | None, language: str, at: datetime) -> None:
        """Count one complaint."""
        connection.execute(sa.insert(feedback).values(topic=topic, language=language, at=at))
