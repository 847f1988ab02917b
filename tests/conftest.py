"""What tests of several rooms share: Anlu itself, running with all its processes, and a neutral page of another site."""

import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.dialogue.training import model_of
from bot.settings import ROOT
from bot.supervisor import free_port

_READY_SECONDS = 300
"""Training included, on two cores that other work shares."""


def own_environment(**given: str) -> dict[str, str]:
    """This process's environment without any of Anlu's settings but the given ones."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANLU_") and k not in ("HOST", "PORT")}
    return {**kept, **given}


def wait_until_answers(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Wait for a 200.

    Raises:
        RuntimeError: when the process ended or the time is up; with the end of its log.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


class _Ordinary(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>Weather</title><p>Sunny."
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def ordinary_page() -> Iterator[str]:
    """The address of another site's plain page, where the quick exit lands."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Ordinary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/weather"
        server.shutdown()


@pytest.fixture(scope="session")
def anlu_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the Anlu that runs for this session."""
    return tmp_path_factory.mktemp("anlu-data")


@pytest.fixture(scope="session")
def anlu(anlu_data: Path, ordinary_page: str) -> Iterator[str]:
    """Anlu with all its processes, as `make run` starts it; its address. Trains when there is no model to take over."""
    ready_made = model_of(ROOT, ROOT / "var")
    if ready_made.exists():
        (anlu_data / "models").mkdir()
        shutil.copy(ready_made, anlu_data / "models")
    address = f"http://127.0.0.1:{(port := free_port())}"
    environment = own_environment(PORT=str(port), ANLU_DATA_DIR=str(anlu_data), ANLU_QUICK_EXIT_URL=ordinary_page)
    log = anlu_data / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until_answers(f"{address}/health/ready", process, log, _READY_SECONDS)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
