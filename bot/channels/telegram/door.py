"""The Telegram door: what each update leads to, from the inbox to the outbox."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any

from fastapi import APIRouter
from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot import metrics
from bot.assembly import Services
from bot.channels.telegram import webhook
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.lanes import Lanes
from bot.channels.telegram.line import Line
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.profile import introduce
from bot.channels.telegram.reading import DOOR, KINDS, WIPE, Blocked, InGroup, Said, read
from bot.channels.telegram.sending import Sender
from bot.conversation import Conversation
from bot.inbox import Accepted
from bot.languages.catalogue import DEFAULT
from bot.messages import Incoming
from bot.payloads import parse_payload
from bot.people.store import Traces
from bot.rendering import Listener, Speaker
from bot.safety.limits import FairUse
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)

_TURNS_AT_ONCE = 16
_RECOVERED_AT_ONCE = 500
_REMEMBERED = 10_000
_SLOW_DOWN_AGAIN_SECONDS = 30.0
_STORE_PAUSES = (0.5, 1.0, 2.0, 5.0)
_NEVER_HELD = ("topic:delete_my_data", "topic:unsubscribe", "forget:yes")
"""Leaving and deleting are never too fast."""


class TelegramDoor:
    """Receives for a conversation and delivers its replies. `run` until cancelled."""

    def __init__(
        self, services: Services, conversation: Conversation, bot: Bot, requests: tuple[HTTPXRequest, HTTPXRequest]
    ) -> None:
        self._services = services
        self._conversation = conversation
        self._bot = bot
        self._requests = requests
        self._buttons = Buttons(services.secret)
        self._line = Line(bot, self._buttons)
        self._sender = Sender(self._line, services)
        self._lanes = Lanes(_TURNS_AT_ONCE)
        self._traces = Traces()
        self._fair_use = FairUse() if services.settings.fair_use == "on" else None
        self._told_to_wait: OrderedDict[str, float] = OrderedDict()
        self._open: set[int] = set()
        self._said_without_memory: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tapped: OrderedDict[str, None] = OrderedDict()
        self._left: set[int] = set()
        self._recovered = False
        self._recovering = asyncio.Lock()
        self._store_down = False
        self._tasks: set[asyncio.Task[Any]] = set()

    # ---- life ----

    def routes(self) -> APIRouter | None:
        """The webhook's route; None when updates are polled for."""
        settings = self._services.settings
        return webhook.create_route(settings, self._bot, self.take_all) if settings.telegram_webhook_url else None

    async def run(self) -> None:
        """Work until cancelled; then let what is on its way arrive."""
        self._spawn(introduce(self._bot, self._services.knowledge.current().texts))
        self._spawn(self._sender.run())
        self._spawn(self._recover_until_done())
        try:
            if self._services.settings.telegram_webhook_url:
                await self._announce_webhook()
                await asyncio.Event().wait()
            await Poller(self._bot, self.take_all).run()
        finally:
            for task in self._tasks:
                task.cancel()
            await self._lanes.close()
            await self._sender.close()
            for request in self._requests:
                await request.shutdown()

    async def _announce_webhook(self) -> None:
        settings = self._services.settings
        pause = 1.0
        while True:
            try:
                await self._bot.set_webhook(
                    webhook.address_of(settings),
                    secret_token=settings.telegram_webhook_secret.get_secret_value(),
                    allowed_updates=KINDS,
                    drop_pending_updates=False,
                )
                return
            except TelegramError as error:
                logger.error("Telegram: the webhook is not set (%s)", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 60.0)

    async def _recover_until_done(self) -> None:
        while not self._recovered:
            try:
                await self._recover()
            except StorageDown:
                await asyncio.sleep(1.0)

    async def _recover(self) -> None:
        """Put what was accepted and not answered before a crash into the lanes, before anything newer."""
        async with self._recovering:
            while not self._recovered:
                waiting = await asyncio.to_thread(self._open_messages)
                for inbox_id, incoming in waiting:
                    self._queue(Accepted(inbox_id, fresh=False, done=False), incoming)
                self._recovered = len(waiting) < _RECOVERED_AT_ONCE
                if not self._recovered:
                    await self._lanes.idle()

    # ---- coming in ----

    async def take_all(self, updates: Sequence[Update]) -> int:
        """Write updates down in order and start their turns; how many from the front are written.

        When the store is down, danger among the others is answered at once, without memory, and comes again later.
        """
        heard = [read(update, self._buttons, at=self._services.clock()) for update in updates]
        if self._store_down:
            self._answer_danger(heard)
        for number, what in enumerate(heard):
            try:
                if not self._recovered:
                    await self._recover()
                await self._take(what)
            except StorageDown:
                metrics.STORAGE_DOWN.inc()
                if not self._store_down:
                    logger.error("Telegram: the database is down; only danger is answered until it is back")
                self._store_down = True
                self._answer_danger(heard[number:])
                return number
            self._store_down = False
        return len(updates)

    async def _take(self, what: Said | InGroup | Blocked | None) -> None:
        match what:
            case Said():
                await self._take_message(what)
            case InGroup():
                self._leave(what)
            case Blocked():
                await asyncio.to_thread(self._mark_unreachable, what.address)

    async def _take_message(self, said: Said) -> None:
        if said.tap and self._once(self._tapped, said.tap):
            self._spawn(self._line.answer_tap(said.tap))
        accepted = await self._conversation.accept(said.incoming, trace=said.trace)
        if not accepted.done:
            self._queue(accepted, said.incoming)

    def _queue(self, accepted: Accepted, incoming: Incoming) -> None:
        if accepted.id in self._open:
            return
        self._open.add(accepted.id)
        urgent = self._is_danger(incoming)
        held = accepted.fresh and not urgent and self._is_too_fast(incoming)
        work = partial(self._slow_down if held else self._answer, accepted, incoming)
        self._lanes.put(incoming.address, partial(self._see_through, work, accepted, incoming), urgent=urgent)

    # ---- a turn ----

    async def _see_through(
        self, work: "partial[Coroutine[Any, Any, None]]", accepted: Accepted, incoming: Incoming
    ) -> None:
        """Repeat a piece of work until the store takes it; whatever else goes wrong, she gets an answer."""
        try:
            for pause in chain(_STORE_PAUSES, repeat(_STORE_PAUSES[-1])):
                try:
                    await work()
                    return
                except StorageDown:
                    metrics.STORAGE_DOWN.inc()
                    if self._is_danger(incoming):
                        await self._say_without_memory(incoming)
                    await asyncio.sleep(pause)
        except Exception:
            logger.exception("a turn failed; answering without it")
            await self._answer_plainly(accepted, incoming)
        finally:
            self._open.discard(accepted.id)

    async def _answer(self, accepted: Accepted, incoming: Incoming) -> None:
        if not accepted.fresh:
            # Delivered again while its first turn was under way: look whether that has ended meanwhile.
            accepted = await self._conversation.accept(incoming)
            if accepted.done:
                return
        handle = self._handle(incoming.address)
        if incoming.text == WIPE:
            await self._wipe(accepted, incoming, handle)
        elif (incoming.address, incoming.message_id) in self._said_without_memory:
            # The words reached her while the store was down: the turn is taken for what it teaches, and not sent again.
            async with self._sender.quiet(handle):
                await self._conversation.answer(accepted, incoming)
                await asyncio.to_thread(self._mark_said, accepted.id)
        else:
            turn = await self._conversation.answer(accepted, incoming)
            if turn.replies and not turn.sequence:
                await self._sender.say(incoming.address, turn.replies, language=turn.language)
            self._sender.wake(handle, urgent=turn.emergency)

    async def _answer_plainly(self, accepted: Accepted, incoming: Incoming) -> None:
        """The answer of a turn that broke: the numbers and the menu."""
        turn = self._conversation.answer_without_memory(incoming)
        try:
            await asyncio.to_thread(self._finish, accepted.id, incoming, turn.replies)
            self._sender.wake(self._handle(incoming.address), urgent=turn.emergency)
        except Exception:  # her record went meanwhile ("forget me"), or cannot be written: the words still reach her
            await self._sender.say(incoming.address, turn.replies, language=turn.language)

    async def _slow_down(self, accepted: Accepted, incoming: Incoming) -> None:
        """Answer what is beyond fair use: once in a while with a word, else with nothing."""
        now = time.monotonic()
        told = now - self._told_to_wait.get(incoming.address, -_SLOW_DOWN_AGAIN_SECONDS) < _SLOW_DOWN_AGAIN_SECONDS
        replies = () if told else await asyncio.to_thread(self._notice, incoming, "too_fast")
        await asyncio.to_thread(self._finish, accepted.id, incoming, replies)
        if not told:
            self._once(self._told_to_wait, incoming.address)
            self._told_to_wait[incoming.address] = now
            self._sender.wake(self._handle(incoming.address))

    async def _wipe(self, accepted: Accepted, incoming: Incoming, handle: str) -> None:
        """Delete both sides' messages in her chat, drop what was about to be sent, and say what that could not reach."""
        async with self._sender.quiet(handle):
            noted = await asyncio.to_thread(self._noted, handle)
            await self._line.delete(incoming.address, noted)
            replies = await asyncio.to_thread(self._notice, incoming, "wiped")
            await asyncio.to_thread(self._finish, accepted.id, incoming, replies, wiped=handle)
        self._sender.wake(handle, urgent=True)

    # ---- without the store ----

    def _answer_danger(self, heard: Sequence[Said | InGroup | Blocked | None]) -> None:
        for what in heard:
            if isinstance(what, Said) and self._is_danger(what.incoming):
                self._spawn(self._say_without_memory(what.incoming))

    async def _say_without_memory(self, incoming: Incoming) -> None:
        key = (incoming.address, incoming.message_id)
        if not self._once(self._said_without_memory, key):
            return
        turn = self._conversation.answer_without_memory(incoming)
        if not await self._sender.say(incoming.address, turn.replies, language=turn.language):
            self._said_without_memory.pop(key, None)

    # ---- groups ----

    def _leave(self, where: InGroup) -> None:
        """Say once why we do not talk there, and leave."""
        if where.left:
            self._left.discard(where.chat)
        elif where.chat not in self._left:
            self._left.add(where.chat)
            texts = self._services.knowledge.current().texts
            self._spawn(self._line.leave(where.chat, texts.phrase("telegram_group", where.language or DEFAULT)))

    # ---- small questions ----

    def _is_danger(self, incoming: Incoming) -> bool:
        payload = parse_payload(incoming.payload) if incoming.payload else None
        topics = self._services.knowledge.current().texts.topics
        if payload and payload.verb == "topic" and payload.name in topics and topics[payload.name].danger:
            return True
        return bool(self._conversation.hear(incoming).danger)

    def _is_too_fast(self, incoming: Incoming) -> bool:
        if self._fair_use is None or incoming.payload in _NEVER_HELD or incoming.text == WIPE:
            return False
        return self._fair_use.wait_for_person(self._handle(incoming.address)) > 0

    def _handle(self, address: str) -> str:
        return self._services.people.pseudonym(DOOR, address)

    @staticmethod
    def _once(seen: "OrderedDict[Any, Any]", key: Any) -> bool:
        """Whether a key is new; the oldest are forgotten."""
        if key in seen:
            return False
        seen[key] = None
        if len(seen) > _REMEMBERED:
            seen.popitem(last=False)
        return True

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("work in the background failed", exc_info=task.exception())

    # ---- the database, in a thread ----

    def _open_messages(self) -> list[tuple[int, Incoming]]:
        with self._services.database.transaction() as connection:
            return self._services.inbox.open_messages(connection, door=DOOR, limit=_RECOVERED_AT_ONCE)

    def _mark_unreachable(self, address: str) -> None:
        with self._services.database.transaction() as connection:
            self._services.people.mark_unreachable(connection, self._handle(address))
            self._services.outbox.give_up(connection, self._handle(address))

    def _mark_said(self, inbox_id: int) -> None:
        with self._services.database.transaction() as connection:
            for due in self._services.outbox.of_message(connection, inbox_id):
                self._services.outbox.sent(connection, due.sequence)

    def _noted(self, handle: str) -> list[str]:
        with self._services.database.reading() as connection:
            return self._traces.of_person(connection, handle)

    def _notice(self, incoming: Incoming, key: str) -> tuple[Any, ...]:
        """A phrase as a reply, in her language."""
        with self._services.database.reading() as connection:
            person = self._services.people.find(connection, self._handle(incoming.address))
        language = (person.language if person else None) or incoming.language or DEFAULT
        listener = Listener(language, self._services.clock(), script=person.script if person else None)
        speaker = Speaker(self._services.knowledge.current(), listener)
        return speaker.finish([speaker.notice(key)])

    def _finish(self, inbox_id: int, incoming: Incoming, replies: tuple[Any, ...], *, wiped: str = "") -> None:
        """One transaction: the message is done and its replies wait; after a wipe nothing older does."""
        now = self._services.clock()
        with self._services.database.transaction() as connection:
            handle = self._handle(incoming.address)
            if wiped:
                self._services.outbox.withdraw(connection, handle)
                self._traces.forget(connection, handle)
            self._services.outbox.put(connection, replies, handle=handle, at=now, inbox_id=inbox_id)
            self._services.inbox.done(connection, inbox_id, at=now)


def open_door(services: Services, conversation: Conversation) -> TelegramDoor:
    """The door with a line to Telegram of its own; no connection is opened yet."""
    settings = services.settings
    # A proxy from the environment is used: in some places Telegram is reached only through one.
    sending = HTTPXRequest(connection_pool_size=96, read_timeout=10.0, pool_timeout=5.0)
    fetching = HTTPXRequest(connection_pool_size=2, read_timeout=10.0)
    bot = Bot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url.rstrip('/')}/bot",
        request=sending,
        get_updates_request=fetching,
    )
    return TelegramDoor(services, conversation, bot, (sending, fetching))
