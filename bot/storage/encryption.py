"""Words and addresses at rest: sealed with a key that is not in the database.

One secret from the settings; each purpose has its own key derived from it (HKDF-SHA256), so that what one part may open
another may not. Sealing is Fernet (AES-128-CBC with HMAC-SHA256); several secrets parted by commas turn the key: the first
seals, all open.
"""

import base64
import functools
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """Sealed data that no key we hold opens; says nothing of the content."""


@functools.lru_cache(maxsize=32)
def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of the secret."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"anlu:" + purpose.encode()).derive(
        secret.encode()
    )


def fernet_key(secret: str, purpose: str) -> str:
    """The derived key in the form Fernet takes, for handing to another process."""
    return base64.urlsafe_b64encode(derive_key(secret, purpose)).decode()


class Seal:
    """Seals and opens JSON values and text for one purpose."""

    def __init__(self, secrets: str, purpose: str) -> None:
        keys = [s.strip() for s in secrets.split(",") if s.strip()]
        if not keys:
            raise ValueError("no secret to seal with")
        self._fernet = MultiFernet([Fernet(fernet_key(secret, purpose)) for secret in keys])

    def close(self, value: Any) -> bytes:
        """The value, as JSON, sealed."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass"))  # a broken client's half characters too

    def open(self, sealed: bytes) -> Any:
        """The value again.

        Raises:
            Unreadable: when it was sealed with another key or changed since.
        """
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise Unreadable("sealed data cannot be opened with the present keys") from None


def pseudonym(secrets: str, door: str, address: str) -> str:
    """A person's handle: 32 hex digits that only the holder of the secret can link to a channel address.

    The last secret is used, so that turning the key by putting a new secret in front keeps people who they were.
    """
    oldest = [s.strip() for s in secrets.split(",") if s.strip()][-1]
    key = derive_key(oldest, "pseudonym")
    return hmac.new(key, f"{door}:{address}".encode(), hashlib.sha256).hexdigest()[:32]
