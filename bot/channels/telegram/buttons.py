"""What a button carries through Telegram: the payload behind a mark that only we can make, and only for one chat.

Callback data comes from the client and may be forged; the mark is an HMAC over chat and payload, so that a button works
in the chat it was sent to and nowhere else, for ever and without a table.
"""

import base64
import hashlib
import hmac

from bot.storage.encryption import derive_key

MOST_BYTES = 64
"""Telegram's limit on callback data; our longest payload has 52 bytes, the mark 12."""
_MARK = 12


class Buttons:
    """Marks payloads and checks marks. Several secrets parted by commas: the first marks, all check."""

    def __init__(self, secrets: str) -> None:
        self._keys = [derive_key(s.strip(), "button") for s in secrets.split(",") if s.strip()]

    def close(self, chat: str, payload: str) -> str:
        """The callback data of a button sent to a chat."""
        data = _mark(self._keys[0], chat, payload) + payload
        if len(data.encode()) > MOST_BYTES:
            raise ValueError("a payload is too long for Telegram")
        return data

    def open(self, chat: str, data: str) -> str | None:
        """The payload again; None when it was made for another chat, or not by us."""
        mark, payload = data[:_MARK].encode(errors="replace"), data[_MARK:]
        for key in self._keys:
            if hmac.compare_digest(mark, _mark(key, chat, payload).encode()):
                return payload
        return None


def _mark(key: bytes, chat: str, payload: str) -> str:
    digest = hmac.new(key, f"{chat}\0{payload}".encode(errors="replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()
