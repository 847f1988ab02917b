"""Anlu's processes as the operating system sees them: found by the data folder they were started with (Linux)."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PARTS = {
    "supervisor": "bot\0run",
    "gateway": "bot\0gateway",
    "rasa": "bot.inside_rasa.server",
    "actions": "-m\0actions",
}
"""What stands in the command line of each part."""


def environment_of(pid: int) -> dict[str, str]:
    """A process's environment; empty when it is gone."""
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def processes_of(folder: Path) -> dict[int, str]:
    """The living processes that work with a data folder: number and command line."""
    found = {}
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        if pid != os.getpid() and environment_of(pid).get("ANLU_DATA_DIR") == str(folder):
            found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return found


def part(folder: Path, name: str) -> int:
    """The number of a part's process.

    Raises:
        LookupError: when it does not run.
    """
    for pid, command in processes_of(folder).items():
        if PARTS[name] in command:
            return pid
    raise LookupError(f"{name} does not run")


def wait_for(wanted: Callable[[], T], seconds: float = 20) -> T:
    """Ask until the answer is something; the answer.

    Raises:
        AssertionError: when the time is up.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = wanted()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s")
