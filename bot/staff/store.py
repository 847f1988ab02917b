"""Staff accounts in the database. Every method works inside the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa

from bot.staff.member import Member
from bot.storage.tables import staff


class Staff:
    """Add, list and disable accounts."""

    def add(self, connection: sa.Connection, *, name: str, role: str, password_hash: str, at: datetime) -> bool:
        """A new account that must change its password first; False when the name is taken."""
        if connection.execute(sa.select(staff.c.id).where(staff.c.name == name)).first():
            return False
        connection.execute(
            sa.insert(staff).values(
                name=name, role=role, password_hash=password_hash, must_change=True, disabled=False, created_at=at
            )
        )
        return True

    def all(self, connection: sa.Connection) -> list[Member]:
        """Every account, by name."""
        columns = (staff.c.name, staff.c.role, staff.c.must_change, staff.c.disabled)
        return [Member(*row) for row in connection.execute(sa.select(*columns).order_by(staff.c.name)).all()]

    def disable(self, connection: sa.Connection, name: str) -> bool:
        """Shut an account; whether there was one."""
        return connection.execute(sa.update(staff).where(staff.c.name == name).values(disabled=True)).rowcount > 0
