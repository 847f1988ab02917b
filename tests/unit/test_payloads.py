"""What a button may send back."""

import pytest

from bot.payloads import Payload, parse_payload


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("topic:marriage_broker_risks", Payload("topic", "marriage_broker_risks")),
        ("more:greet:2", Payload("more", "greet", 2)),
        ("menu", Payload("menu")),
        ("menu:work", Payload("menu", "work")),
        ("area:CN-53", None),
        ("area:CN", Payload("area", "CN")),
        ("language:vi", Payload("language", "vi")),
        ("script:hant", Payload("script", "hant")),
        ("forget:yes", Payload("forget", "yes")),
        ("yes", Payload("yes")),
        ("no:3", Payload("no", number=3)),
        ("person", Payload("person")),
    ],
)
def test_buttons_of_ours_are_understood(text: str, payload: Payload | None) -> None:
    """Each verb with what it needs."""
    assert parse_payload(text) == payload


@pytest.mark.parametrize(
    "text",
    [
        "", "topic", "topic:", "topic:a b", "yes:no", "stop:1", "more", "more:greet:", "more:greet:123", "menu:work:1",
        "/restart", "/greet", "topic:greet\n", " topic:greet", "TOPIC:greet", "topic:" + "a" * 41, "topic:中文",
        "more:greet:１", "forget", "drop table", "\x00", "\ud800", "a" * 200_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """Only what a button of ours sends is a payload; never a slash command, never something added."""
    assert parse_payload(text) is None
