"""Answers that show who can help, and the question where she is."""

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import directory, read_turn, say, say_referrals

UNKNOWN = "unknown"
"""The place slot's value once she was asked and said nothing we know: the question is not put again."""


class ActionRefer(Action):
    """The topic's answer, then who can help: where she named a place, else where she is, else in general."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_refer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say both. Danger brings its own numbers with the answer."""
        facts = read_turn(tracker)
        say(dispatcher, "topic", topic=facts.topic)
        if facts.topic != "report_immediate_danger":
            area = facts.mentioned or facts.area
            say_referrals(dispatcher, facts, topic=facts.topic, area=area, remember=False)
        return [SlotSet("place", None), SlotSet("topic_for_place", facts.topic)]


class ValidateAreaForm(FormValidationAction):
    """The question where she is: put once, and once more when the answer is no place we know; never a third time."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "validate_area_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """Nothing to ask when a place is known already."""
        facts = read_turn(tracker)
        return [] if facts.area or facts.mentioned or facts.topic == "report_immediate_danger" else domain_slots

    def validate_place(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A place of ours, or UNKNOWN."""
        return {"place": value if value in directory().places else UNKNOWN}


class ActionReferToPlace(Action):
    """She told where she is: who can help there, with the topic she had asked about."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_refer_to_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say it, unless no place was told or the answer has shown that place already."""
        facts = read_turn(tracker)
        place = tracker.get_slot("place")
        if place and place != UNKNOWN and place in directory().places:
            topic = tracker.get_slot("topic_for_place") or "find_hotline"
            say_referrals(dispatcher, facts, topic=topic, area=place, remember=True)
        return [SlotSet("place", None)]
