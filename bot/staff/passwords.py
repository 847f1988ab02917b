"""Passwords of staff: hashed with Argon2id, never stored or shown again."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
"""argon2-cffi's defaults, which follow RFC 9106's low-memory profile."""


def make_password() -> str:
    """A first password, to be changed at the first sign-in: 20 letters and digits in groups that can be read aloud."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    """What is stored."""
    return _HASHER.hash(password)


def matches(password: str, hashed: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
