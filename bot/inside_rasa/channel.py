"""Rasa's door for the gateway: one turn in, what Rasa decided out.

Rasa's own REST channel splits text at blank lines, takes a leading slash for a command, logs a person's words when it
fails and answers 200 all the same. This one takes a turn as data, answers 500 without words when it fails, tells which
topics it considered, and answers a turn it has already taken without taking it again.

    POST /webhooks/anlu/turn
    {"turn": "18", "person": "<pseudonym>", "text": "…"  or  "intent": "…", "entities": {…},
     "metadata": {"language": "vi", …}, "answered": 0, "again": false, "start_over": false}
    -> {"topic": "…", "confidence": 0.9, "ranking": [["topic", 0.9], …], "directives": [{…}, …]}
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

UNSURE = "nlu_fallback"
"""The intent Rasa's FallbackClassifier puts in front when no topic, or more than one, fits."""


class AnluChannel(InputChannel):
    """See the module's text."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in credentials and in the address."""
        return "anlu"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> "AnluChannel":
        """Built by Rasa from credentials.yml."""
        secret = (credentials or {}).get("secret")
        if not secret:
            cls.raise_missing_credentials_exception()
        return cls(str(secret))

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes Rasa mounts under /webhooks/anlu."""
        routes = Blueprint("anlu", "anlu")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            """Whether a model is loaded."""
            ready = request.app.ctx.agent.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            """Take one turn."""
            if request.headers.get("x-anlu-secret") != self._secret:
                return response.json({"error": "not found"}, status=404)
            try:
                return response.json(await take_turn(request.app.ctx.agent, request.json))
            except Exception as error:
                # The error's text and trace may hold a person's words; its kind does not.
                logger.error("a turn failed: %s", type(error).__name__)
                return response.json({"error": type(error).__name__}, status=500)

        return routes


async def take_turn(agent: Agent, data: dict[str, Any]) -> dict[str, Any]:
    """Let Rasa take a turn, or repeat what it said to the same one."""
    person, turn = data["person"], data["turn"]
    if data.get("again"):
        tracker = await agent.tracker_store.retrieve(person)
        said = _said_to(tracker, turn) if tracker else None
        if said:
            return said
    if data.get("start_over"):
        await _start_over(agent, person)
    if data.get("answered"):
        said = _open_question(await agent.tracker_store.retrieve(person), data["answered"])
        if said:
            return said
    output = CollectingOutputChannel()
    message = UserMessage(
        data.get("text") or "",
        output,
        person,
        input_channel="anlu",
        message_id=turn,
        metadata=data.get("metadata") or {},
    )
    if data.get("intent"):
        message.parse_data = _tapped(data["intent"], data.get("entities") or {})
    else:
        message.parse_data = await agent.processor.parse_message(message)
    place = message.metadata.get("mentioned") or message.metadata.get("area")
    if place and data.get("intent") != "inform_area":
        message.parse_data["entities"].append(_entity("place", place))
    await agent.handle_message(message)
    return _answer(message.parse_data, [m["custom"] for m in output.messages if "custom" in m])


def _tapped(intent: str, entities: dict[str, str]) -> dict[str, Any]:
    """What parsing gives for a button: an intent that was said outright."""
    return {
        "text": "",
        "intent": {"name": intent, "confidence": 1.0},
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
        "entities": [_entity(name, value) for name, value in entities.items()],
    }


def _entity(name: str, value: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0}


async def _start_over(agent: Agent, person: str) -> None:
    tracker = await agent.tracker_store.get_or_create_tracker(person)
    tracker.update(Restarted())
    await agent.tracker_store.save(tracker)


def _said_to(tracker: DialogueStateTracker, turn: str) -> Optional[dict[str, Any]]:
    """What the tracker remembers of a turn that is its last, or None when its last turn is another."""
    directives: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.data.get("custom"):
            directives.insert(0, event.data["custom"])
        if isinstance(event, UserUttered):
            return _answer(event.parse_data or {}, directives) if event.message_id == turn else None
    return None


def _open_question(tracker: Optional[DialogueStateTracker], answered: int) -> Optional[dict[str, Any]]:
    """What was said last, when a button answers another question of a guided check than the open one.

    Her answer was taken, but ours came too late to reach her, or she tapped twice: the tap must not answer a question
    she has not seen.
    """
    if tracker is None or tracker.get_slot("requested_slot") == f"answer_{answered}":
        return None
    said = _said_to(tracker, tracker.latest_message.message_id) if tracker.latest_message else None
    check_goes_on = said and any(d.get("say") in ("question", "check_result") for d in said["directives"])
    return said if check_goes_on else None


def _answer(parsed: dict[str, Any], directives: list[dict[str, Any]]) -> dict[str, Any]:
    ranking = [[r["name"], r["confidence"]] for r in parsed.get("intent_ranking", []) if r["name"] != UNSURE]
    intent = parsed.get("intent") or {}
    return {
        "topic": intent.get("name"),
        "confidence": intent.get("confidence", 0.0),
        "ranking": ranking[:3],
        "directives": directives,
    }
