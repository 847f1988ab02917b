"""One-call examples: each builder gives a whole, valid value; a test names only what it is about."""

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from bot.messages import Button, Incoming, ReferralCard, Reply

SECRET = "a-secret-for-tests-only-0123456789abcdef"
"""Long enough for production, and nobody's."""
OTHER_SECRET = "another-secret-for-tests-only-0123456789"
MOMENT = datetime(2026, 3, 8, 9, 30, tzinfo=timezone.utc)
"""A moment all tests can share."""


def incoming(**changes: Any) -> Incoming:
    """A message of a person at the web chat."""
    message = Incoming(
        door="web", address="conversation-0000000001", message_id="m1", received_at=MOMENT, text="我想回家"
    )
    return replace(message, **changes)


def reply(**changes: Any) -> Reply:
    """A plain answer."""
    return replace(Reply(kind="answer", text="You are not alone.", topic="greet"), **changes)


def full_reply() -> Reply:
    """An answer with everything an answer can carry."""
    return Reply(
        kind="emergency",
        text="请先到安全的地方。\nCall now.",
        topic="emergency",
        buttons=(Button("更多", "more:emergency:1"), Button("Menu", "menu")),
        referrals=(
            ReferralCard(
                "cn-110", "报警电话", "110", "全天", ("zh",), abroad=None, note="说出地点", links=("sms:12110",)
            ),
            ReferralCard("xx-chat", "Chat only", None, None, (), abroad="+85512345678"),
        ),
        image="images/door.svg",
        audio="audio/door.ogg",
    )


def article_body(**changes: str | None) -> str:
    """A topic's file; `changes` replaces or (None) leaves out lines of the front matter, `text` what follows it."""
    text = changes.pop("text", "First screen.\n\n<!-- more -->\n\nSecond screen.\n")
    fields: dict[str, str | None] = {
        "title": "Are brokers safe?",
        "revision": "3",
        "translated_from": "null",
        "reviewed_by": "null",
        "reviewed_on": "null",
        "sources": "[Workshop report]",
        "next": "[find_hotline]",
        "image": "null",
        "audio": "null",
    }
    fields.update(changes)
    front = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return f"---\n{front}---\n{text}"
