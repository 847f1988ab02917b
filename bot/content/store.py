"""The live texts. The database holds them; the folder content/ is the reviewed seed and the export.

Each text remembers the hash of the file it came from. An upgrade brings in files that changed where nobody edited the live
text; where both changed the live text stays and is flagged.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.content.files import Files
from bot.storage.engine import insert_new
from bot.storage.tables import content_state, texts

_NAME = "texts"


@dataclass(frozen=True)
class Imported:
    """What an import did, as paths."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    conflicts: tuple[str, ...]
    removed: tuple[str, ...]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class ContentStore:
    """Live texts by path. Every method works inside the caller's transaction."""

    def version(self, connection: sa.Connection) -> int:
        """Grows with every change; 0 before the first import."""
        found = connection.execute(sa.select(content_state.c.version).where(content_state.c.name == _NAME)).scalar()
        return int(found or 0)

    def read(self, connection: sa.Connection) -> Files:
        """Every live text."""
        return {row.path: row.body for row in connection.execute(sa.select(texts.c.path, texts.c.body))}

    def bring_in(self, connection: sa.Connection, files: Files, *, at: datetime) -> Imported:
        """Import the folder, as the module promises; processes that start together take turns."""
        insert_new(connection, content_state, {"name": _NAME, "version": 0})
        connection.execute(sa.select(content_state).where(content_state.c.name == _NAME).with_for_update())
        rows = {r.path: r for r in connection.execute(sa.select(texts)).all()}
        added, updated, conflicts = [], [], []
        for path, body in files.items():
            seed, row = _hash(body), rows.get(path)
            if row is None:
                connection.execute(
                    sa.insert(texts).values(path=path, body=body, seed_hash=seed, conflict=False, updated_at=at)
                )
                added.append(path)
            elif row.seed_hash == seed:
                continue
            elif _hash(row.body) in (row.seed_hash, seed):
                connection.execute(
                    sa.update(texts)
                    .where(texts.c.path == path)
                    .values(body=body, seed_hash=seed, conflict=False, updated_at=at)
                )
                updated.append(path)
            else:
                connection.execute(sa.update(texts).where(texts.c.path == path).values(conflict=True))
                conflicts.append(path)
        removed = [p for p, row in rows.items() if p not in files and _hash(row.body) == row.seed_hash]
        connection.execute(sa.delete(texts).where(texts.c.path.in_(removed)))
        if added or updated or removed:
            self._count_up(connection)
        return Imported(tuple(added), tuple(updated), tuple(conflicts), tuple(removed))

    def publish(self, connection: sa.Connection, path: str, body: str, *, at: datetime) -> None:
        """Put a live text in place; every process shows it within seconds."""
        changed = connection.execute(
            sa.update(texts).where(texts.c.path == path).values(body=body, updated_at=at)
        ).rowcount
        if not changed:
            connection.execute(
                sa.insert(texts).values(path=path, body=body, seed_hash="", conflict=False, updated_at=at)
            )
        self._count_up(connection)

    def _count_up(self, connection: sa.Connection) -> None:
        changed = connection.execute(
            sa.update(content_state).where(content_state.c.name == _NAME).values(version=content_state.c.version + 1)
        ).rowcount
        if not changed:
            connection.execute(sa.insert(content_state).values(name=_NAME, version=1))
