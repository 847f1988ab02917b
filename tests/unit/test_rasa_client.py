"""One turn to Rasa and back, against a small real server that behaves as badly as Rasa can."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.dialogue import rasa_client
from bot.dialogue.directive import Directive
from bot.dialogue.rasa_client import Question, RasaClient, RasaSilent

GOOD = {
    "topic": "greet",
    "confidence": 0.9,
    "ranking": [["greet", 0.9], ["goodbye", 0.1]],
    "directives": [{"say": "topic", "topic": "greet"}, {"say": "something newer"}],
}
QUESTION = Question(turn=7, person="ab" * 16, language="zh", text="我想回家", entities=(("place", "CN"),), area="CN")


@dataclass
class Answer:
    """What the server answers: bytes of a body, a status, or nothing for a while."""

    body: bytes = json.dumps(GOOD).encode()
    status: int = 200
    seconds: float = 0.0
    drip: bool = False
    """Send the body one byte at a time, `seconds` apart."""
    hang_up: bool = False
    seen: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """A loopback HTTP server; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(int(x.split(":")[1]) for x in head.splitlines() if x.lower().startswith("content-length"))
                answer.heads.append(head)
                answer.seen.append(json.loads(await reader.readexactly(length)))
                if answer.hang_up:
                    break
                if not answer.drip:
                    await asyncio.sleep(answer.seconds)
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (answer.status, len(answer.body)))
                if not answer.drip:
                    writer.write(answer.body)
                for byte in answer.body if answer.drip else b"":
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(answer.seconds)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@contextlib.asynccontextmanager
async def client(url: str, *, timeout: float = 5.0) -> AsyncIterator[RasaClient]:
    """A client that is closed again."""
    rasa = RasaClient(url, "rasa-secret", timeout=timeout)
    yield rasa
    await rasa.close()


async def test_a_good_answer() -> None:
    """Everything asked arrives, with the secret; everything answered comes back; unknown sayings are passed over."""
    answer = Answer()
    async with server(answer) as url, client(url) as rasa:
        decision = await rasa.ask(QUESTION)
        assert await rasa.answers()
    assert decision.topic == "greet"
    assert decision.ranking == (("greet", 0.9), ("goodbye", 0.1))
    assert decision.directives == (Directive("topic", topic="greet"),)
    assert "x-anlu-secret: rasa-secret" in answer.heads[0].lower()
    assert answer.seen[0]["text"] == "我想回家"
    assert answer.seen[0]["entities"] == {"place": "CN"}
    assert answer.seen[0]["metadata"]["language"] == "zh"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=404),
        Answer(status=302),
        Answer(hang_up=True),
        Answer(body=b""),
        Answer(body=b"<html>"),
        Answer(body=b"\xff\xfe\x00"),
        Answer(body=b"[]"),
        Answer(body=b"null"),
        Answer(body=b"{}"),
        Answer(body=json.dumps({**GOOD, "confidence": None}).encode()),
        Answer(body=json.dumps({**GOOD, "ranking": 5}).encode()),
        Answer(body=json.dumps({**GOOD, "ranking": [["only one"]]}).encode()),
        Answer(body=json.dumps({**GOOD, "directives": ["topic"]}).encode()),
        Answer(body=json.dumps({**GOOD, "directives": [{"say": ["topic"]}]}).encode()),
        Answer(body=json.dumps({**GOOD, "directives": [{"say": "referrals", "referrals": None}]}).encode()),
    ],
)
async def test_a_bad_answer_is_silence(answer: Answer) -> None:
    """An error, a hang-up, or a 200 full of nonsense: one kind of error, quick, without a word of hers."""
    async with server(answer) as url, client(url) as rasa:
        with pytest.raises(RasaSilent) as caught:
            await rasa.ask(QUESTION)
    assert "回家" not in str(caught.value)


@pytest.mark.parametrize("drip", [False, True])
async def test_a_late_answer_is_silence(drip: bool) -> None:
    """The whole turn has one time limit, also when the answer comes one byte at a time."""
    async with server(Answer(seconds=0.1 if drip else 5.0, drip=drip)) as url, client(url, timeout=0.3) as rasa:
        started = time.monotonic()
        with pytest.raises(RasaSilent):
            await rasa.ask(QUESTION)
        assert time.monotonic() - started < 0.8


async def test_nobody_there_is_silence() -> None:
    """A closed port is answered at once."""
    async with server(Answer()) as url:
        pass
    async with client(url) as rasa:
        with pytest.raises(RasaSilent):
            await rasa.ask(QUESTION)
        assert not await rasa.answers()


async def _fail(rasa: RasaClient, times: int) -> None:
    for _ in range(times):
        with pytest.raises(RasaSilent):
            await rasa.ask(QUESTION)


async def test_after_three_failures_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures in a row: Rasa is left alone for a while, then asked again, and one success closes the matter."""
    monkeypatch.setattr(rasa_client, "_SECONDS_OPEN", 0.3)
    answer = Answer(status=500)
    async with server(answer) as url, client(url) as rasa:
        await _fail(rasa, 3)
        assert len(answer.seen) == 3
        await _fail(rasa, 5)
        assert len(answer.seen) == 3
        answer.status = 200
        await asyncio.sleep(0.35)
        assert (await rasa.ask(QUESTION)).topic == "greet"
        answer.status = 500
        await _fail(rasa, 2)
        answer.status = 200
        assert (await rasa.ask(QUESTION)).topic == "greet"


async def test_failures_apart_do_not_add_up() -> None:
    """Only failures in a row count: a good answer between them forgets them."""
    answer = Answer()
    async with server(answer) as url, client(url) as rasa:
        for _ in range(4):
            answer.status = 500
            await _fail(rasa, 2)
            answer.status = 200
            await rasa.ask(QUESTION)
    assert len(answer.seen) == 12


async def test_many_at_once() -> None:
    """Fifty people at once each get their own answer."""
    answer = Answer(seconds=0.01)
    async with server(answer) as url, client(url) as rasa:
        decisions = await asyncio.gather(*(rasa.ask(QUESTION) for _ in range(50)))
    assert {d.topic for d in decisions} == {"greet"}
