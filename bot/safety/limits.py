"""Fair use, so that one sender cannot slow down the rest. A danger message is never held back (conversation.py sees to it)."""

import math
import time

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond, storage, strategies

_PER_PERSON = (RateLimitItemPerSecond(15, 5), RateLimitItemPerMinute(60))
"""15 messages in 5 seconds (ten quick taps are fine), 60 in a minute."""
_NEW_PER_ADDRESS = RateLimitItemPerMinute(60)
"""New conversations from one network address in a minute; a village shares one."""


class FairUse:
    """Counts in memory; a restart forgives everybody."""

    def __init__(self) -> None:
        self._window = strategies.SlidingWindowCounterRateLimiter(storage.MemoryStorage())

    def wait_for_person(self, handle: str) -> int:
        """0 when the person may go on, else the seconds she should wait."""
        for item in _PER_PERSON:
            if not self._window.hit(item, "person", handle):
                return self._seconds(item, "person", handle)
        return 0

    def wait_for_address(self, address: str) -> int:
        """0 when a new conversation may begin from this network address, else the seconds to wait."""
        if self._window.hit(_NEW_PER_ADDRESS, "address", address):
            return 0
        return self._seconds(_NEW_PER_ADDRESS, "address", address)

    def _seconds(self, item: object, *names: str) -> int:
        reset = self._window.get_window_stats(item, *names).reset_time  # type: ignore[arg-type]
        return max(1, math.ceil(reset - time.time()))
