"""What a button may send back."""

import pytest

from bot.payloads import LONGEST, Payload, other_payload, parse_payload


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
        ("other", Payload("other")),
        ("other:bride_price.myths", Payload("other", "bride_price.myths")),
    ],
)
def test_buttons_of_ours_are_understood(text: str, payload: Payload | None) -> None:
    """Each verb with what it needs."""
    assert parse_payload(text) == payload


@pytest.mark.parametrize(
    "text",
    [
        "", "topic", "topic:", "topic:greet.thank", "other:", "other:.", "other:greet.", "other:a b",
        "topic:a b", "yes:no", "stop:1", "more", "more:greet:", "more:greet:123", "menu:work:1",
        "/restart", "/greet", "topic:greet\n", " topic:greet", "TOPIC:greet", "topic:" + "a" * 41, "topic:中文",
        "more:greet:１", "forget", "drop table", "\x00", "\ud800", "a" * 200_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """Only what a button of ours sends is a payload; never a slash command, never something added."""
    assert parse_payload(text) is None


def test_another_matter_carries_what_fits() -> None:
    """As many topics as a button can carry, in their order, and never more bytes than Telegram takes."""
    assert other_payload(["bride_price", "myths"]) == "other:bride_price.myths"
    assert other_payload([]) == "other"
    many = other_payload(["report_sexual_exploitation", "report_missing_person", "greet"])
    assert many == "other:report_sexual_exploitation"
    assert parse_payload(many) == Payload("other", "report_sexual_exploitation")
    assert len(other_payload(["t" * 60])) <= LONGEST
