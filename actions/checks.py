"""The guided checks: what the answers come to."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._services import services
from actions.turn import read_turn, say, say_referrals

CHECKS = ("self_check", "broker_check", "job_check", "missing_guide")
_LONGEST = 6
_TOPIC = {"missing_guide": "report_missing_person", "self_check": "report_suspected_case"}
"""Whose referrals follow the result of a check; the others bring none unless several answers were yes."""


def _questions(check: str) -> tuple[str, ...]:
    return services().knowledge.current().texts.questions(check)


class ActionCheckResult(Action):
    """What the answers of a guided check come to. The answers are then forgotten."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_check_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say the result, then who can help."""
        facts = read_turn(tracker)
        check = tracker.get_slot("check")
        if check not in CHECKS or facts.topic == "stop_check":
            say(dispatcher, "topic", topic="ask_help")
        else:
            answers = [tracker.get_slot(f"answer_{n}") for n in range(1, len(_questions(check)) + 1)]
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
