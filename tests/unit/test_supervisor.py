"""The supervisor with real small processes: whatever happens, none is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.supervisor import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the process table of Linux")

CHILD = """
import http.server, os, pathlib, signal, subprocess, sys
port, kind, notes = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
(notes / str(os.getpid())).touch()
if kind == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if kind == "parent":
    inner = subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 0.2; done"])
    (notes / str(inner.pid)).touch()
if kind == "crash":
    sys.exit(3)
if kind == "mute":
    signal.pause()
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", port), Hello).serve_forever()
"""
HOUSE = """
import functools, sys
from bot import supervisor
supervisor._STOP_SECONDS = 0.5
say = functools.partial(print, flush=True)
ports, kinds, notes, child, patience = sys.argv[1].split(","), sys.argv[2].split(","), *sys.argv[3:]
children = [
    supervisor.Child(f"The {k} one", [sys.executable, "-S", child, p, k, notes], {}, f"http://127.0.0.1:{p}/")
    for p, k in zip(ports, kinds)
]
sys.exit(supervisor.Supervisor(children, say).run(ready=lambda: say("READY"), patience=float(patience)))
"""


class House:
    """One supervisor with its children, as a process of its own."""

    def __init__(self, folder: Path, *kinds: str, patience: float = 20.0) -> None:
        self.notes = folder / "pids"
        self.notes.mkdir()
        child = folder / "child.py"
        child.write_text(CHILD)
        self.output = folder / "output"
        ports = ",".join(str(free_port()) for _ in kinds)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", HOUSE, ports, ",".join(kinds), str(self.notes), str(child), str(patience)],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def wait_for(self, text: str, *, seconds: float = 20.0) -> None:
        """Until the supervisor said something."""
        _until(lambda: text in self.said(), seconds=seconds, what=f"{text!r} in {self.said()!r}")

    def said(self) -> str:
        """All it said so far."""
        return self.output.read_text()

    def pids(self) -> set[int]:
        """Every process that noted itself."""
        return {int(path.name) for path in self.notes.iterdir()}

    def alive(self) -> set[int]:
        """Those of them that still run."""
        return {pid for pid in self.pids() if _runs(pid)}

    def wait_empty(self, *, seconds: float = 5.0) -> None:
        """Until none of them runs."""
        _until(lambda: not self.alive(), seconds=seconds, what="an end of every process")
        _until(lambda: not _session_members(self.process.pid), seconds=seconds, what="an empty session")


def _runs(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _session_members(leader: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state not in "ZX":
                found.add(int(path.parent.name))
    return found


def _until(true, *, seconds: float, what: str) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[list[House]]:
    """Houses a test opened; whatever a failed test left is ended, by its id."""
    opened: list[House] = []
    yield opened
    for house in opened:
        for pid in {house.process.pid, *house.pids()}:
            if _runs(pid):
                os.kill(pid, signal.SIGKILL)
        house.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_leaves_nothing(houses: list[House], tmp_path: Path, number: signal.Signals) -> None:
    """A child that ignores the signal is killed, and so is what a child had started; the exit code is 0."""
    houses.append(house := House(tmp_path, "plain", "stubborn", "parent"))
    house.wait_for("READY")
    assert len(house.alive()) == 4
    started = time.monotonic()
    os.kill(house.process.pid, number)
    assert house.process.wait(timeout=10) == 0
    assert time.monotonic() - started < 6
    assert not house.alive()
    house.wait_empty()
    assert "Stopping" in house.said()


def test_killed_without_a_word_it_leaves_nothing(houses: list[House], tmp_path: Path) -> None:
    """Kill -9 of the supervisor ends the children and what they had started."""
    houses.append(house := House(tmp_path, "plain", "stubborn", "parent"))
    house.wait_for("READY")
    assert len(house.alive()) == 4
    os.kill(house.process.pid, signal.SIGKILL)
    house.process.wait()
    house.wait_empty()


def test_a_crashed_child_is_started_again(houses: list[House], tmp_path: Path) -> None:
    """It says so, the new child answers, nothing of the old one is left, and the others never noticed."""
    houses.append(house := House(tmp_path, "plain", "parent"))
    house.wait_for("READY")
    before = house.alive()
    parent = next(p for p in before if Path(f"/proc/{p}/cmdline").read_bytes().split(b"\0")[-3] == b"parent")
    os.kill(parent, signal.SIGKILL)
    house.wait_for("The parent one ended (signal 9); starting it again in")
    _until(lambda: len(house.alive() - before) == 2, seconds=10, what="a new child with its own")
    assert len(before - house.alive()) == 2
    os.kill(house.process.pid, signal.SIGTERM)
    assert house.process.wait(timeout=10) == 0
    assert not house.alive()


def test_children_that_do_not_get_ready(houses: list[House], tmp_path: Path) -> None:
    """One that crashes at its start is tried again; after its patience the supervisor names who is missing, and fails."""
    houses.append(house := House(tmp_path, "plain", "mute", "crash", patience=1.2))
    assert house.process.wait(timeout=15) == 1
    assert "The crash one ended (exit code 3); starting it again in" in house.said()
    assert "The mute one did not get ready" in house.said()
    assert "The crash one did not get ready" in house.said()
    assert "The plain one did not" not in house.said()
    house.wait_empty()


def test_stopped_while_it_starts(houses: list[House], tmp_path: Path) -> None:
    """Ctrl-C before anything is ready ends cleanly too."""
    houses.append(house := House(tmp_path, "mute", "parent"))
    _until(lambda: len(house.alive()) == 3, seconds=15, what="all children")
    os.kill(house.process.pid, signal.SIGINT)
    assert house.process.wait(timeout=10) == 0
    house.wait_empty()
    assert "did not get ready" not in house.said()
