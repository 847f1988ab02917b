"""Laws of payloads, redaction, sealing and danger words."""

import re
import string

from hypothesis import example, given
from hypothesis import strategies as st

from bot.languages.catalogue import LANGUAGES
from bot.payloads import Payload, parse_payload
from bot.safety.crisis import build_danger_words
from bot.safety.redaction import redact
from bot.storage.encryption import Seal, pseudonym
from tests.builders import OTHER_SECRET, SECRET
from tests.properties.strategies import HAN, KHMER, anything, mixed, texts

names = st.text(string.ascii_letters + "_-", min_size=1, max_size=40)
payloads = st.one_of(
    st.builds(Payload, st.sampled_from(["areas", "yes", "no", "skip", "stop", "lost", "person", "menu"])),
    st.builds(Payload, st.sampled_from(["topic", "area", "language", "script", "check", "forget", "menu"]), names),
    st.builds(Payload, st.just("more"), names, st.integers(0, 99)),
)


@given(payloads)
def test_a_payload_comes_back_as_it_was(payload: Payload) -> None:
    """Written the way buttons are written, read again, the same."""
    written = ":".join(filter(None, (payload.verb, payload.name, str(payload.number) if payload.number else None)))
    assert parse_payload(written) == payload


@given(st.one_of(anything, st.text("topicmremnuaslangchk:0123456789/_-", max_size=30)))
def test_no_text_breaks_payloads(text: str) -> None:
    """Any text is either refused or a button that can be written again."""
    payload = parse_payload(text)
    assert payload is None or (payload.verb and "/" not in text and text.isascii())


separators = st.sampled_from(["", " ", "-", ".", ") ", " (", "/", "\u00a0", " - "])


@given(
    texts,
    st.text(string.digits, min_size=7, max_size=15),
    st.lists(separators, min_size=15, max_size=15),
    st.sampled_from(["", "+", "tel:", "x"]),
    texts,
)
@example("2026-11-24T15:54:07 INFO x: ", "13812345678", [""] * 15, "", "")
def test_a_planted_number_never_stays(before: str, digits: str, between: list[str], lead: str, after: str) -> None:
    """However a phone number is grouped, and whatever stands around it: its digits are not in the line any more."""
    number = "".join(d + s for d, s in zip(digits, between, strict=False)).rstrip(" -./()\u00a0")
    line = redact(f"{before}{lead}{number}{after}")
    left = "".join(re.findall(r"\d", line))
    assert digits not in left or digits in "".join(re.findall(r"\d", before + after))


@given(
    texts,
    st.from_regex(r"[0-9]{8,10}:[A-Za-z0-9_-]{35}", fullmatch=True),
    st.sampled_from(["/bot{}/sendMessage", "{}", "token={}", "'{}'"]),
)
def test_a_planted_token_never_stays(around: str, token: str, frame: str) -> None:
    """A bot token goes, wherever it stands."""
    line = redact(around + frame.format(token) + around)
    assert token not in line
    assert token.split(":")[1] not in line


@given(texts, st.text(st.sampled_from(HAN + KHMER + "𠮷㐂"), min_size=1, max_size=12), texts)
def test_a_planted_word_never_stays(before: str, word: str, after: str) -> None:
    """No character of a Chinese or Khmer word, or of any other script, is left; a redacted line is plain ASCII."""
    line = redact(before + word + after)
    assert line.isascii()
    assert redact(line) == line


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), anything, mixed),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(anything, inner, max_size=3)),
    max_leaves=8,
)
SEAL, TURNED = Seal(SECRET, "message"), Seal(f"{OTHER_SECRET},{SECRET}", "message")


@given(json_values)
def test_sealing_is_undone_by_opening(value: object) -> None:
    """Any value, with any characters, comes back; with the key turned too."""
    sealed = SEAL.close(value)
    assert SEAL.open(sealed) == value
    assert TURNED.open(sealed) == value
    assert TURNED.open(TURNED.close(value)) == value


@given(
    st.text(max_size=30),
    st.text(string.printable, min_size=1, max_size=40).filter(lambda s: s.strip(" ,\n\t\r\x0b\x0c")),
)
def test_a_pseudonym_survives_new_keys(address: str, new: str) -> None:
    """Whatever is put in front, people stay who they were."""
    address = address.encode("utf-8", "ignore").decode()
    assert pseudonym(f"{new},{SECRET}", "web", address) == pseudonym(SECRET, "web", address)


RULES = build_danger_words(
    {
        "crisis/en.yml": "rules: [{reason: violence_now, any: [he is hitting me]}]",
        "crisis/zh.yml": "rules: [{reason: violence_now, any: [救命]}]",
    }
)


@given(mixed, mixed, st.sampled_from(sorted(LANGUAGES)))
def test_a_cry_is_heard_wherever_it_stands(before: str, after: str, language: str) -> None:
    """Whatever stands around it and whichever language is expected, a cry for help is heard."""
    assert RULES.assess(f"{before} 救命 {after}", language) == "violence_now"
    assert RULES.assess(f"{before} He is hitting me. {after}", language) == "violence_now"


@given(texts, st.sampled_from(sorted(LANGUAGES)))
def test_no_text_breaks_the_danger_words(text: str, language: str) -> None:
    """Any text at all is assessed without an error."""
    RULES.assess(text, language)
