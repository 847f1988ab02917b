"""Load for a chat server over HTTP/1.1: several senders at once, each waiting for its answer before the next message.

A client of a few lines, so that the measuring takes little of the machine that is measured.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MESSAGES_PER_PERSON = 10
"""After so many messages a sender becomes another person: fair use holds one person to 15 in five seconds."""

Ask = Callable[[str, int], dict[str, Any]]
"""Person and number of the message to the JSON that is posted."""


@dataclass(frozen=True)
class Load:
    """What a load came to. Times in milliseconds."""

    messages: int
    failed: int
    seconds: float
    per_second: float
    p50: float
    p95: float
    p99: float


async def run_load(
    url: str, ask: Ask, answered: Callable[[Any], bool], *, senders: int, messages: int, tag: str
) -> Load:
    """Post `messages` in all from `senders` at once."""
    numbers = iter(range(messages))
    times: list[float] = []
    failed = 0
    started = time.perf_counter()

    async def send_for_ever(sender: int, numbers: Iterator[int]) -> None:
        nonlocal failed
        target = urlsplit(url)
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        for count, number in enumerate(numbers):
            person = f"{tag}-{sender:03d}-{count // MESSAGES_PER_PERSON:06d}-person"
            before = time.perf_counter()
            status, body = await post(reader, writer, target.path, target.netloc, ask(person, number))
            times.append((time.perf_counter() - before) * 1000)
            failed += status != 200 or not answered(body)
        writer.close()

    await asyncio.gather(*(send_for_ever(sender, numbers) for sender in range(senders)))
    seconds = time.perf_counter() - started
    times.sort()
    at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 2)  # noqa: E731
    return Load(len(times), failed, round(seconds, 2), round(len(times) / seconds, 1), at(0.5), at(0.95), at(0.99))


async def post(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, host: str, data: dict[str, Any]
) -> tuple[int, Any]:
    """One request over an open connection; status and JSON of the answer."""
    body = json.dumps(data).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    content = await reader.readexactly(int(headers["content-length"]))
    return status, json.loads(content or b"null")
