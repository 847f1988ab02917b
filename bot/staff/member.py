"""A member of staff, and what each role may do at the desk."""

import re
from dataclasses import dataclass

ROLES = ("hotline", "supervisor", "editor", "reviewer", "admin")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,31}")


@dataclass(frozen=True)
class Member:
    """One account."""

    name: str
    role: str
    must_change: bool
    disabled: bool


def name_problem(name: str) -> str | None:
    """What is wrong with an account name, None when nothing is."""
    if _NAME.fullmatch(name):
        return None
    return "a name has 2 to 32 letters, digits, dots, dashes or underscores, and begins with a letter or digit"
