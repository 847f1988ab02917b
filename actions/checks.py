"""The guided checks: how many questions each has, when it ends, and what the answers come to."""

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._services import services
from actions.turn import read_turn, say, say_referrals

CHECKS = ("self_check", "broker_check", "job_check", "missing_guide")
_LONGEST = 6
_TOPIC = {"missing_guide": "report_missing_person", "self_check": "report_suspected_case"}
"""Whose referrals follow the result of a check; the others bring none unless several answers were yes."""


def _questions(check: str | None) -> tuple[str, ...]:
    return services().knowledge.current().texts.questions(check) if check in CHECKS else ()


class ValidateCheckForm(FormValidationAction):
    """Asks as many questions as the chosen check has; "stop" ends it at once."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "validate_check_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """The slots of the questions still to be asked."""
        slots = [f"answer_{n}" for n in range(1, len(_questions(tracker.get_slot("check"))) + 1)]
        if any(tracker.get_slot(slot) == "stopped" for slot in slots):
            return []
        return slots


class ActionCheckResult(Action):
    """What the answers of a guided check come to. The answers are then forgotten."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_check_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say the result, then who can help."""
        facts = read_turn(tracker)
        check = tracker.get_slot("check")
        answers = [tracker.get_slot(f"answer_{n}") for n in range(1, len(_questions(check)) + 1)]
        if check not in CHECKS or "stopped" in answers:
            say(dispatcher, "topic", topic="ask_help")
        else:
            levels = _missing_levels(answers) if check == "missing_guide" else [_level(answers)]
            for level in levels:
                say(dispatcher, "check_result", check=check, level=level)
            if check == "missing_guide" or levels == ["many"]:
                topic = _TOPIC.get(check, "report_suspected_case")
                say_referrals(dispatcher, facts, topic=topic, area=facts.area, remember=False)
        return [SlotSet("check", None), *(SlotSet(f"answer_{n}", None) for n in range(1, _LONGEST + 1))]


def _level(answers: list[str | None]) -> str:
    """How many warning signs: none, some (one), many (two or more)."""
    yes = answers.count("yes")
    return "none" if yes == 0 else "some" if yes == 1 else "many"


def _missing_levels(answers: list[str | None]) -> list[str]:
    """Which advice a searching family gets, most urgent first: a child, then abroad; else the general one."""
    found = [level for level, answer in zip(("child", "abroad"), answers, strict=False) if answer == "yes"]
    return found or ["default"]
