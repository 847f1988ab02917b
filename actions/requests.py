"""What a person asks Anlu to do: another language, campaign messages on or off, a complaint."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._services import services
from actions.turn import read_turn, say
from bot.languages.choice import named_language, named_script


class ActionChangeLanguage(Action):
    """The language her message names, or the languages to choose from."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_change_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Say it; the gateway remembers."""
        text = tracker.latest_message.get("text") or ""
        language = named_language(text)
        if language:
            say(dispatcher, "language", language=language, script=named_script(text))
        else:
            say(dispatcher, "topic", topic="change_language")
        return []


class _Subscription(Action, ABC):
    """Campaign messages on or off."""

    topic: str
    wanted: bool

    @abstractmethod
    def name(self) -> str:
        """Its name in domain.yml; abstract, so that Rasa's SDK does not register this class itself."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Remember the wish, then confirm it."""
        facts = read_turn(tracker)
        here = services()
        with here.database.transaction() as connection:
            person = here.people.find(connection, facts.person)
            if person:
                here.people.remember(connection, replace(person, subscribed=self.wanted), at=here.clock())
        say(dispatcher, "topic", topic=self.topic)
        return []


class ActionSubscribe(_Subscription):
    """Campaign messages on."""

    topic, wanted = "subscribe", True

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_subscribe"


class ActionUnsubscribe(_Subscription):
    """Campaign messages off."""

    topic, wanted = "unsubscribe", False

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_unsubscribe"


class ActionGiveFeedback(Action):
    """A complaint about an answer: counted by topic and language, without her words or her pseudonym."""

    def name(self) -> str:
        """Its name in domain.yml."""
        return "action_give_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Count it, then thank her."""
        facts = read_turn(tracker)
        here = services()
        with here.database.transaction() as connection:
            here.feedback.add(connection, topic=facts.last_topic, language=facts.language, at=here.clock())
        say(dispatcher, "topic", topic="give_feedback")
        return []
