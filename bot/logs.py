"""Logging set-up. Every record is redacted; an error's own text, which may quote a person, is left out."""

import copy
import logging
import re
import sys
import threading
import traceback
from types import TracebackType

from bot.safety.redaction import redact

_QUIET = (
    "httpx",
    "httpcore",
    "apscheduler",
    "sanic",
    "uvicorn.access",
    "uvicorn.error",
    "langdetect",
    "opencc",
    "alembic",
)
_SILENT = ("telegram",)
"""Quotes what it could not read, a person's words among it; its errors reach us as exceptions."""


_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class RedactingFormatter(logging.Formatter):
    """One line per record, redacted; of an exception its kind and where it happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        record = copy.copy(record)
        record.msg, record.args = _message(record), ()
        record.exc_text = None  # another formatter may have left the full text there
        return redact(_BREAKS.sub(" ", super().format(record)))

    def formatException(  # noqa: N802  # the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Kind and places, without the error's text and without source lines."""
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
        return f"{kind.__name__ if kind else 'error'} at {places}"


def _message(record: logging.LogRecord) -> str:
    """The record's message; of an error given as the message only its kind."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    try:
        message = record.getMessage()
    except Exception:
        return f"{record.msg} (its values do not fit and are left out)"
    if record.name == "asyncio":
        return re.split(r"[\n<(]", message, maxsplit=1)[
            0
        ]  # what follows are values, errors with their texts among them
    return message


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Instead of Python's own print-out of an error nobody caught, which quotes its text."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logging.getLogger("anlu").critical("ended by an error", exc_info=(kind, error or kind(), trace))


def set_up(level: int = logging.INFO) -> None:
    """Send every log record of this process to stderr, redacted; errors nobody catches too."""
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda fall: _log_uncaught(fall.exc_type, fall.exc_value, fall.exc_traceback)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logging.raiseExceptions = False  # else a record that cannot be written is printed with its values
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
