"""One person's messages, one after the other."""

import asyncio


class Lane:
    """An asynchronous lock that knows whether somebody waits for it. Those who wait enter in their order."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> None:
        self._waiting += 1
        self._arrived.set()
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()

    async def another_comes(self, seconds: float) -> bool:
        """For whoever is inside: whether another one waits, or comes within some seconds."""
        if self._waiting:
            return True
        self._arrived.clear()
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True
