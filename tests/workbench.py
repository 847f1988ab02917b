"""All of Anlu's processes, started one by one with proxies between them, so that each can be held, broken or killed."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from bot import assembly
from bot.dialogue.training import model_of
from bot.settings import ROOT, Settings
from bot.supervisor import Child, children_of
from tests.conftest import own_environment
from tests.gateway_process import GatewayProcess
from tests.processes import wait_for
from tests.proxy import Proxy
from tests.talk import Talk


class Workbench:
    """gateway -> `to_rasa` -> Rasa -> `to_actions` -> the action server, on one data folder."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        settings = Settings(data_dir=folder)  # type: ignore[call-arg]  # the rest has defaults
        _, (rasa, actions, _) = children_of(settings, assembly.secret_of(settings), str(model))
        self.to_rasa, self.to_actions = Proxy(_base(rasa.ready)), Proxy(_base(actions.ready))
        rasa.environment["ANLU_ACTIONS_URL"] = self.to_actions.url
        self._parts = {"rasa": rasa, "actions": actions}
        self._log = (folder / "parts.log").open("ab")
        self.gateway = GatewayProcess(
            folder, ANLU_RASA_URL=self.to_rasa.url, ANLU_ACTIONS_URL=self.to_actions.url, ANLU_FAIR_USE="off"
        )

    def start(self) -> "Workbench":
        """Start everything and wait until the whole chain answers and is warm."""
        assembly.prepare_database(assembly.assemble(Settings(data_dir=self.folder)))  # type: ignore[call-arg]
        for name in self._parts:
            self.start_part(name, wait=False)
        self.gateway.start()
        wait_for(lambda: all(_answers(child.ready) for child in self._parts.values()), 120)
        self.recover()
        return self

    def start_part(self, name: str, *, wait: bool = True) -> None:
        """Start Rasa or the action server."""
        child = self._parts[name]
        environment = own_environment(ANLU_DATA_DIR=str(self.folder), **child.environment)
        child.process = subprocess.Popen(
            child.command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        if wait:
            wait_for(lambda: _answers(child.ready), 90)

    def kill_part(self, name: str) -> None:
        """Kill -9."""
        process = self._parts[name].process
        assert process
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)

    def recover(self) -> float:
        """Let everything pass again and wait until a turn that needs every part is answered; how long it took."""
        started = time.monotonic()
        for proxy in (self.to_rasa, self.to_actions):
            if proxy._server is None:
                proxy.up()
            proxy.release()
        wait_for(lambda: "notice" not in self.talk().say("they took my passport").kinds, 30)
        return time.monotonic() - started

    def talk(self, language: str | None = None) -> Talk:
        """A new person."""
        return Talk(self.gateway.url, language=language)

    def stop(self) -> None:
        """End everything."""
        self.to_rasa.release()
        self.to_actions.release()
        self.gateway.stop()
        for child in self._parts.values():
            _kill(child)
        self.to_rasa.down()
        self.to_actions.down()
        self._log.close()


def take_model(folder: Path, trained_in: Path) -> Path:
    """Copy the model another Anlu was started with, so that it counts as the one of the present data; where it is."""
    here = model_of(ROOT, folder)
    here.parent.mkdir(parents=True)
    shutil.copy(next((trained_in / "models").glob("*.tar.gz")), here)
    return here


def open_workbench(folder: Path, trained_in: Path) -> Workbench:
    """A workbench on a fresh folder, with the model another Anlu was started with."""
    return Workbench(folder, take_model(folder, trained_in))


def _base(url: str) -> str:
    return str(httpx.URL(url).copy_with(path="/")).rstrip("/")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _kill(child: Child) -> None:
    if child.process and child.process.poll() is None:
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait(5)
