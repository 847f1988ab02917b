"""Nothing a person says gets into a log, whichever way it tries."""

import asyncio
import gc
import io
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from bot import logs
from bot.settings import ROOT

MARKER = "my husband hides my passport"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Logging as every process sets it up; gives what stderr holds so far. Put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook)
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.set_up()
    yield stderr.getvalue
    root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook = before


def _fail() -> None:
    try:
        raise KeyError(MARKER)
    except KeyError:
        raise ValueError(f"cannot read {MARKER}") from None


def test_an_errors_text_stays_inside(log: Callable[[], str]) -> None:
    """Of an exception: its kind and its places, on the record's own line; neither its text nor its cause's."""
    try:
        _fail()
    except ValueError:
        logging.getLogger("bot.x").exception("the turn failed")
    line = log()
    assert MARKER not in line
    assert "ValueError at" in line
    assert "_fail" in line
    assert line.count("\n") == 1


def test_a_chain_of_errors_stays_inside(log: Callable[[], str]) -> None:
    """Causes and contexts do not bring their texts either."""
    try:
        try:
            _fail()
        except ValueError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        logging.getLogger("bot.x").exception("failed", stack_info=True)
    assert MARKER not in log()


def test_an_earlier_formatter_opens_no_way(log: Callable[[], str]) -> None:
    """Another handler may have formatted the exception already; its text is not taken over."""
    try:
        _fail()
    except ValueError:
        record = logging.LogRecord("bot.x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    logging.Formatter().format(record)
    logging.getLogger().handle(record)
    assert MARKER not in log()


def test_a_broken_log_call_does_not_print_its_arguments(log: Callable[[], str]) -> None:
    """A mistake in a log call must not print what it was given."""
    logging.getLogger("bot.x").warning("%d messages", MARKER)
    assert MARKER not in log()


async def test_a_task_nobody_waits_for(log: Callable[[], str]) -> None:
    """Asyncio quotes the exception of a lost task in its message; the quote is left out, that it happened stays."""

    async def lost() -> None:
        _fail()

    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    del task
    gc.collect()
    await asyncio.sleep(0)
    line = log()
    assert MARKER not in line
    assert "Task exception was never retrieved" in line
    assert "ValueError at" in line


def test_one_record_is_one_line(log: Callable[[], str]) -> None:
    """A line break in a value cannot forge another record."""
    logging.getLogger("bot.x").warning("odd value %s", "a\r\n2026-01-01T00:00:00 ERROR bot.y: forged\u2028x\x1b[31m")
    line = log()
    assert line.count("\n") == 1
    assert "\r" not in line
    assert "\x1b" not in line


def test_numbers_and_words_are_redacted(log: Callable[[], str]) -> None:
    """A phone number, a token and Chinese in a message do not get out."""
    logging.getLogger("bot.x").warning(
        "bad input %s %s %s", "13812345678", "1234567:AAAAAAAAAAAAAAAAAAAAAAAA", "救救我"
    )
    line = log()
    for secret in ("13812345678", "AAAAAAAAAA", "救"):
        assert secret not in line


def test_chatty_libraries_are_quiet(log: Callable[[], str]) -> None:
    """An HTTP library's request lines (with tokens in their addresses) are not logged."""
    for name in ("httpx", "telegram.ext", "uvicorn.access"):
        logging.getLogger(name).info("POST https://api.example.org/bot123:token")
    assert log() == ""


def test_a_process_that_falls_over_says_no_word() -> None:
    """Even an error nobody catches, in the main thread or another, ends up as kind and places."""
    program = (
        "import threading; from bot import logs; logs.set_up()\n"
        f"def fall(): raise ValueError('{MARKER}')\n"
        "t = threading.Thread(target=fall); t.start(); t.join(); fall()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert MARKER not in done.stderr
    assert done.stderr.count("ValueError at") == 2
