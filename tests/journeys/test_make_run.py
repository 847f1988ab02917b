"""`make run` as an operator meets it: what it says, what it leaves, and what happens when something dies."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT
from bot.supervisor import free_port
from tests.conftest import own_environment
from tests.processes import part, processes_of, wait_for
from tests.talk import Talk
from tests.workbench import take_model

pytestmark = pytest.mark.chain
_READY_SECONDS = 120
PARTS = ("rasa", "actions", "gateway")


class Running:
    """One `make run`, in a session of its own as in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "run.log"
        self.begun = time.monotonic()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env=own_environment(PORT=str(port), ANLU_DATA_DIR=str(folder)),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self, *words: str) -> bool:
        """Whether all the words were said."""
        text = self.log.read_text(errors="replace")
        return all(word in text for word in words)

    def wait_ready(self) -> float:
        """Wait until it says so; the seconds it took."""
        wait_for(lambda: self.said("Anlu is ready") or self.process.poll() is not None, _READY_SECONDS)
        assert self.said("Anlu is ready"), self.log.read_text()
        return time.monotonic() - self.begun

    def whole(self) -> bool:
        """Whether every part answers, by its own word."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def again(self, name: str, killed: int) -> bool:
        """Whether a part runs in another process than the killed one."""
        try:
            return part(self.folder, name) != killed
        except LookupError:
            return False

    def left(self) -> dict[int, str]:
        """The processes that are still there."""
        return processes_of(self.folder)

    def end(self) -> None:
        """Whatever a failed test left."""
        for pid in self.left():
            os.kill(pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def data(anlu: str, anlu_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a trained model."""
    folder = tmp_path_factory.mktemp("make-run")
    take_model(folder, anlu_data)
    return folder


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    """`make run` on that folder."""
    running = Running(data)
    yield running
    running.end()


def test_ready_said_revived_and_stopped(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """It names its addresses; what is killed is started again, and it says so; Ctrl-C ends all within ten seconds."""
    seconds = running.wait_ready()
    with capsys.disabled():
        print(f"\nmake run was ready after {seconds:.0f} s")
    assert running.said(f"{running.url}/", "/api/v1/openapi.json", "Ctrl-C")
    wait_for(running.whole, 20)
    she = Talk(running.url, language="en")
    assert "referral" in she.say("they took my passport").kinds
    for name, spoken in (("actions", "The action server"), ("rasa", "Rasa"), ("gateway", "The gateway")):
        killed = part(running.folder, name)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda spoken=spoken: running.said(f"{spoken} ended (signal 9); starting it again"), 10)
        wait_for(lambda name=name, killed=killed: running.again(name, killed) and running.whole(), 60)
    assert "referral" in she.say("they took my passport").kinds
    supervisor = part(running.folder, "supervisor")
    begun = time.monotonic()
    os.killpg(running.process.pid, signal.SIGINT)
    running.process.wait(15)
    assert time.monotonic() - begun < 10
    assert running.said("Stopping")
    assert supervisor not in running.left()
    assert wait_for(lambda: not running.left(), 3)


def test_terminated(running: Running) -> None:
    """SIGTERM: exit code 0, nothing left, within ten seconds."""
    running.wait_ready()
    supervisor = part(running.folder, "supervisor")
    begun = time.monotonic()
    os.kill(supervisor, signal.SIGTERM)
    assert running.process.wait(15) == 0
    assert time.monotonic() - begun < 10
    assert wait_for(lambda: not running.left(), 3)


def test_the_supervisor_killed(running: Running) -> None:
    """Kill -9 of the one that watches leaves nobody."""
    wait_for(
        lambda: all(any(name in line for line in running.left().values()) for name in ("gateway", "inside_rasa")), 60
    )
    os.kill(part(running.folder, "supervisor"), signal.SIGKILL)
    running.process.wait(10)
    assert wait_for(lambda: not running.left(), 5)
