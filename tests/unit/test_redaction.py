"""What may stand in a log line and what may not."""

import pytest

from bot.safety.redaction import redact


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678", "+86 138 1234 5678", "(0086) 138-1234-5678", "+855 (0)12 345 678", "012.345.678", "021/6289-3311",
        "138123456789012", "１３８１２３４５６７８", "1234567890:AAH9xZ_abcdefghijklmnopqrstuvwxyz12",
        "anna.smith+x@example.org", "@some_handle", "救救我", "我在江西", "ជួយខ្ញុំ", "ช่วยด้วย", "ຊ່ວຍແດ່", "ကူညီပါ",
        "𠮷野", "cứu tôi với", "помогите", "도와주세요",
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame", ["{}", "failed: {} (again)", "chat={}", "'{}'", "x{}x", "got {}\nand {}"])
def test_what_names_or_quotes_a_person_is_taken_out(secret: str, frame: str) -> None:
    """Numbers, tokens, addresses, handles and words of other scripts go, whatever stands around them."""
    line = redact(frame.format(secret, secret))
    for part in secret.split():
        if len(part) > 3 or not part.isascii():
            assert part.strip("()") not in line


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("url?token=s3cr3t&x=1", "s3cr3t"),
        ("password: hunter2", "hunter2"),
        ("ANLU_SECRET_KEY=abcdef", "abcdef"),
    ],
)
def test_secrets_are_taken_out(line: str, kept: str) -> None:
    """What stands behind a secret's name goes."""
    assert kept not in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24T15:54:07 WARNING bot.dialogue.rasa_client: Rasa failed 3 times in a row; not asked for 5 s",
        "Rasa is silent: HTTP 500",
        "started on 127.0.0.1:8080",
        "content: topics/greet/vi.md was edited both in the store and in the folder; the live text stays",
        "",
    ],
)
def test_our_own_lines_stay_readable(line: str) -> None:
    """Times, small numbers, paths and loopback addresses are no secret."""
    assert redact(line) == line


def test_redaction_is_done_once_and_for_all() -> None:
    """Redacting a redacted line changes nothing."""
    line = redact("call 13812345678 救命 a@b.org @anna token=abc")
    assert redact(line) == line
