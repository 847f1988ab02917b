"""One turn, told in order. This page is the whole story of what happens to a person's message."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar
from weakref import WeakValueDictionary

from bot import metrics
from bot.clock import Clock
from bot.dialogue.directive import Directive
from bot.dialogue.rasa_client import EMERGENCY, UNSURE, Decision, Question, RasaClient, RasaSilent, warns
from bot.hearing import Heard, hear, hear_again, in_her_language, is_short, with_earlier_words
from bot.inbox import Accepted
from bot.knowledge import Knowledge
from bot.lane import Lane
from bot.languages.catalogue import DEFAULT
from bot.languages.script import main_script
from bot.languages.text import matching_form
from bot.messages import Incoming, Reply, Turn
from bot.people.person import Person
from bot.record import Record
from bot.rendering import SELF_HARM, Listener, Speaker
from bot.safety.limits import FairUse
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)
T = TypeVar("T")

IN_CHECK = "check"
ASKED_PLACE = "place"
_WAITING_FOR = {"question": IN_CHECK, "ask_area": ASKED_PLACE}
"""last_topic while an answer of hers is waited for: to a guided check, to the question where she is."""
_DANGER_SECONDS = 0.2
"""So long may the memory take when she is in danger."""
_PAUSE_SECONDS = 1.2
"""So long a few words that say nothing yet wait for the next message."""
_NO_ANSWER = ("unsure", "ask_area")
"""Directives that answer nothing: with a topic and nothing else, the action that should have answered it failed."""
_LITTLE_ALONE = ("affirm", "deny")
"""Topics that mean nothing without the question they answer, which only Rasa knows."""
_INTENTS = {
    "person": "talk_to_person",
    "yes": "affirm",
    "no": "deny",
    "skip": "skip_question",
    "stop": "stop_check",
}
"""What Rasa is told for a button that names nothing more."""


class TooFast(Exception):
    """She sends more than fair use allows and it is no danger message; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Conversation:
    """Takes turns. One lane per person: her messages are answered one after the other, in their order."""

    def __init__(
        self,
        *,
        record: Record,
        rasa: RasaClient,
        fair_use: FairUse | None,
        knowledge: Callable[[], Knowledge],
        clock: Clock,
    ) -> None:
        self._record = record
        self._rasa = rasa
        self._fair_use = fair_use
        self._knowledge = knowledge
        self._clock = clock
        self._lanes: WeakValueDictionary[str, Lane] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="storage")

    async def take_turn(self, incoming: Incoming) -> Turn:
        """Accept a message and answer it; for doors whose person waits for the answer.

        Raises:
            TooFast: beyond fair use, never for a danger message.
        """
        heard = self.hear(incoming)
        wait = self._fair_use.wait_for_person(self._record.handle(incoming)) if self._fair_use else 0
        if wait and not heard.danger:
            raise TooFast(wait)
        try:
            if heard.danger:
                return await self._answer_danger(incoming, heard)
            return await self.answer(await self.accept(incoming), incoming, heard)
        except StorageDown as error:
            metrics.STORAGE_DOWN.inc()
            logger.error("answered without memory: the database is down (%s)", error)
        except Exception:
            # Whatever broke, she still gets the emergency answer or the numbers; the message stays in the inbox.
            logger.exception("answered without memory: a turn failed")
        return self.answer_without_memory(incoming)

    async def _answer_danger(self, incoming: Incoming, heard: Heard) -> Turn:
        """The emergency answer, also when the database or an earlier turn of hers keeps it: it is then given without memory.

        The turn goes on behind it, so that the message is written down as soon as it can be.
        """

        async def remembered() -> Turn:
            return await self.answer(await self.accept(incoming), incoming, heard)

        turn = asyncio.ensure_future(remembered())
        try:
            return await asyncio.wait_for(asyncio.shield(turn), _DANGER_SECONDS)
        except asyncio.TimeoutError:
            logger.warning("danger answered without memory: the database or an earlier turn is slow")
            turn.add_done_callback(_look_at_failure)
            return self.answer_without_memory(incoming)

    def hear(self, incoming: Incoming) -> Heard:
        """What a message is, from itself alone."""
        return hear(incoming, self._knowledge())

    async def accept(self, incoming: Incoming, *, trace: str | None = None) -> Accepted:
        """Write a message down, once however often it is delivered.

        `trace` is the channel's id of the message, noted so that she can have it deleted there.

        Raises:
            StorageDown: nothing was written; the door must deliver it again.
        """
        return await self._in_thread(self._record.accept, incoming, trace)

    async def answer(self, accepted: Accepted, incoming: Incoming, heard: Heard | None = None) -> Turn:
        """Answer an accepted message; the same replies again when it was answered before.

        Raises:
            StorageDown: nothing was answered; the message stays in the inbox.
        """
        handle = self._record.handle(incoming)
        lane = self._lanes.get(handle)
        if lane is None:
            lane = self._lanes[handle] = Lane()
        async with lane:
            started = time.perf_counter()
            person, before = await self._in_thread(self._record.recall, incoming, accepted)
            if before is not None:
                return before
            heard = hear_again(heard or self.hear(incoming), incoming, self._knowledge(), person)
            person = in_her_language(person, heard, incoming)
            if heard.payload and heard.payload.verb == "forget" and heard.payload.name == "yes":
                ready = self._finish(person, [self._speaker(person).notice("forgotten")])
                return await self._in_thread(self._record.forget, incoming, person, ready)
            if person.last_topic == UNSURE and is_short(heard):
                begun = await self._in_thread(self._record.just_before, incoming, accepted)
                heard = with_earlier_words(heard, begun, incoming, self._knowledge())
            person, replies = await self._decide(person, heard, accepted)
            if person.last_topic == UNSURE and is_short(heard) and await lane.another_comes(_PAUSE_SECONDS):
                replies = []  # she is still writing: what she says is understood, and answered, together
            ready = self._finish(person, replies)
            turn = await self._in_thread(self._record.write, incoming, accepted, person, ready)
            metrics.count_turn(turn, incoming.door, time.perf_counter() - started)
            return turn

    def answer_without_memory(self, incoming: Incoming) -> Turn:
        """What can be said with the database down: the emergency answer, or honest words, the numbers and the menu."""
        heard = self.hear(incoming)
        person = replace(in_her_language(Person("", incoming.door), heard, incoming), area=heard.here)
        speaker = self._speaker(person)
        danger = bool(heard.danger)
        replies = speaker.emergency(topic=_danger_topic(heard)) if danger else speaker.help_without_rasa()
        return Turn(incoming.address, person.language or DEFAULT, speaker.finish(replies), emergency=danger)

    # ---- the decision: danger first; then what needs no understanding; then Rasa ----

    async def _decide(self, person: Person, heard: Heard, accepted: Accepted) -> tuple[Person, list[Reply]]:
        if heard.danger:
            person = replace(person, area=heard.here or person.area, last_topic=EMERGENCY)
            return person, self._speaker(person).emergency(topic=_danger_topic(heard))
        if heard.here:
            person = replace(person, area=heard.here)  # she tells it once, whenever she tells it
        if heard.payload and heard.payload.verb == "area" and heard.payload.name in self._knowledge().directory.places:
            person = replace(person, area=heard.payload.name)
        replies = self._without_rasa(person, heard)
        if replies is not None:
            missed = heard.payload is not None and heard.payload.verb == "other"
            return (replace(person, last_topic=UNSURE) if missed else person), replies
        try:
            decision = await self._rasa.ask(self._question(person, heard, accepted))
        except RasaSilent as error:
            logger.warning("Rasa is silent: %s", error)
            intent, _ = self._tapped(person, heard)
            return self._fall_back(person, intent)
        understood = decision.topic in self._knowledge().texts.topics
        if not decision.directives or (understood and all(d.say in _NO_ANSWER for d in decision.directives)):
            return self._fall_back(person, decision.topic, asks=decision.directives)
        person, replies = self._speak(person, decision, goes_on=heard.goes_on)
        if warns(decision.ranking) and not heard.payload and not any(r.kind == "emergency" for r in replies):
            replies = list(dict.fromkeys([*self._speaker(person).emergency(), *replies]))
        return person, replies

    def _without_rasa(self, person: Person, heard: Heard) -> list[Reply] | None:
        """Replies to what is clear by itself: a language's name, a screen, the menu, places, nothing readable."""
        speaker = self._speaker(person)
        if heard.payload is None:
            if heard.odd_payload:
                return [speaker.notice("old_button"), speaker.menu()]
            if not heard.text:
                return speaker.help_without_rasa("no_words")
            if heard.asks_for:
                return [speaker.notice("language_changed"), speaker.menu()]
            if heard.guess.language is None and main_script(heard.text):
                return speaker.foreign()
            return None
        payload = heard.payload
        match payload.verb:
            case "more":
                return speaker.topic(payload.name or "", screen=payload.number)
            case "menu":
                return [speaker.menu(payload.name)]
            case "areas":
                return [speaker.areas()]
            case "other" if person.last_topic == UNSURE:
                return [speaker.missed_twice(())]
            case "other":
                return [speaker.not_meant(payload.name)]
            case "language" | "script":
                return [speaker.notice("language_changed"), speaker.menu()]
            case "forget":
                return [speaker.notice("kept")]
            case "area" if payload.name not in self._knowledge().directory.places:
                return [speaker.notice("old_button"), speaker.menu()]
            case "area" if person.last_topic == EMERGENCY:
                return speaker.emergency()
            case "check" if not self._knowledge().texts.has_check(payload.name or ""):
                return [speaker.notice("old_button"), speaker.menu()]
        return None

    def _speak(self, person: Person, decision: Decision, *, goes_on: bool) -> tuple[Person, list[Reply]]:
        """The words for Rasa's directives, and what they teach us of her."""
        if decision.topic == UNSURE == person.last_topic and not goes_on:
            return person, [self._speaker(person).missed_twice(decision.ranking)]
        replies: list[Reply] = []
        for directive in decision.directives:
            if directive.remember and directive.area:
                person = replace(person, area=directive.area)
            if directive.say == "language" and directive.language:
                language, script = directive.language, directive.script
                person = replace(person, language=language, chosen_language=language, script=script)
            replies += self._speaker(person).say(directive, decision.ranking)
        last_topic = _WAITING_FOR.get(decision.directives[-1].say, decision.topic)
        return replace(person, last_topic=last_topic), list(dict.fromkeys(replies))

    def _fall_back(
        self, person: Person, topic: str | None, *, asks: tuple[Directive, ...] = ()
    ) -> tuple[Person, list[Reply]]:
        """A topic's text and numbers without an action server; or honest words, numbers and menu without a topic.

        `asks` is what Rasa said all the same: its question for the place is put, since it waits for an answer.
        """
        metrics.RASA_SILENT.inc()
        speaker = self._speaker(person)
        knowledge = self._knowledge()
        known = knowledge.texts.topics.get(topic or "")
        if known is None or known.id in _LITTLE_ALONE:
            return person, speaker.help_without_rasa()
        replies = speaker.topic(known.id)
        if known.refer and not known.danger:
            language = person.language or DEFAULT
            found = knowledge.directory.find(kinds=known.refer, area=person.area, language=language, at=self._clock())
            replies.append(speaker.referrals(tuple(s.id for s in found), area=person.area))
        if any(d.say == "ask_area" for d in asks):
            return replace(person, last_topic=ASKED_PLACE), [*replies, speaker.ask_area()]
        return replace(person, last_topic=known.id), replies

    def _question(self, person: Person, heard: Heard, accepted: Accepted) -> Question:
        """What Rasa is asked. It is told to start over after danger, and when she did not want to tell the place."""
        intent, entities = self._tapped(person, heard)
        tells_place = heard.named or (heard.payload and heard.payload.verb == "area")
        leaves = person.last_topic == EMERGENCY or (person.last_topic == ASKED_PLACE and not tells_place)
        return Question(
            turn=accepted.id,
            person=person.pseudonym,
            language=person.language or DEFAULT,
            text=None if intent else heard.text,
            intent=intent,
            entities=entities,
            area=person.area,
            mentioned=heard.named,
            last_topic=person.last_topic,
            answered=heard.payload.number if heard.payload else 0,
            again=not accepted.fresh,
            start_over=leaves,
        )

    def _tapped(self, person: Person, heard: Heard) -> tuple[str | None, tuple[tuple[str, str], ...]]:
        """The intent and entities a button, or a word typed instead of one, stands for; no intent for a text."""
        if heard.payload is None:
            if person.last_topic == IN_CHECK:
                said = matching_form(heard.text).strip(" .!。！")
                words = self._speaker(person).answer_words()
                return next((_INTENTS[verb] for verb, listed in words.items() if said in listed), None), ()
            return None, ()
        name = heard.payload.name or ""
        match heard.payload.verb:
            case "topic":
                return (name if name in self._knowledge().texts.topics else "ask_help"), ()
            case "check":
                return ("start_missing_guide" if name == "missing_guide" else "start_check"), (("check", name),)
            case "area":
                return "inform_area", (("place", name),)
            case verb:
                return _INTENTS.get(verb, "ask_help"), ()

    def _speaker(self, person: Person) -> Speaker:
        listener = Listener(person.language or DEFAULT, self._clock(), area=person.area, script=person.script)
        return Speaker(self._knowledge(), listener)

    def _finish(self, person: Person, replies: list[Reply]) -> tuple[Reply, ...]:
        return self._speaker(person).finish(replies)

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _danger_topic(heard: Heard) -> str:
    return SELF_HARM if heard.danger == "attempt_on_life" else EMERGENCY


def _look_at_failure(turn: "asyncio.Task[Turn]") -> None:
    if not turn.cancelled() and turn.exception():
        logger.error("a danger message was answered and could not be kept (%s)", type(turn.exception()).__name__)
