"""Takes what could name a person out of text that is about to be logged."""

import re

_PATTERNS = (
    (re.compile(r"\b\d{6,}:[A-Za-z0-9_-]{20,}\b"), "[token]"),  # a Telegram bot token
    (re.compile(r"(?i)\b(bearer|secret|token|password|key)(=|: ?)\S+"), r"\1\2[secret]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[mail]"),
    (re.compile(r"(?<![\w.])@\w{3,}"), "[name]"),
    (re.compile(r"(?<!\w)\+?\d(?:[ ().-]?\d){6,}(?!\w)"), "[number]"),
    (re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff\uaa60-\uaa7f]+"), "[words]"),
)


def redact(text: str) -> str:
    """The text without tokens, mail addresses, handles, long numbers and anything in a script people write in to us.

    Our own log lines are English; whatever else is in one came from outside.
    """
    for pattern, mark in _PATTERNS:
        text = pattern.sub(mark, text)
    return text
