"""Every table, each with the personal data it holds and when that goes. docs/privacy.md is checked against this."""

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa


class Moment(sa.types.TypeDecorator[datetime]):
    """A UTC time; SQLite forgets time zones, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC before it is stored."""
        return value.astimezone(timezone.utc) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """With its time zone after it was read."""
        return value.replace(tzinfo=timezone.utc) if value and value.tzinfo is None else value


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

people = sa.Table(
    "people",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("door", sa.String(16), nullable=False),
    sa.Column("sealed_address", sa.LargeBinary, nullable=False),
    sa.Column("language", sa.String(8)),
    sa.Column("chosen_language", sa.String(8)),
    sa.Column("script", sa.String(8)),
    sa.Column("area", sa.String(8)),
    sa.Column("last_topic", sa.String(64)),
    sa.Column("campaign", sa.String(64)),
    sa.Column("subscribed", sa.Boolean, nullable=False, default=False),
    sa.Column("unreachable", sa.Boolean, nullable=False, default=False),
    sa.Column("last_seen", Moment, nullable=False, index=True),
    comment="Pseudonym, sealed channel address, language, area. Ends keep_person_days after the last message, or at once "
    "with 'forget me'.",
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("pseudonym", sa.ForeignKey("people.pseudonym", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("message_id", sa.String(80), nullable=False),
    sa.Column("sealed_message", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
    sa.Column("done_at", Moment),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("pseudonym", "message_id"),
    comment="Sealed messages of people. End keep_words_hours after they came, or at once with 'forget me'.",
)
sa.Index(
    "ix_inbox_open", inbox.c.id, sqlite_where=inbox.c.done_at.is_(None), postgresql_where=inbox.c.done_at.is_(None)
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("sequence", _BIG, primary_key=True, autoincrement=True),
    sa.Column("pseudonym", sa.ForeignKey("people.pseudonym", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("inbox_id", _BIG, index=True),
    sa.Column("sealed_reply", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(8), nullable=False, default="due"),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
    comment="Sealed replies, due, sent or dead. End keep_words_hours after they were made, or at once with 'forget me'.",
)
sa.Index(
    "ix_outbox_due", outbox.c.due_at, sqlite_where=outbox.c.state == "due", postgresql_where=outbox.c.state == "due"
)

traces = sa.Table(
    "traces",
    metadata,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("pseudonym", sa.ForeignKey("people.pseudonym", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("message_ref", sa.String(32), nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    comment="Channel message ids of both sides, so that /wipe can delete them. End after 48 hours.",
)

texts = sa.Table(
    "texts",
    metadata,
    sa.Column("path", sa.String(128), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("seed_hash", sa.String(64), nullable=False),
    sa.Column("conflict", sa.Boolean, nullable=False, default=False),
    sa.Column("updated_at", Moment, nullable=False),
    comment="Live texts, by their path in content/. No personal data.",
)

content_state = sa.Table(
    "content_state",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False, default=0),
    comment="Counts publishes, so that every process sees a change. No personal data.",
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("topic", sa.String(64)),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("at", Moment, nullable=False),
    comment="That an answer did not help, by topic and language. No personal data: not linked to a person.",
)

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(256), nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False, default=True),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("created_at", Moment, nullable=False),
    comment="Work names and Argon2id hashes of staff. Ends when an admin deletes the account.",
)
