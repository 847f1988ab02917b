"""Logging set-up. Every record is redacted; an error's own text, which may quote a person, is left out."""

import logging
import sys
import traceback
from types import TracebackType

from bot.safety.redaction import redact

_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "sanic", "uvicorn.access", "langdetect", "opencc", "alembic")


class RedactingFormatter(logging.Formatter):
    """One line per record, redacted; of an exception its kind and where it happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        return redact(super().format(record))

    def formatException(  # noqa: N802  # the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Kind and places, without the error's text and without source lines."""
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
        return f"{kind.__name__ if kind else 'error'} at {places}"


def set_up(level: int = logging.INFO) -> None:
    """Send every log record of this process to stderr, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
