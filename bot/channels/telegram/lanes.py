"""Lanes: work of one person in its order, of different people at once."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]


class Lanes:
    """One lane per key; at most `most` lanes move at once, but urgent work never waits for another lane."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._queues: dict[str, deque[tuple[Work, bool]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, key: str, work: Work, *, urgent: bool = False) -> None:
        """Do `work` after everything put into the same lane before it."""
        if key in self._queues:
            self._queues[key].append((work, urgent))
            return
        self._queues[key] = deque([(work, urgent)])
        task = asyncio.create_task(self._drive(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until all lanes are empty."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Drop what waits; it is still in the inbox."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drive(self, key: str) -> None:
        queue = self._queues[key]
        try:
            while queue:
                work, urgent = queue.popleft()
                async with contextlib.nullcontext() if urgent else self._room:
                    try:
                        await work()
                    except Exception:
                        logger.exception("a piece of work failed")
        finally:
            del self._queues[key]
