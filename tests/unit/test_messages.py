"""The values that travel keep everything on their way through JSON."""

import json

import pytest

from bot.messages import Reply
from tests import builders


@pytest.mark.parametrize("reply", [builders.reply(), builders.reply(topic=None), builders.full_reply()])
def test_a_reply_comes_back_whole(reply: Reply) -> None:
    """Stored and read again, a reply is the same."""
    assert Reply.from_json(json.loads(json.dumps(reply.as_json()))) == reply


def test_the_shape_of_a_reply_is_the_contracts() -> None:
    """The keys scripts rely on."""
    data = builders.full_reply().as_json()
    assert set(data) >= {"kind", "topic", "text", "buttons", "image", "audio", "referrals"}
    assert data["buttons"][0] == {"title": "更多", "payload": "more:emergency:1"}
    assert set(data["referrals"][0]) >= {"id", "name", "number", "hours", "languages"}
    assert data["referrals"][0]["languages"] == ["zh"]
