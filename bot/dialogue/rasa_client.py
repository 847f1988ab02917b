"""One turn to Rasa and back over HTTP; names the ways it can fail as one error."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bot.dialogue.directive import Directive, parse_directive

logger = logging.getLogger(__name__)

UNSURE = "nlu_fallback"
"""The topic Rasa names when no topic, or more than one, fits."""
EMERGENCY = "report_immediate_danger"
"""The topic whose answer is the emergency answer."""
_DANGER_FROM = 0.2
"""So likely must danger be for the emergency answer to come first, whatever else is likelier: measured on texts of seven
languages, it found 4 of 100 dangerous texts more than 0.35 and rang for 3 of 100 ordinary ones at most."""
_FAILURES_TO_OPEN = 3
_SECONDS_OPEN = 5.0


def warns(ranking: Iterable[Sequence[Any]]) -> bool:
    """Whether topics with their confidences tell of danger."""
    return any(topic == EMERGENCY and confidence >= _DANGER_FROM for topic, confidence in ranking)


class RasaSilent(Exception):
    """Rasa is down, late or wrong; the text says which, without a person's words."""


@dataclass(frozen=True)
class Question:
    """What Rasa is asked: a person's text, or the intent of a button."""

    turn: int
    person: str
    language: str
    text: str | None = None
    intent: str | None = None
    entities: tuple[tuple[str, str], ...] = ()
    area: str | None = None
    """Where she is, as far as known."""
    mentioned: str | None = None
    """The one area her message names."""
    last_topic: str | None = None
    """What the message before this one was about."""
    answered: int = 0
    """The number of the check's question whose button she tapped; 0 for anything else."""
    again: bool = False
    """The turn may have been taken before (a crash lies between)."""
    start_over: bool = False
    """Forget forms and slots first."""


@dataclass(frozen=True)
class Decision:
    """What Rasa answered."""

    topic: str | None
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    directives: tuple[Directive, ...]


_TRIAL = Question(turn=0, person="trial", language="en", intent="find_hotline", area="CN")


class RasaClient:
    """Asks Rasa. After several failures in a row it stops asking for a few seconds, so that nobody waits in vain."""

    def __init__(
        self, url: str, secret: str, *, timeout: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=timeout,
            headers={"x-anlu-secret": secret},
            transport=transport,
            limits=httpx.Limits(max_keepalive_connections=20),
            trust_env=False,
        )
        self._timeout = timeout
        self._failures = 0
        self._closed_until = 0.0

    async def ask(self, question: Question) -> Decision:
        """What to say to a message.

        Raises:
            RasaSilent: when there is no answer that can be used.
        """
        if time.monotonic() < self._closed_until:
            raise RasaSilent("not asked: it failed just now")
        try:
            post = self._http.post("/webhooks/anlu/turn", json=_as_json(question))
            # The HTTP client's own limit is for each read; an answer that comes in drops would never be late.
            response = await asyncio.wait_for(post, self._timeout)
            if response.status_code != 200:
                raise RasaSilent(f"HTTP {response.status_code}")
            decision = _decision(response.json())
        except (httpx.HTTPError, asyncio.TimeoutError) as error:
            self._count_failure()
            raise RasaSilent(type(error).__name__) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._count_failure()
            raise RasaSilent(f"unreadable answer: {type(error).__name__}") from None
        except RasaSilent:
            self._count_failure()
            raise
        self._failures = 0
        return decision

    async def answers(self) -> bool:
        """Whether the whole chain works: a turn that needs Rasa, its model, the action server and the content."""
        try:
            return bool((await self.ask(_TRIAL)).directives)
        except RasaSilent:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_TO_OPEN:
            self._closed_until = time.monotonic() + _SECONDS_OPEN
            self._failures = 0
            logger.warning("Rasa failed %d times in a row; not asked for %d s", _FAILURES_TO_OPEN, _SECONDS_OPEN)


def _as_json(question: Question) -> dict[str, Any]:
    return {
        "turn": str(question.turn),
        "person": question.person,
        "text": question.text.lstrip("/ ") if question.text else question.text,  # a slash would name an intent outright
        "intent": question.intent,
        "entities": dict(question.entities),
        "metadata": {
            "language": question.language,
            "area": question.area,
            "mentioned": question.mentioned,
            "last_topic": question.last_topic,
        },
        "answered": question.answered,
        "again": question.again,
        "start_over": question.start_over,
    }


def _decision(data: dict[str, Any]) -> Decision:
    directives = tuple(d for d in (parse_directive(raw) for raw in data["directives"]) if d)
    return Decision(
        topic=data["topic"],
        confidence=float(data["confidence"]),
        ranking=tuple((str(name), float(confidence)) for name, confidence in data["ranking"]),
        directives=directives,
    )
