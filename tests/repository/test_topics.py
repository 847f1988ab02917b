"""Every topic is whole: understood, decided and answered, in every complete language."""

from collections import Counter
from typing import Any

import pytest

from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.languages.catalogue import COMPLETE
from bot.settings import ROOT
from bot.yaml_text import load_yaml
from tests.repository.topics import TOPICS
from tests.repository.training_data import utterances

TEXTS = build_lookup(read_folder(ROOT / "content"))
DOMAIN: dict[str, Any] = load_yaml((ROOT / "domain.yml").read_text(encoding="utf-8"))
FROM_BUTTONS = {"start_check", "start_missing_guide", "skip_question", "stop_check", "inform_area"}
"""Intents no text is understood as; only buttons send them."""
FEWEST = {"chat": 30}
"""Utterances a topic has at least; every other kind has 60."""


def _rules() -> list[dict[str, Any]]:
    files = sorted((ROOT / "stories").rglob("*.yml"))
    found = []
    for file in files:
        data = load_yaml(file.read_text(encoding="utf-8"))
        found += [*data.get("rules", []), *data.get("stories", [])]
    return found


def _intents(steps: list[dict[str, Any]]) -> set[str]:
    flat = [choice for step in steps for choice in step.get("or", [step])]
    return {step["intent"] for step in flat if "intent" in step}


RULES = _rules()


def test_there_are_exactly_the_known_topics() -> None:
    """The same ids and kinds as ever; 72 of them."""
    assert {topic.id: topic.kind for topic in TEXTS.topics.values()} == TOPICS
    assert len(TOPICS) == 72


def test_every_topic_is_an_intent_and_no_other() -> None:
    """Rasa knows the topics, and a few intents that only buttons send."""
    assert set(DOMAIN["intents"]) - FROM_BUTTONS == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_leads_to_something(topic: str) -> None:
    """A rule takes it, and what the rule does exists."""
    actions = {
        step["action"]
        for rule in RULES
        if topic in _intents(rule["steps"])
        for step in rule["steps"]
        if "action" in step and step["action"] != "action_listen"
    }
    assert actions, "no rule"
    known = {*DOMAIN["responses"], *DOMAIN["actions"], *DOMAIN["forms"], "action_deactivate_loop", "action_restart"}
    assert actions <= known


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_text(topic: str, language: str) -> None:
    """An article of its own; what it leads on to exists, and is not itself."""
    article = TEXTS.articles[topic, language]
    assert set(article.next) <= set(TOPICS)
    assert topic not in article.next
    figures = [c for screen in article.screens for c in screen if c.isdigit()]
    assert article.sources or not figures, "an answer with a figure names its sources"


@pytest.mark.parametrize("language", COMPLETE)
def test_every_topic_has_enough_training_data(language: str) -> None:
    """Enough different sentences to learn from."""
    counted = Counter(u.topic for u in utterances(language))
    few = {t: counted[t] for t, kind in TOPICS.items() if counted[t] < FEWEST.get(kind, 60)}
    assert few == {}


def test_responses_hold_directives_and_no_sentences() -> None:
    """What Rasa says is a directive (`custom`); the words stand in content/."""
    from bot.dialogue.directive import parse_directive

    for name, variants in DOMAIN["responses"].items():
        for variant in variants:
            assert set(variant) == {"custom"}, name
            directive = parse_directive(variant["custom"])
            assert directive, name
            assert directive.topic is None or directive.topic in TOPICS, name


def test_every_response_and_action_is_used() -> None:
    """Nothing is kept that no rule or form says."""
    used = {step.get("action") for rule in RULES for step in rule["steps"]}
    asked = {f"utter_ask_{form}_{slot}" for form, data in DOMAIN["forms"].items() for slot in data["required_slots"]}
    fallback = {"utter_unsure"}
    assert set(DOMAIN["responses"]) - used - asked - fallback == set()
    checked = {f"validate_{form}" for form in DOMAIN["forms"]}
    assert set(DOMAIN["actions"]) - used - checked == set()


def test_topics_in_the_menu_are_in_a_group_there_is() -> None:
    """And every group has topics."""
    groups = {t.group for t in TEXTS.topics.values() if t.group}
    assert groups == set(TEXTS.groups)


def test_referral_kinds_and_checks_exist() -> None:
    """What a topic brings along is there to be brought."""
    from bot.referrals.files import parse_services

    kinds = {s.kind for s in parse_services(read_folder(ROOT / "content"))}
    for topic in TEXTS.topics.values():
        assert set(topic.refer) <= kinds, topic.id
        assert topic.check is None or TEXTS.has_check(topic.check), topic.id
    assert [t.id for t in TEXTS.topics.values() if t.danger] == ["report_immediate_danger"]
