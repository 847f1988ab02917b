"""The gateway as an operating-system process of its own, with a data folder of its own, for tests that go through its doors."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from bot.assembly import Services, assemble
from bot.settings import ROOT, Settings
from bot.supervisor import free_port

NOBODY = "http://127.0.0.1:9"
"""An address where nobody listens."""


class GatewayProcess:
    """Starts, stops and kills `python -m bot gateway` (or `run`: with Rasa); what it logged is in `log`."""

    def __init__(self, folder: Path, command: str = "gateway", **environment: str) -> None:
        self.folder = folder
        self._command = command
        self.python = [sys.executable]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gateway.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ANLU_") and not k.lower().endswith("_proxy")}
        self.environment = {
            **kept,
            "ANLU_DATA_DIR": str(folder),
            "ANLU_RASA_URL": NOBODY,
            "ANLU_ACTIONS_URL": NOBODY,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "GatewayProcess":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "GatewayProcess":
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            command = [*self.python, "-m", "bot", self._command]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health/live", trust_env=False).status_code == 200:
                    return self
            except httpx.HTTPError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the gateway did not start: {self.log.read_text()}")

    def stop(self) -> None:
        """Stop it as an operator would."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)

    def services(self) -> Services:
        """The same services on the same data, for looking at the database from outside."""
        values: dict[str, Any] = {"data_dir": self.folder}
        return assemble(Settings(**values))

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = httpx.get(f"{self.url}/metrics", trust_env=False).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))
