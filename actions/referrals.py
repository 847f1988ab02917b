"""Answers that show who can help, and the question where she is."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import directory, read_turn, say, say_referrals


class ActionRefer(Action):
    """The topic's answer, then who can help: where she named a place, else where she is, else in general."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_refer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say both."""
        facts = read_turn(tracker)
        say(dispatcher, "topic", topic=facts.topic)
        area = facts.mentioned or facts.area
        say_referrals(dispatcher, facts, topic=facts.topic, area=area, remember=False)
        return [SlotSet("place", None), SlotSet("topic_for_place", facts.topic)]


class ActionReferToPlace(Action):
    """She told where she is: who can help there, with the topic she had asked about."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_refer_to_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say it, and remember the place."""
        facts = read_turn(tracker)
        place = tracker.get_slot("place")
        if place in directory().places:
            topic = tracker.get_slot("topic_for_place") or "find_hotline"
            say_referrals(dispatcher, facts, topic=topic, area=place, remember=True)
        return [SlotSet("place", None)]
