"""Fetching updates ourselves: the offset moves only after the inbox has them.

The library's own updater confirms an update before it is worked on, so that a crash loses it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.channels.telegram.line import Later, meaning
from bot.channels.telegram.reading import KINDS

logger = logging.getLogger(__name__)

_LONG_POLL_SECONDS = 25
_LONGEST_PAUSE = 30.0
_STORE_DOWN_PAUSE = 0.5

Take = Callable[[Sequence[Update]], Awaitable[int]]
"""Writes updates down in order; how many from the front are written. Less than all: the store is down."""


class Poller:
    """Long polling with an offset of our own."""

    def __init__(self, bot: Bot, take: Take) -> None:
        self._bot = bot
        self._take = take
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Fetch and hand over, for ever."""
        await self._until_done(lambda: self._bot.delete_webhook(drop_pending_updates=False))
        while True:
            updates = await self._until_done(self._fetch)
            try:
                written = await self._take(updates)
            except Exception:
                logger.exception("Telegram: updates could not be taken")
                written = 0
            if written:
                self._offset = updates[written - 1].update_id + 1
            if written < len(updates):
                await asyncio.sleep(_STORE_DOWN_PAUSE)

    async def _fetch(self) -> Sequence[Update]:
        try:
            return await self._bot.get_updates(
                offset=self._offset, timeout=_LONG_POLL_SECONDS, limit=100, allowed_updates=KINDS
            )
        except TelegramError:
            raise
        except Exception as error:
            logger.error("Telegram: a batch cannot be read whole (%s); reading one by one", type(error).__name__)
            return await self._fetch_one_by_one()

    async def _fetch_one_by_one(self) -> Sequence[Update]:
        """The same batch, an update of a shape the library does not know replaced by an empty one."""
        raw: Any = await self._bot.do_api_request(  # spelled so that the library does not take it for its own method
            "GetUpdates", api_kwargs={"offset": self._offset, "limit": 100, "timeout": 0}
        )
        updates = [parse(item, self._bot) for item in raw]
        return [u for u in updates if u]

    async def _until_done(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat until Telegram answers, with growing pauses; a second poller and a wrong token are said loudly."""
        while True:
            try:
                result = await work()
                self._failures = 0
                return result
            except TelegramError as error:
                await asyncio.sleep(self._pause_after(error))

    def _pause_after(self, error: TelegramError) -> float:
        self._failures += 1
        pause = float(min(2.0 ** (self._failures - 1), _LONGEST_PAUSE))
        if isinstance(error, Conflict):
            metrics.CONFLICTS.inc()
            logger.error("Telegram: ALERT another process fetches this bot's updates; stop one of the two")
        elif isinstance(error, InvalidToken):
            logger.error("Telegram: ALERT the bot token is refused")
        elif isinstance(error, RetryAfter):
            outcome = meaning(error)
            pause = outcome.seconds if isinstance(outcome, Later) else pause
        else:
            logger.warning("Telegram: no updates (%s); trying again in %d s", type(error).__name__, pause)
        return pause


def parse(raw: Any, bot: Bot) -> Update | None:
    """An update out of JSON; one that cannot be read keeps its number, so that it can be passed over; None for no update."""
    try:
        return Update.de_json(raw, bot)
    except Exception as error:  # the library raises whatever a wrong shape leads to
        metrics.UNREADABLE.inc()
        logger.error("Telegram: an update could not be read (%s)", type(error).__name__)
        number = raw.get("update_id") if isinstance(raw, dict) else None
        return Update(number) if isinstance(number, int) else None
