"""What every action reads of a turn, and the one way it answers: a directive for the gateway to put into words."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions._services import services
from bot.referrals.matching import Directory


@dataclass(frozen=True)
class TurnFacts:
    """Of the present message: topic, language, where she is, the place it names."""

    person: str
    topic: str
    language: str
    area: str | None
    mentioned: str | None
    last_topic: str | None


def read_turn(tracker: Tracker) -> TurnFacts:
    """The facts of the present message."""
    metadata: dict[str, Any] = tracker.latest_message.get("metadata") or {}
    return TurnFacts(
        person=tracker.sender_id,
        topic=tracker.get_intent_of_latest_message() or "",
        language=metadata.get("language") or "zh",
        area=metadata.get("area"),
        mentioned=metadata.get("mentioned"),
        last_topic=metadata.get("last_topic"),
    )


def say(dispatcher: CollectingDispatcher, saying: str, **named: Any) -> None:
    """Say one directive; see bot/dialogue/directive.py for the sayings."""
    dispatcher.utter_message(json_message={"say": saying, **named})


def directory() -> Directory:
    """The services and places of today."""
    return services().knowledge.current().directory


def say_referrals(
    dispatcher: CollectingDispatcher, facts: TurnFacts, *, topic: str, area: str | None, remember: bool
) -> None:
    """Look up who helps with a topic in an area, and say it."""
    known = services().knowledge.current().texts.topics.get(topic)
    kinds = known.refer if known and known.refer else ("emergency", "women", "trafficking")
    found = directory().find(kinds=kinds, area=area, language=facts.language, at=services().clock())
    say(dispatcher, "referrals", referrals=[s.id for s in found], area=area, remember=remember)
