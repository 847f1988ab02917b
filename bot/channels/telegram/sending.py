"""Takes replies out of the outbox and sends them: in order per person, danger first, repeated only where that is safe."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakValueDictionary

from bot import metrics
from bot.assembly import Services
from bot.channels.telegram.line import Gone, Later, Line, NotSent, Outcome, Refused, Unsure
from bot.channels.telegram.reading import DOOR
from bot.channels.telegram.writing import Part, Phrase, parts_of
from bot.languages.chinese import traditionalise
from bot.messages import Reply
from bot.outbox import Due
from bot.people.store import Traces
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)

_AT_ONCE = 64
"""People served at the same time; the line's own pace is what limits."""
_LOOK_SECONDS = 1.0
_LONGEST_PAUSE = 60.0
_LONGEST_URGENT_PAUSE = 5.0
_AT_END_SECONDS = 2.5
_DIRECT_TRIES = 5


@dataclass(frozen=True)
class _Letter:
    """A reply with where it goes and the words it is written in."""

    due: Due
    chat: str
    phrase: Phrase


class Sender:
    """Drains the outbox of this door."""

    def __init__(self, line: Line, services: Services) -> None:
        self._line = line
        self._services = services
        self._traces = Traces()
        self._wake = asyncio.Event()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._urgent: set[str] = set()
        self._failures: dict[str, int] = {}
        self._begun: dict[int, list[str]] = {}
        self._in_doubt = False

    def wake(self, handle: str = "", *, urgent: bool = False) -> None:
        """There is something to send; `urgent` lets this person go first."""
        if urgent:
            self._urgent.add(handle)
        self._wake.set()

    def quiet(self, handle: str) -> asyncio.Lock:
        """While this lock is held nothing is sent to the person."""
        lock = self._locks.get(handle)
        if lock is None:
            lock = self._locks[handle] = asyncio.Lock()
        return lock

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)
            self._wake.clear()
            try:
                await self._look()
            except StorageDown:
                await asyncio.sleep(_LOOK_SECONDS)
            except Exception:
                logger.exception("the outbox could not be read")
                await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Let what is on its way arrive, for a moment: a send broken off would be repeated."""
        tasks = list(self._busy.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_AT_END_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def say(self, chat: str, replies: tuple[Reply, ...], *, language: str) -> bool:
        """Send replies that are in no outbox (no memory, or no longer any); whether all went out."""
        phrase = self._phrases(language, None)
        async with self.quiet(self._services.people.pseudonym(DOOR, chat)):
            for reply in replies:
                for part in parts_of(reply, phrase):
                    if not await self._send_directly(chat, part):
                        return False
        return True

    async def _send_directly(self, chat: str, part: Part) -> bool:
        repeated = False
        for number in range(_DIRECT_TRIES):
            try:
                await self._line.send(chat, part, urgent=True)
                return _counted("sent")
            except Later as outcome:
                await asyncio.sleep(outcome.seconds)
            except NotSent:
                await asyncio.sleep(min(2.0**number, _LONGEST_URGENT_PAUSE))
            except Unsure:
                if repeated or not await self._line.answers():
                    break
                repeated = True
            except Outcome:
                break
        _counted("dead")
        return False

    # ---- the outbox ----

    async def _look(self) -> None:
        """Give every person with something due a task of her own, danger first."""
        if self._in_doubt:
            if not await self._line.answers():
                await asyncio.sleep(_LOOK_SECONDS)
                return
            self._in_doubt = False
        due = await asyncio.to_thread(self._due)
        first = [d.handle for d in due if d.reply.kind == "emergency" or d.handle in self._urgent]
        for handle in dict.fromkeys([*self._urgent, *first]):
            self._serve(handle, urgent=True)
        for handle in (d.handle for d in due):
            if len(self._busy) >= _AT_ONCE:
                break
            self._serve(handle, urgent=False)

    def _serve(self, handle: str, *, urgent: bool) -> None:
        if handle in self._busy:
            return
        task = asyncio.create_task(self._send_all_to(handle, urgent))
        self._busy[handle] = task

        def ended(task: "asyncio.Task[None]") -> None:
            self._busy.pop(handle, None)
            self._urgent.discard(handle)
            self._wake.set()
            if not task.cancelled() and task.exception():
                logger.error("sending failed", exc_info=task.exception())

        task.add_done_callback(ended)

    async def _send_all_to(self, handle: str, urgent: bool) -> None:
        while True:
            async with self.quiet(handle):
                try:
                    letter = await asyncio.to_thread(self._next, handle)
                except StorageDown:
                    return
                if letter is None or not await self._deliver(letter, urgent or handle in self._urgent):
                    return

    async def _deliver(self, letter: _Letter, urgent: bool) -> bool:
        """Send one reply and write down what came of it; whether the next one may follow at once."""
        due = letter.due
        urgent = urgent or due.reply.kind == "emergency"
        sent = self._begun.setdefault(due.sequence, [])
        try:
            for part in parts_of(due.reply, letter.phrase)[len(sent) :]:
                sent.append(await self._line.send(letter.chat, part, urgent=urgent))
        except Outcome as outcome:
            return await self._put_off(due, outcome, urgent)
        self._begun.pop(due.sequence, None)
        self._failures.pop(due.handle, None)
        _counted("sent")
        await self._write(lambda: self._mark_sent(due, sent))
        return True

    async def _put_off(self, due: Due, outcome: Outcome, urgent: bool) -> bool:
        """A reply did not, or may not have, arrived: when to try again, if at all."""
        if isinstance(outcome, Gone):
            _counted("unreachable")
            self._begun.pop(due.sequence, None)
            await self._write(lambda: self._mark_unreachable(due.handle))
            return False
        if isinstance(outcome, Refused) or (isinstance(outcome, Unsure) and due.attempts):
            # A second doubtful send is not followed by a third: she may have it twice already.
            logger.error("Telegram: a reply is given up (%s)", outcome)
            _counted("dead")
            self._begun.pop(due.sequence, None)
            await self._write(lambda: self._mark_dead(due))
            return True
        failures = self._failures[due.handle] = self._failures.get(due.handle, 0) + 1
        pause = min(2.0 ** (failures - 1), _LONGEST_URGENT_PAUSE if urgent else _LONGEST_PAUSE)
        if isinstance(outcome, Later):
            pause = outcome.seconds
        elif isinstance(outcome, Unsure):
            self._in_doubt = True
        _counted({Later: "later", Unsure: "unsure"}.get(type(outcome), "not_sent"))
        counted = isinstance(outcome, Unsure)
        await self._write(lambda: self._mark_later(due, pause, counted))
        asyncio.get_running_loop().call_later(pause + 0.05, self._wake.set)
        return False

    async def _write(self, work: Callable[[], None]) -> None:
        """Write down an outcome; while the database is away nothing else is sent to this person."""
        while True:
            try:
                await asyncio.to_thread(work)
                return
            except StorageDown:
                await asyncio.sleep(_LOOK_SECONDS)

    # ---- the database, in a thread ----

    def _due(self) -> list[Due]:
        with self._services.database.reading() as connection:
            return self._services.outbox.due(connection, door=DOOR, now=self._services.clock(), limit=4 * _AT_ONCE)

    def _next(self, handle: str) -> _Letter | None:
        with self._services.database.reading() as connection:
            due = self._services.outbox.next_of(connection, handle, now=self._services.clock())
            person = self._services.people.find(connection, handle)
            chat = self._services.people.address(connection, handle)
        if due is None or person is None or chat is None:
            return None
        return _Letter(due, chat, self._phrases(person.language or "zh", person.script))

    def _mark_sent(self, due: Due, message_ids: list[str]) -> None:
        with self._services.database.transaction() as connection:
            if self._services.people.find(connection, due.handle) is None:
                return  # she was forgotten meanwhile
            self._services.outbox.sent(connection, due.sequence)
            for message_id in message_ids:
                self._traces.add(connection, due.handle, message_id, at=self._services.clock())

    def _mark_dead(self, due: Due) -> None:
        with self._services.database.transaction() as connection:
            self._services.outbox.dead(connection, due.sequence)

    def _mark_later(self, due: Due, pause: float, counted: bool) -> None:
        at = self._services.clock() + timedelta(seconds=pause)
        with self._services.database.transaction() as connection:
            self._services.outbox.later(connection, due.sequence, at=at, counted=counted)

    def _mark_unreachable(self, handle: str) -> None:
        with self._services.database.transaction() as connection:
            self._services.people.mark_unreachable(connection, handle)
            self._services.outbox.give_up(connection, handle)

    def _phrases(self, language: str, script: str | None) -> Phrase:
        texts = self._services.knowledge.current().texts

        def phrase(key: str, **values: str) -> str:
            found = texts.phrase(key, language, **values)
            return traditionalise(found) if language == "zh" and script == "hant" else found

        return phrase


def _counted(outcome: str) -> bool:
    metrics.SENDS.labels(DOOR, outcome).inc()
    return True
