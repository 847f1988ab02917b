"""What a reply looks like in Telegram, and what a button carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.line import Pace
from bot.channels.telegram.writing import parts_of, rows_of, split
from bot.messages import Button, ReferralCard, Reply


def phrase(key: str, **values: str) -> str:
    return f"{key} {' '.join(values.values())}"


@given(st.text(max_size=300), st.integers(20, 60))
def test_pieces_fit_and_lose_no_word(text: str, limit: int) -> None:
    """Every piece fits Telegram's count; put together they hold every visible character in order."""
    pieces = split(text, limit)
    assert all(len(p.encode("utf-16-le", "surrogatepass")) // 2 <= limit for p in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize("letter", ["ខ្ញុំ", "ကျွန်ုပ်", "ນ້ຳ", "👩‍👩‍👧", "🇨🇳"])
def test_letters_stay_whole(letter: str) -> None:
    """A cut never parts a mark, a stacked consonant, a family or a flag."""
    for piece in split(letter * 60, 50):
        assert piece.startswith(letter[0])
        assert set(split(piece, 50)) == {piece}
        assert not piece.endswith(("\u200d", "\u17d2", "\u1039"))


def test_paragraphs_are_preferred() -> None:
    """Long answers part between paragraphs."""
    assert split("a" * 30 + "\n\n" + "b" * 30, 40) == ["a" * 30, "b" * 30]


def test_cards_are_plain_lines_and_buttons_come_last() -> None:
    """A card shows name, number, hours, abroad and note; buttons hang on the last part."""
    card = ReferralCard("kh-1", "Police", "117", "day and night", (), abroad="+855 1", note="Free.", links=("x.org",))
    reply = Reply("referral", "w " * 3000, referrals=(card,), buttons=(Button("Menu", "menu"),))
    parts = parts_of(reply, phrase)
    assert len(parts) == 2
    assert not parts[0].rows
    assert parts[1].text.endswith("Police\n117\nweb_hours day and night\nweb_abroad +855 1\nFree.\nx.org")
    assert parts[1].rows == ((Button("Menu", "menu"),),)


def test_short_titles_share_a_row() -> None:
    """Two short ones a row, long ones alone."""
    yes, no, long = Button("Yes", "yes"), Button("不是", "no"), Button("a title that is long", "menu")
    assert rows_of((yes, no, long, yes)) == ((yes, no), (long,), (yes,))


def test_a_button_opens_only_in_its_chat_and_unchanged() -> None:
    """Another chat, another payload, another secret: refused. A turned key still opens old buttons."""
    buttons = Buttons("s" * 32)
    data = buttons.close("7", "forget:yes")
    assert buttons.open("7", data) == "forget:yes"
    assert buttons.open("8", data) is None
    assert buttons.open("7", data[:12] + "forget:no") is None
    assert Buttons("t" * 32).open("7", data) is None
    assert Buttons("t" * 32 + "," + "s" * 32).open("7", data) == "forget:yes"


@given(st.text(max_size=70))
def test_no_made_up_data_opens(data: str) -> None:
    """Whatever a client sends, nothing breaks and nothing opens."""
    assert Buttons("s" * 32).open("7", data) is None


def test_the_longest_payload_fits() -> None:
    """The grammar's longest payload and its mark fit into 64 bytes."""
    assert len(Buttons("s" * 32).close("7", "language:" + "a" * 40 + ":99")) == 64


def test_pace_lets_a_burst_through_and_then_keeps_the_rate() -> None:
    """Five at once, then one a second; a rest gives the burst back."""
    pace = Pace(1.0, 5)
    assert [pace.reserve(100.0) for _ in range(8)] == [0, 0, 0, 0, 0, 1, 2, 3]
    assert pace.reserve(200.0) == 0
