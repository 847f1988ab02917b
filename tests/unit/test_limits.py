"""Fair use."""

from bot.safety.limits import FairUse


def test_ten_quick_taps_are_fine() -> None:
    """A frightened person taps fast; ten taps at once are not held back."""
    fair = FairUse()
    assert [fair.wait_for_person("a") for _ in range(10)] == [0] * 10


def test_a_flood_is_told_how_long_to_wait() -> None:
    """Past the limit the seconds to wait are whole, at least 1 and not long; nobody else has to wait."""
    fair = FairUse()
    waits = [fair.wait_for_person("flood") for _ in range(40)]
    assert waits[:15] == [0] * 15
    assert all(isinstance(w, int) and 1 <= w <= 60 for w in waits[20:])
    assert fair.wait_for_person("somebody else") == 0


def test_new_conversations_are_counted_by_address() -> None:
    """A village shares an address: sixty new conversations a minute, then a wait; other addresses are free."""
    fair = FairUse()
    waits = [fair.wait_for_address("10.0.0.1") for _ in range(70)]
    assert waits[:60] == [0] * 60
    assert all(w >= 1 for w in waits[62:])
    assert fair.wait_for_address("10.0.0.2") == 0


def test_nobody_is_remembered_after_a_restart() -> None:
    """Counts live in memory only."""
    fair = FairUse()
    for _ in range(40):
        fair.wait_for_person("a")
    assert FairUse().wait_for_person("a") == 0
