"""The line to Telegram: paced, and with every outcome named by what it means for the one who sent."""

import asyncio
import contextlib
import time
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.writing import Part

_CHAT_RATE, _CHAT_BURST = 1.0, 5
"""Messages a second to one chat, and how many may go at once (Telegram tolerates short bursts)."""
_RATE, _BURST = 25.0, 25
"""The same over all chats; Telegram allows about 30."""
_DELETE_AT_ONCE = 100
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "user not found")
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class Outcome(Exception):
    """Why a message is not known to have arrived."""


class Later(Outcome):
    """Telegram asks to wait `seconds` with this chat."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds


class Gone(Outcome):
    """She blocked the bot, or the chat is no more."""


class Refused(Outcome):
    """Telegram will never take this message."""


class NotSent(Outcome):
    """It certainly did not arrive; trying again is safe."""


class Unsure(Outcome):
    """It may have arrived or not: nobody can know."""


class Pace:
    """A steady rate with bursts: tells how long to wait for the next place."""

    def __init__(self, rate: float, burst: int) -> None:
        self._step = 1 / rate
        self._credit = (burst - 1) / rate
        self._next = 0.0

    def reserve(self, now: float) -> float:
        """Take the next place; the seconds until it comes."""
        self._next = max(now, self._next) + self._step
        return max(0.0, self._next - self._step - self._credit - now)

    def is_idle(self, now: float) -> bool:
        """Whether forgetting it changes nothing."""
        return self._next <= now


class Line:
    """Sends parts, deletes messages, answers taps."""

    def __init__(self, bot: Bot, buttons: Buttons) -> None:
        self._bot = bot
        self._buttons = buttons
        self._all = Pace(_RATE, _BURST)
        self._chats: dict[str, Pace] = {}
        self._paused: dict[str, float] = {}

    async def send(self, chat: str, part: Part, *, urgent: bool = False) -> str:
        """Send one message and return Telegram's id of it. Urgent ones do not wait for their pace.

        Raises:
            Outcome: one of its kinds.
        """
        now = time.monotonic()
        if self._paused.get(chat, 0.0) > now:
            raise Later(self._paused[chat] - now)
        wait = max(self._all.reserve(now), self._pace_of(chat, now).reserve(now))
        if wait and not urgent:
            await asyncio.sleep(wait)
        keyboard = [
            [InlineKeyboardButton(b.title, callback_data=self._buttons.close(chat, b.payload)) for b in row]
            for row in part.rows
        ]
        try:
            sent = await self._bot.send_message(
                int(chat),
                part.text,
                reply_markup=InlineKeyboardMarkup(keyboard) if keyboard else None,
                disable_web_page_preview=True,
            )
        except TelegramError as error:
            outcome = meaning(error)
            if isinstance(outcome, Later):
                self._paused[chat] = time.monotonic() + outcome.seconds
            raise outcome from None
        return str(sent.message_id)

    async def delete(self, chat: str, message_ids: list[str]) -> None:
        """Delete what can be deleted; what is gone or too old is passed over."""
        numbers = list(dict.fromkeys(int(i) for i in message_ids))
        for start in range(0, len(numbers), _DELETE_AT_ONCE):
            batch = numbers[start : start + _DELETE_AT_ONCE]
            if not await self._try_delete(chat, batch):
                for number in batch:
                    await self._try_delete(chat, [number])

    async def answers(self) -> bool:
        """Whether Telegram answers at all."""
        try:
            await self._bot.get_me()
        except TelegramError:
            return False
        return True

    async def answer_tap(self, query: str) -> None:
        """Stop a button's spinning. Late is no harm, so nothing is repeated."""
        with contextlib.suppress(TelegramError):
            await self._bot.answer_callback_query(query)

    async def leave(self, chat: int, words: str) -> None:
        """Say why, and leave a group."""
        with contextlib.suppress(TelegramError):
            await self._bot.send_message(chat, words)
        with contextlib.suppress(TelegramError):
            await self._bot.leave_chat(chat)

    async def _try_delete(self, chat: str, batch: list[int]) -> bool:
        """Delete one batch, obeying waits and trying again while Telegram is away; False when it refuses the batch."""
        pause = 1.0
        while True:
            await asyncio.sleep(self._all.reserve(time.monotonic()))
            try:
                await self._bot.delete_messages(int(chat), batch)
                return True
            except TelegramError as error:
                outcome = meaning(error)
                if isinstance(outcome, Gone):
                    return True
                if isinstance(outcome, Refused) or pause > 60:
                    return False
                await asyncio.sleep(outcome.seconds if isinstance(outcome, Later) else pause)
                pause *= 2

    def _pace_of(self, chat: str, now: float) -> Pace:
        if len(self._chats) > 5000:
            self._chats = {c: p for c, p in self._chats.items() if not p.is_idle(now)}
            self._paused = {c: until for c, until in self._paused.items() if until > now}
        return self._chats.setdefault(chat, Pace(_CHAT_RATE, _CHAT_BURST))


def meaning(error: TelegramError) -> Outcome:
    """What an error of the library says of the message that was being sent."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return Later(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
    if isinstance(error, (Forbidden, ChatMigrated)):
        return Gone(type(error).__name__)
    if isinstance(error, BadRequest):
        known = any(sign in error.message.lower() for sign in _GONE)
        return Gone("chat not found") if known else Refused("bad request")
    if isinstance(error, (InvalidToken, Conflict)):
        return NotSent(type(error).__name__)
    cause = error.__cause__
    if isinstance(cause, _NEVER_LEFT):
        return NotSent(type(cause).__name__)
    if cause is None and type(error) is not TelegramError:
        return NotSent("Telegram failed and said so")
    return Unsure(type(cause or error).__name__)
