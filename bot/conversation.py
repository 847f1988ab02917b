"""One turn, told in order. This page is the whole story of what happens to a person's message."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar
from weakref import WeakValueDictionary

from bot import metrics
from bot.clock import Clock
from bot.dialogue.rasa_client import Decision, Question, RasaClient, RasaSilent
from bot.inbox import Accepted, Inbox
from bot.knowledge import Knowledge
from bot.languages import chinese
from bot.languages.catalogue import LANGUAGES
from bot.languages.choice import asked_language, asked_script, choose
from bot.languages.detection import Guess, detect
from bot.languages.script import main_script
from bot.languages.text import clean, matching_form
from bot.messages import Incoming, Reply, Turn
from bot.outbox import Outbox
from bot.payloads import Payload, parse_payload
from bot.people.person import Person
from bot.people.store import People
from bot.rendering import EMERGENCY, SELF_HARM, Listener, Speaker
from bot.retention import Retention
from bot.safety.limits import FairUse
from bot.storage.engine import Database, StorageDown

logger = logging.getLogger(__name__)
T = TypeVar("T")

IN_CHECK = "check"
"""last_topic while a guided check asks questions."""
_FETCHED_BY_HER = frozenset(("web", "console"))
"""Doors that fetch replies themselves; for the others the outbox is drained by a sender."""


class TooFast(Exception):
    """She sends more than fair use allows and it is no danger message; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Heard:
    """A message as understood before any memory or model: pure, so that it works when all else is down."""

    text: str
    payload: Payload | None
    odd_payload: bool
    danger: str | None
    """The reason the danger words fired, None when they did not."""
    area: str | None
    """Where the text says she is."""
    guess_language: str | None
    guess_certainty: float


