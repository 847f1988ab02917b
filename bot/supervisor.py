"""Starts and watches the processes of `make run`: Rasa, the action server, the gateway. One group; nothing is left behind.

Each child runs in its own session, so that its own children can be stopped too, and is started again when it ends by
itself. A small guard process ends whatever is left when the supervisor is killed without a word.
"""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot import assembly
from bot.dialogue.training import rasa_process
from bot.settings import ROOT, Settings

_STOP_SECONDS = 8.0
_BACKOFF = (0.5, 1.0, 2.0, 5.0)
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in linux/prctl.h
_GUARD = """
trap '' INT TERM HUP
while read -r line; do sessions=$line; done
for session in $sessions; do kill -s KILL -- "-$session"; done
"""
"""Told the sessions that run, a line for each change; the end of its input means that the supervisor is gone."""


@dataclass
class Child:
    """One process to keep alive. `ready` is asked over HTTP."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ready: str
    log: Path | None = None
    """Where its output goes, anew with each start; None: to ours."""
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started: float = 0.0


def free_port() -> int:
    """A port of the loopback interface nobody listens on now.

    Below those the system hands out for outgoing connections: one of these could take it before the child, and for long.
    """
    while True:
        port = 15000 + secrets.randbelow(17000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Supervisor:
    """Keeps the children alive until it is told to stop."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say
        self._stopping = threading.Event()
        self._guard: subprocess.Popen[bytes] | None = None

    def run(self, *, ready: Callable[[], None], patience: float = 120.0) -> int:
        """Start all, call `ready` once when every child answers, watch until stopped; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            for child in self._children:
                self._start(child)
            if not self._wait_ready(patience):
                return 0 if self._stopping.is_set() else 1
            ready()
            while not self._stopping.wait(0.2):
                for child in self._children:
                    self._revive(child)
            self._say("Stopping ...")
            return 0
        finally:
            self._stop_all()

    def stop(self) -> None:
        """End `run` as a signal would."""
        self._stopping.set()

    def _start(self, child: Child) -> None:
        output = child.log.open("wb") if child.log else None
        child.process = subprocess.Popen(
            child.command,
            stdout=output,
            stderr=output,
            env={**os.environ, **child.environment},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent  # noqa: PLW1509  # no other thread runs here yet, and it takes no lock
            if sys.platform == "linux"
            else None,
        )
        if output:
            output.close()
        child.started = time.monotonic()
        if self._guard and self._guard.stdin:
            sessions = [str(c.process.pid) for c in self._children if c.process]
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(" ".join(sessions).encode() + b"\n")
                self._guard.stdin.flush()

    def _revive(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        code = child.process.returncode
        _end_session(child.process, signal.SIGKILL)
        child.restarts = 0 if time.monotonic() - child.started > 60 else child.restarts + 1
        pause = _BACKOFF[min(child.restarts, len(_BACKOFF) - 1)]
        self._say(f"{child.name} ended ({_meaning(code)}); starting it again in {pause:g} s")
        if not self._stopping.wait(pause):
            self._start(child)

    def _wait_ready(self, patience: float) -> bool:
        until = time.monotonic() + patience
        waiting = list(self._children)
        with httpx.Client(timeout=1.0, trust_env=False) as client:
            while waiting and time.monotonic() < until and not self._stopping.wait(0.15):
                for child in list(waiting):
                    self._revive(child)
                    if _answers(client, child.ready):
                        waiting.remove(child)
        for child in waiting:
            if not self._stopping.is_set():
                self._say(f"{child.name} did not get ready in {patience:g} s")
        return not waiting and not self._stopping.is_set()

    def _stop_all(self) -> None:
        alive = [c.process for c in self._children if c.process]
        for process in alive:
            _end_session(process, signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, until - time.monotonic()))
            _end_session(process, signal.SIGKILL)
            process.wait()
        if self._guard:
            self._guard.kill()
            self._guard.communicate()


def _die_with_parent() -> None:
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def _end_session(process: subprocess.Popen[Any], number: signal.Signals) -> None:
    """Signal a child and everything it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _meaning(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def children_of(settings: Settings, secret: str, model: str) -> tuple[Settings, list[Child]]:
    """Rasa, the action server and the gateway, on loopback ports nobody else uses, and the settings that name them."""
    rasa_port, actions_port = free_port(), free_port()
    wired = settings.model_copy(
        update={
            "rasa_url": f"http://127.0.0.1:{rasa_port}",
            "actions_url": f"http://127.0.0.1:{actions_port}",
        }
    )
    ours = {"ANLU_RASA_URL": wired.rasa_url, "ANLU_ACTIONS_URL": wired.actions_url, "PYTHONPATH": str(ROOT)}
    rasa = {
        **assembly.rasa_environment(wired, secret),
        **rasa_process(ROOT),
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "OMP_NUM_THREADS": "1",
        "MPLCONFIGDIR": str(settings.data_dir / "matplotlib"),
    }
    host, port = settings.host, settings.port
    seen_from_here = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host  # noqa: S104  # compared, not bound
    return wired, [
        Child(
            "Rasa",
            [
                str(ROOT / ".venv-rasa/bin/python"), "-W", "ignore", "-m", "bot.inside_rasa.server",
                "--model", model, "--port", str(rasa_port),
            ],
            rasa,
            f"{wired.rasa_url}/webhooks/anlu/",
            settings.data_dir / "rasa.log",  # its libraries print pages of warnings at every start
        ),
        Child(
            "The action server",
            [sys.executable, "-m", "actions", "--port", str(actions_port)],
            ours,
            f"{wired.actions_url}/health",
        ),
        Child(
            "The gateway",
            [sys.executable, "-m", "bot", "gateway"],
            {**ours, "HOST": host, "PORT": str(port)},
            f"http://{seen_from_here}:{port}/health/live",
        ),
    ]  # fmt: skip
