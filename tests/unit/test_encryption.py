"""Sealing, turning the key, pseudonyms."""

import base64

import pytest
from cryptography.fernet import Fernet

from bot.storage.encryption import Seal, Unreadable, derive_key, fernet_key, pseudonym
from tests.builders import OTHER_SECRET, SECRET

VALUE = {"text": "他打我 and I ran\x00", "n": [1, None, True], "odd": "\ud83d"}


def test_what_is_sealed_can_be_opened() -> None:
    """Any JSON value, lone surrogates and NUL included, comes back as it was."""
    seal = Seal(SECRET, "message")
    for value in (VALUE, None, "", "救命", [], 1.5, "\ud800\udfff"):
        assert seal.open(seal.close(value)) == value


def test_sealed_data_shows_nothing() -> None:
    """Neither the words nor that two values are the same can be seen."""
    seal = Seal(SECRET, "message")
    one, two = seal.close("MARKER-WORDS"), seal.close("MARKER-WORDS")
    assert one != two
    for sealed in (one, base64.urlsafe_b64decode(one)):
        assert b"MARKER" not in sealed


def test_each_purpose_has_its_own_key() -> None:
    """What one part may open another may not."""
    sealed = Seal(SECRET, "message").close("x")
    with pytest.raises(Unreadable):
        Seal(SECRET, "address").open(sealed)
    assert derive_key(SECRET, "a") != derive_key(SECRET, "b")
    assert len(derive_key(SECRET, "a")) == 32


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-1], lambda s: b"", lambda s: s[:20] + b"A" + s[21:], lambda s: b"\xff\x00"]
)
def test_changed_data_is_not_opened(damage) -> None:  # type: ignore[no-untyped-def]
    """Cut or changed, it is refused, and the error says nothing of the content."""
    seal = Seal(SECRET, "message")
    sealed = seal.close("words")
    broken = damage(sealed)
    if broken == sealed:
        broken = sealed[:20] + b"B" + sealed[21:]
    with pytest.raises(Unreadable) as caught:
        seal.open(broken)
    assert "words" not in str(caught.value)


def test_turning_the_key() -> None:
    """A new secret in front seals; the old one still opens; taken away, what it sealed is closed."""
    old = Seal(SECRET, "message").close("before")
    turned = Seal(f"{OTHER_SECRET}, {SECRET}", "message")
    assert turned.open(old) == "before"
    new = turned.close("after")
    assert Seal(OTHER_SECRET, "message").open(new) == "after"
    for seal, sealed in ((Seal(SECRET, "message"), new), (Seal(OTHER_SECRET, "message"), old)):
        with pytest.raises(Unreadable):
            seal.open(sealed)


@pytest.mark.parametrize("secrets", ["", " ", ",", " , ,"])
def test_no_secret_is_refused(secrets: str) -> None:
    """Nothing is ever sealed with an empty key."""
    with pytest.raises(ValueError, match="no secret"):
        Seal(secrets, "message")


def test_pseudonyms() -> None:
    """Stable, 32 hex digits, different per door, address and secret, and the same person while the key is turned."""
    handle = pseudonym(SECRET, "telegram", "4711")
    assert handle == pseudonym(SECRET, "telegram", "4711")
    assert len(handle) == 32
    assert set(handle) <= set("0123456789abcdef")
    assert handle == pseudonym(f"{OTHER_SECRET},{SECRET}", "telegram", "4711")
    assert handle == pseudonym(f" {OTHER_SECRET} , {SECRET} ,", "telegram", "4711")
    others = {
        pseudonym(SECRET, "web", "4711"),
        pseudonym(SECRET, "telegram", "4712"),
        pseudonym(OTHER_SECRET, "telegram", "4711"),
    }
    assert handle not in others
    assert len(others) == 3


def test_the_key_handed_to_rasa_is_a_fernet_key() -> None:
    """The derived key works in another process's Fernet."""
    key = fernet_key(SECRET, "tracker")
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"x")) == b"x"