class Conversation:
    """Takes turns. One lane per person: her messages are answered one after the other, in their order."""

    def __init__(
        self,
        *,
        database: Database,
        people: People,
        inbox: Inbox,
        outbox: Outbox,
        rasa: RasaClient,
        retention: Retention,
        fair_use: FairUse,
        knowledge: Callable[[], Knowledge],
        clock: Clock,
    ) -> None:
        self._database = database
        self._people = people
        self._inbox = inbox
        self._outbox = outbox
        self._rasa = rasa
        self._retention = retention
        self._fair_use = fair_use
        self._knowledge = knowledge
        self._clock = clock
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="storage")

    async def take_turn(self, incoming: Incoming) -> Turn:
        """Accept a message and answer it; for doors whose person waits for the answer.

        Raises:
            TooFast: beyond fair use, never for a danger message.
        """
        heard = self.hear(incoming)
        handle = self._people.pseudonym(incoming.door, incoming.address)
        wait = self._fair_use.wait_for_person(handle)
        if wait and not heard.danger:
            raise TooFast(wait)
        try:
            accepted = await self.accept(incoming)
            return await self.answer(accepted, incoming)
        except StorageDown as error:
            logger.error("answered without memory: the database is down (%s)", error)
            return self.answer_without_memory(incoming)

    def hear(self, incoming: Incoming) -> Heard:
        """What a message is, from itself alone."""
        knowledge = self._knowledge()
        text = clean(incoming.text or "")
        guess = detect(text)
        language = guess.language or incoming.language or "zh"
        payload = parse_payload(incoming.payload) if incoming.payload else None
        return Heard(
            text=text,
            payload=payload,
            odd_payload=bool(incoming.payload) and payload is None,
            danger=knowledge.danger.assess(text, language) if text else None,
            area=knowledge.directory.places.where_she_is(text, language) if text else None,
            guess_language=guess.language,
            guess_certainty=guess.certainty,
        )

    async def accept(self, incoming: Incoming) -> Accepted:
        """Write a message down, once however often it is delivered.

        Raises:
            StorageDown: nothing was written; the door must deliver it again.
        """
        return await self._in_thread(self._accept, incoming)

    async def answer(self, accepted: Accepted, incoming: Incoming) -> Turn:
        """Answer an accepted message; the same replies again when it was answered before.

        Raises:
            StorageDown: nothing was answered; the message stays in the inbox.
        """
        handle = self._people.pseudonym(incoming.door, incoming.address)
        lane = self._lanes.get(handle)
        if lane is None:
            lane = self._lanes[handle] = asyncio.Lock()
        async with lane:
            started = time.perf_counter()
            person, before = await self._in_thread(self._recall, handle, incoming, accepted)
            if before is not None:
                return before
            heard = self.hear(incoming)
            person = self._in_her_language(person, heard, incoming)
            person, replies = await self._decide(person, heard, accepted, incoming)
            turn = await self._in_thread(self._write, person, replies, accepted, incoming)
            metrics.count_turn(turn, incoming.door, time.perf_counter() - started)
            return turn

    def answer_without_memory(self, incoming: Incoming) -> Turn:
        """What can be said with the database down: the emergency answer, or honest words, the numbers and the menu."""
        heard = self.hear(incoming)
        person = self._in_her_language(Person("", incoming.door), heard, incoming)
        speaker = self._speaker(replace(person, area=heard.area))
        danger = bool(heard.danger)
        replies = speaker.emergency(topic=_danger_topic(heard)) if danger else speaker.help_without_rasa()
        return Turn(incoming.address, person.language or "zh", speaker.finish(replies), emergency=danger)

    # ---- the decision ----

    async def _decide(
        self, person: Person, heard: Heard, accepted: Accepted, incoming: Incoming
    ) -> tuple[Person, list[Reply]]:
        """Danger first; then what needs no understanding; then Rasa."""
        if heard.danger:
            place = heard.area or person.area
            speaker = self._speaker(replace(person, area=place))
            return replace(person, area=place, last_topic=EMERGENCY), speaker.emergency(topic=_danger_topic(heard))
        direct = self._without_rasa(person, heard)
        if direct:
            return direct
        if heard.payload and heard.payload.verb == "forget":
            return person, [self._speaker(person).notice("kept")]
        return await self._ask_rasa(person, heard, accepted)

    def _without_rasa(self, person: Person, heard: Heard) -> tuple[Person, list[Reply]] | None:
        """Replies to what is clear by itself: a language's name, a screen, the menu, places, nothing readable."""
        speaker = self._speaker(person)
        if heard.payload is None:
            if heard.odd_payload:
                return person, [speaker.notice("old_button"), speaker.menu()]
            if not heard.text:
                return person, speaker.help_without_rasa("no_words")
            if asked_language(heard.text):
                return person, [speaker.notice("language_changed"), speaker.menu()]
            if heard.guess_language is None and main_script(heard.text):
                return person, [
                    speaker.languages("language_foreign"),
                    *speaker.help_without_rasa("language_foreign")[:1],
                ]
            return None
        payload = heard.payload
        match payload.verb:
            case "more":
                return person, speaker.topic(payload.name or "", screen=payload.number)
            case "menu":
                return person, [speaker.menu(payload.name)]
            case "areas":
                return person, [speaker.areas()]
            case "language" | "script":
                return person, [speaker.notice("language_changed"), speaker.menu()]
            case "area":
                if payload.name not in self._knowledge().directory.places:
                    return person, [speaker.notice("old_button"), speaker.menu()]
                person = replace(person, area=payload.name)
                if person.last_topic == EMERGENCY:
                    return person, self._speaker(person).emergency()
        return None

    async def _ask_rasa(self, person: Person, heard: Heard, accepted: Accepted) -> tuple[Person, list[Reply]]:
        """What Rasa decides, in words; or, when it is silent, what can be said without it."""
        question = self._question(person, heard, accepted)
        try:
            decision = await self._rasa.ask(question)
        except RasaSilent as error:
            metrics.RASA_SILENT.inc()
            logger.warning("Rasa is silent: %s", error)
            return self._fall_back(person, question.intent)
        if not decision.directives:
            metrics.RASA_SILENT.inc()
            return self._fall_back(person, decision.topic)
        return self._speak(person, decision)

    def _speak(self, person: Person, decision: Decision) -> tuple[Person, list[Reply]]:
        """The words for Rasa's directives, and what they teach us of her."""
        replies: list[Reply] = []
        topic = decision.topic
        for directive in decision.directives:
            if directive.remember and directive.area:
                person = replace(person, area=directive.area)
            if directive.say == "language" and directive.language:
                person = replace(
                    person, language=directive.language, chosen_language=directive.language, script=directive.script
                )
            replies += self._speaker(person).say(directive, decision.ranking)
        if decision.directives[-1].say == "question":
            topic = IN_CHECK
        return replace(person, last_topic=topic), _without_repeats(replies)

    def _fall_back(self, person: Person, topic: str | None) -> tuple[Person, list[Reply]]:
        """A topic's text and numbers without an action server, or honest words, numbers and menu without a topic."""
        speaker = self._speaker(person)
        knowledge = self._knowledge()
        known = knowledge.texts.topics.get(topic or "")
        if known is None:
            return person, speaker.help_without_rasa()
        replies = speaker.topic(known.id)
        if known.refer and not known.danger:
            found = knowledge.directory.find(
                kinds=known.refer, area=person.area, language=person.language or "zh", at=self._clock()
            )
            replies.append(speaker.referrals(tuple(s.id for s in found), area=person.area))
        return replace(person, last_topic=known.id), replies

    def _question(self, person: Person, heard: Heard, accepted: Accepted) -> Question:
        language = person.language or "zh"
        places = self._knowledge().directory.places
        intent, entities = self._tapped(person, heard)
        return Question(
            turn=accepted.id,
            person=person.pseudonym,
            language=language,
            text=None if intent else heard.text,
            intent=intent,
            entities=entities,
            area=person.area,
            mentioned=places.named(heard.text, language) if heard.text else None,
            again=not accepted.fresh,
            start_over=person.last_topic == EMERGENCY,
        )

    def _tapped(self, person: Person, heard: Heard) -> tuple[str | None, tuple[tuple[str, str], ...]]:
        """The intent a button, or a word typed instead of one, stands for; None for a text to be understood."""
        if heard.payload is None:
            if person.last_topic == IN_CHECK:
                said = matching_form(heard.text).strip(" .!。！")
                stop, skip = self._speaker(person).stop_words()
                if said in stop:
                    return "stop_check", ()
                if said in skip:
                    return "skip_question", ()
            return None, ()
        name = heard.payload.name or ""
        match heard.payload.verb:
            case "topic":
                return (name if name in self._knowledge().texts.topics else "ask_help"), ()
            case "check":
                return "start_check", (("check", name),)
            case "area":
                return "inform_area", (("place", name),)
            case "yes":
                return "affirm", ()
            case "no":
                return "deny", ()
            case "skip":
                return "skip_question", ()
            case "stop":
                return "stop_check", ()
            case "person":
                return "talk_to_person", ()
            case _:
                return "ask_help", ()

    def _in_her_language(self, person: Person, heard: Heard, incoming: Incoming) -> Person:
        """The person with the language and script this turn is answered in."""
        asked = asked_language(heard.text) if heard.text else None
        script = asked_script(heard.text) if asked == "zh" else person.script
        payload = heard.payload
        if payload and payload.verb == "language" and payload.name in LANGUAGES:
            asked, script = payload.name, "hans"
        if payload and payload.verb == "script":
            asked, script = "zh", "hant" if payload.name == "hant" else "hans"
        if incoming.chosen and incoming.language in LANGUAGES and not heard.text:
            asked = asked or incoming.language
        chosen = asked or person.chosen_language
        if incoming.chosen and incoming.language in LANGUAGES:
            chosen = asked or incoming.language
        guess = Guess(None, 0.0) if asked else Guess(heard.guess_language, heard.guess_certainty)
        language = asked or choose(guess=guess, chosen=chosen, remembered=person.language, hint=incoming.language)
        if language == "zh" and not asked and heard.text and heard.guess_language == "zh":
            script = "hant" if chinese.is_traditional(heard.text) else script
        return replace(person, language=language, chosen_language=chosen, script=script)

    def _speaker(self, person: Person) -> Speaker:
        listener = Listener(person.language or "zh", self._clock(), area=person.area, script=person.script)
        return Speaker(self._knowledge(), listener)

    # ---- storage, off the event loop ----

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _accept(self, incoming: Incoming) -> Accepted:
        with self._database.transaction() as connection:
            person = self._people.meet(
                connection, door=incoming.door, address=incoming.address, at=incoming.received_at
            )
            return self._inbox.accept(connection, incoming, handle=person.pseudonym)

    def _recall(self, handle: str, incoming: Incoming, accepted: Accepted) -> tuple[Person, Turn | None]:
        """Who she is; and the earlier answer when the message has one."""
        with self._database.reading() as connection:
            person = self._people.find(connection, handle) or Person(handle, incoming.door)
            if incoming.campaign and not person.campaign:
                person = replace(person, campaign=incoming.campaign)
            if not accepted.done:
                return person, None
            said = self._outbox.of_message(connection, accepted.id)
        replies = tuple(due.reply for due in said)
        return person, Turn(
            incoming.address,
            person.language or "zh",
            replies,
            emergency=any(r.kind == "emergency" for r in replies),
            sequence=max((due.sequence for due in said), default=0),
            repeated=True,
        )

    def _write(self, person: Person, replies: list[Reply], accepted: Accepted, incoming: Incoming) -> Turn:
        """The turn's one transaction: replies queued, person remembered, message done. Or, for "forget me", all gone."""
        ready = self._speaker(person).finish(replies)
        now = self._clock()
        payload = parse_payload(incoming.payload) if incoming.payload else None
        if payload and payload.verb == "forget" and payload.name == "yes":
            self._retention.forget(person.pseudonym)
            ready = self._speaker(person).finish([self._speaker(person).notice("forgotten")])
            return Turn(incoming.address, person.language or "zh", ready)
        with self._database.transaction() as connection:
            self._people.remember(connection, person, at=now)
            sequence = self._outbox.put(
                connection,
                ready,
                handle=person.pseudonym,
                at=now,
                inbox_id=accepted.id,
                sent=incoming.door in _FETCHED_BY_HER,
            )
            self._inbox.done(connection, accepted.id, at=now)
        return Turn(
            incoming.address,
            person.language or "zh",
            ready,
            emergency=any(r.kind == "emergency" for r in ready),
            sequence=sequence,
        )


def _danger_topic(heard: Heard) -> str:
    return SELF_HARM if heard.danger == "attempt_on_life" else EMERGENCY


def _without_repeats(replies: list[Reply]) -> list[Reply]:
    """The replies, none said twice in one turn."""
    return list(dict.fromkeys(replies))
