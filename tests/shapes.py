"""The shapes the interface document promises, to the field."""

from typing import Any

import httpx

TURN = {"conversation_id": str, "language": str, "mode": str, "emergency": bool, "sequence": int, "messages": list}
MESSAGE = {
    "kind": str,
    "topic": str | None,
    "text": str,
    "buttons": list,
    "image": str | None,
    "audio": str | None,
    "referrals": list,
}
BUTTON = {"title": str, "payload": str}
REFERRAL = {
    "id": str,
    "name": str,
    "number": str | None,
    "abroad": str | None,
    "hours": str | None,
    "languages": list,
    "note": str | None,
    "links": list,
    "text_only": bool,
}
KINDS = {"answer", "phrase", "emergency", "referral", "menu", "human", "notice"}


def assert_shape(value: dict[str, Any], shape: dict[str, Any]) -> None:
    """The fields of the shape and no others, each of its type."""
    assert set(value) == set(shape)
    for name, kind in shape.items():
        assert isinstance(value[name], kind), f"{name} is {value[name]!r}"


def assert_turn(body: dict[str, Any]) -> None:
    """An answer as the interface document gives it."""
    assert_shape(body, TURN)
    assert body["mode"] in ("bot", "waiting", "human")
    assert body["messages"]
    for message in body["messages"]:
        assert_message(message)


def assert_message(message: dict[str, Any]) -> None:
    """One message as the interface document gives it."""
    assert_shape(message, MESSAGE)
    assert message["kind"] in KINDS
    assert message["text"].strip()
    for button in message["buttons"]:
        assert_shape(button, BUTTON)
        assert button["title"].strip()
    for referral in message["referrals"]:
        assert_shape(referral, REFERRAL)
        assert referral["name"].strip()


def assert_error(response: httpx.Response, *statuses: int) -> None:
    """An error for the program and for a person, and nothing else."""
    assert response.status_code in statuses, response.text
    body = response.json()
    assert set(body) == {"error", "detail"}
    assert all(isinstance(v, str) and v and "Traceback" not in v for v in body.values())
    assert len(body["detail"]) < 500
