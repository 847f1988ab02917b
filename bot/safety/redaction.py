"""Takes what could name a person out of text that is about to be logged."""

import re

_PATTERNS = (
    (re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}"), "[token]"),  # a Telegram bot token
    (re.compile(r"(?i)(\bbearer\s+)\S+"), r"\1[secret]"),
    (re.compile(r"""(?i)((?<!\w)\w*(?:secret|token|password|key)\w*["']?\s*[=:]\s*)\S+"""), r"\1[secret]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[mail]"),
    (re.compile(r"@\w{3,}"), "[name]"),
    # Seven digits or more, however grouped; the time that begins our own lines is none.
    (re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\dT)\+?\d(?:(?:[^\S\n]|[().\-/]){0,3}\d){6,}"), "[number]"),
    (re.compile("(?<![A-Za-z])[A-Za-z]*[^\x00-\x7f][A-Za-z\u0080-\U0010ffff]*"), "[words]"),
)


def redact(text: str) -> str:
    """The text without tokens, mail addresses, handles, long numbers and any word that is not plain ASCII.

    Our own log lines are English; whatever else is in one came from outside.
    """
    for pattern, mark in _PATTERNS:
        text = pattern.sub(mark, text)
    return text
