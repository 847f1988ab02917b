"""What Rasa may tell Anlu to say."""

from typing import Any

import pytest

from bot.dialogue.directive import SAYINGS, Directive, parse_directive


@pytest.mark.parametrize("say", sorted(SAYINGS))
def test_every_saying_is_understood(say: str) -> None:
    """Only the fields that are there are set."""
    assert parse_directive({"say": say}) == Directive(say)


def test_fields_are_taken_and_unknown_ones_left() -> None:
    """A newer model may add fields; lists of referrals become tuples."""
    data = {"say": "referrals", "referrals": ["cn-110", "cn-12338"], "area": "CN", "remember": True, "colour": "red"}
    assert parse_directive(data) == Directive("referrals", referrals=("cn-110", "cn-12338"), area="CN", remember=True)


@pytest.mark.parametrize("data", [{}, {"say": None}, {"say": "sing"}, {"topic": "greet"}])
def test_an_unknown_saying_is_nothing(data: dict[str, Any]) -> None:
    """What an older or newer model says is passed over, not said wrongly."""
    assert parse_directive(data) is None
