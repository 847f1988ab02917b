"""Anlu's whole path beside Rasa's starter bot, on one machine, one after the other, in one run.

    .venv/bin/python -m tests.benchmarks.whole_path [--messages 2000] [--json FILE]

Anlu: HTTP in, inbox, danger words, Rasa, reply out, outbox; every process of `make run`. The starter bot: what `rasa init`
makes, with its default pipeline, trained and served by Rasa's own commands, asked over its REST channel. Also: memory of
all processes under load (sum of proportional set sizes), one person's turn 1,000 against turn 10, ten taps at once.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from bot.dialogue import training
from bot.settings import ROOT
from bot.supervisor import free_port
from tests.benchmarks.load import post, run_load

_RASA = ROOT / ".venv-rasa/bin/python"
_STARTER_SENTENCES = ("hello", "good morning", "i am sad", "that is great", "are you a bot", "bye", "yes", "no thanks")


def texts() -> list[tuple[str, str]]:
    """Language and text of everyday questions; danger words are measured by their own test."""
    found = []
    for file in sorted((ROOT / "tests/dialogue/tuning").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)
            if data["topic"] != "report_immediate_danger":
                found.append((data["language"], data["text"]))
    return found


@contextlib.contextmanager
def anlu(folder: Path, *, environment: dict[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """All processes of `make run` on a free port; its address and the supervisor's process id."""
    port = free_port()
    data = folder / "data"
    model = training.model_of(ROOT, data)
    have = training.model_of(ROOT, ROOT / "var")
    model.parent.mkdir(parents=True, exist_ok=True)
    if have.exists():
        shutil.copy(have, model)
    env = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "ANLU_DATA_DIR": str(data), **(environment or {})}
    with serving([sys.executable, "-m", "bot", "run"], ROOT, env, f"http://127.0.0.1:{port}/health/ready") as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextlib.contextmanager
def starter_bot(folder: Path) -> Iterator[tuple[str, int]]:
    """Rasa's starter bot, trained and served; its address and process id."""
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    code = "import rasa.cli.initial_project as p, pathlib; print(pathlib.Path(p.__path__[0]))"
    home = subprocess.run([str(_RASA), "-c", code], capture_output=True, text=True, check=True, env=env).stdout.strip()
    bot = folder / "starter"
    shutil.copytree(home, bot)
    (bot / "credentials.yml").write_text("rest:\n")
    (bot / "endpoints.yml").write_text("# none\n")
    with (folder / "starter-train.log").open("wb") as log:
        subprocess.run([str(_RASA), "-m", "rasa", "train"], cwd=bot, env=env, stdout=log, stderr=log, check=True)
    port = free_port()
    command = [str(_RASA), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    with serving(command, bot, env, f"http://127.0.0.1:{port}/webhooks/rest/") as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextlib.contextmanager
def serving(command: list[str], folder: Path, env: dict[str, str], ready: str) -> Iterator[int]:
    """A server in a session of its own until the block ends; waits until it answers 200."""
    log = tempfile.TemporaryFile()  # noqa: SIM115  # closed below, after the process
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        until = time.monotonic() + 240
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > until:
                log.seek(0)
                raise RuntimeError(f"{command[-1]} did not start: {log.read()[-2000:]!r}")
            time.sleep(0.3)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=3) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def memory_of(pid: int) -> int:
    """MiB of a process and all below it: proportional set size, so that shared pages count once."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return total // 1024


async def measure_anlu(base: str, messages: int) -> dict[str, Any]:
    """Load at eight at once, one person's long talk, ten taps at once."""
    spoken = texts()
    url = f"{base}/api/v1/messages"

    def ask(person: str, number: int) -> dict[str, Any]:
        language, text = spoken[number % len(spoken)]
        return {"conversation_id": person, "text": text, "language": language}

    await run_load(url, ask, lambda b: bool(b.get("messages")), senders=8, messages=200, tag="warm")
    load = await run_load(url, ask, lambda b: bool(b.get("messages")), senders=8, messages=messages, tag="load")
    return {"load": asdict(load), "ten_taps_seconds": await ten_taps(base)}


async def ten_taps(base: str) -> float:
    """Seconds until the last of ten messages of one person, sent at once, is answered."""
    host, port = base.removeprefix("http://").split(":")

    async def tap(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        data = {
            "conversation_id": "ten-taps-of-one-person",
            "payload": f"topic:{'myths' if number % 2 else 'equality'}",
        }
        status, _ = await post(reader, writer, "/api/v1/messages", host, data)
        assert status == 200, status
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(tap(number) for number in range(10)))
    return round(time.perf_counter() - started, 3)


async def long_talk(base: str, turns: int) -> dict[str, float]:
    """Median milliseconds of one person's turns around turn 10 and around the last; fair use must be off for it."""
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    spoken, times = texts(), []
    for number in range(turns):
        language, text = spoken[number % 40]
        data = {"conversation_id": "one-person-for-a-long-talk", "text": text, "language": language}
        before = time.perf_counter()
        status, _ = await post(reader, writer, "/api/v1/messages", host, data)
        times.append((time.perf_counter() - before) * 1000)
        assert status == 200, status
    writer.close()
    # The same forty sentences both times, so that only the length of the talk differs.
    return {"turn_10": round(median(times[10:50]), 2), f"turn_{turns}": round(median(times[-40:]), 2)}


async def measure_starter(base: str, messages: int) -> dict[str, Any]:
    """The same load for the starter bot."""
    url = f"{base}/webhooks/rest/webhook"

    def ask(person: str, number: int) -> dict[str, Any]:
        return {"sender": person, "message": _STARTER_SENTENCES[number % len(_STARTER_SENTENCES)]}

    await run_load(url, ask, lambda b: isinstance(b, list), senders=8, messages=100, tag="warm")
    load = await run_load(url, ask, lambda b: isinstance(b, list), senders=8, messages=messages, tag="load")
    return {"load": asdict(load)}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--turns", type=int, default=1000)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--only", choices=("anlu", "starter"))
    given = arguments.parse_args()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.only != "starter":
            print("Anlu: starting ...", flush=True)
            with anlu(folder) as (base, pid):
                result["anlu"] = asyncio.run(measure_anlu(base, given.messages))
                result["anlu"]["memory_mib"] = memory_of(pid)
            print(json.dumps(result["anlu"], indent=1), flush=True)
            with anlu(folder, environment={"ANLU_FAIR_USE": "off"}) as (base, _):
                result["anlu"]["long_talk_ms"] = asyncio.run(long_talk(base, given.turns))
            print(json.dumps(result["anlu"]["long_talk_ms"]), flush=True)
        if given.only != "anlu":
            print("Rasa's starter bot: training and starting ...", flush=True)
            with starter_bot(folder) as (base, pid):
                result["starter"] = asyncio.run(measure_starter(base, max(200, given.messages // 4)))
                result["starter"]["memory_mib"] = memory_of(pid)
            print(json.dumps(result["starter"], indent=1), flush=True)
    if len(result) == 2:
        ours, theirs = result["anlu"], result["starter"]
        result["times_messages_per_second"] = round(ours["load"]["per_second"] / theirs["load"]["per_second"], 2)
        result["share_of_p95"] = round(ours["load"]["p95"] / theirs["load"]["p95"], 2)
        result["share_of_memory"] = round(ours["memory_mib"] / theirs["memory_mib"], 2)
        keys = ("times_messages_per_second", "share_of_p95", "share_of_memory")
        print(json.dumps({key: result[key] for key in keys}, indent=1))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
