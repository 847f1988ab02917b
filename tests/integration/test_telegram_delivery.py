"""What happens to messages when Telegram, the database or the gateway fails: nothing is lost, at most one send is doubled."""

import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.tables import inbox, outbox, people
from tests.bot_api import TOKEN, BotApi, Correspondent
from tests.gateway_process import GatewayProcess

DANGER = "I am in danger, he has a knife"


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
def gateway(api: BotApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("delivery")
    with GatewayProcess(folder, ANLU_TELEGRAM_TOKEN=TOKEN, ANLU_TELEGRAM_API_URL=api.url) as gateway:
        yield gateway


@pytest.fixture
def she(api: BotApi, gateway: GatewayProcess) -> Iterator[Correspondent]:
    yield api.person()
    api.faults.clear()


def states(gateway: GatewayProcess, she: Correspondent) -> list[str]:
    """The states of a person's replies."""
    services = gateway.services()
    handle = services.people.pseudonym("telegram", str(she.chat))
    with services.database.reading() as connection:
        return list(connection.execute(sa.select(outbox.c.state).where(outbox.c.pseudonym == handle)).scalars())


def test_a_wait_is_obeyed_for_that_chat_only(she: Correspondent, api: BotApi) -> None:
    """After 429 nothing goes to that chat until the time is over, then once; other chats do not notice."""
    other = api.person()
    api.fail("sendMessage", chat=she.chat, status=429, description="Too Many Requests: retry after 3", retry_after=3)
    she.writes("/start")
    assert api.wait(lambda: len(api.calls_of("sendMessage", she.chat)) == 1)
    refused = api.calls_of("sendMessage", she.chat)[0].at
    she.writes(DANGER)
    other.writes("/start")
    assert other.gets(seconds=2)
    first = she.gets(3)[0]
    assert first.text.startswith("Hello")
    assert 3.0 <= first.at - refused < 4.5
    assert [c.at for c in api.calls_of("sendMessage", she.chat)][1] - refused >= 3.0


def test_one_who_blocked_us_is_left_alone_until_she_writes_again(
    she: Correspondent, api: BotApi, gateway: GatewayProcess
) -> None:
    """403 ends sending to her; a new message of hers begins it again."""
    fault = api.fail(
        "sendMessage", chat=she.chat, status=403, description="Forbidden: bot was blocked by the user", times=9
    )
    she.writes(DANGER)
    assert api.wait(lambda: states(gateway, she) == ["dead", "dead"])
    services = gateway.services()
    handle = services.people.pseudonym("telegram", str(she.chat))
    with services.database.reading() as connection:
        assert connection.execute(sa.select(people.c.unreachable).where(people.c.pseudonym == handle)).scalar_one()
    assert len(api.calls_of("sendMessage", she.chat)) == 1
    fault.times = 0
    she.writes("/start")
    assert she.gets()[0].text.startswith("Hello")


def test_a_chat_that_is_no_more_ends_sending(she: Correspondent, api: BotApi, gateway: GatewayProcess) -> None:
    """400 "chat not found" is as final as a block."""
    api.fail("sendMessage", chat=she.chat, status=400, description="Bad Request: chat not found", times=9)
    she.writes(DANGER)
    assert api.wait(lambda: states(gateway, she) == ["dead", "dead"])


def test_a_refused_message_does_not_hold_up_the_next(she: Correspondent, api: BotApi, gateway: GatewayProcess) -> None:
    """Another 400 sets that one reply aside; what follows is sent."""
    api.fail("sendMessage", chat=she.chat, status=400, description="Bad Request: can't parse")
    she.writes(DANGER)
    assert len(she.gets()) == 1
    assert states(gateway, she) == ["dead", "sent"]


def test_telegram_failing_is_waited_out(she: Correspondent, api: BotApi) -> None:
    """Errors of Telegram's own are repeated until it is well; each message arrives once and in order."""
    api.fail("sendMessage", chat=she.chat, status=500, times=3)
    she.writes(DANGER)
    got = she.gets(2, seconds=15)
    assert len(got) == 2
    assert "110" in got[0].text


def test_a_send_nobody_knows_about_is_repeated_once_at_most(
    she: Correspondent, api: BotApi, gateway: GatewayProcess
) -> None:
    """The connection breaks after Telegram took the message, again and again: she has it twice, never more."""
    api.fail("sendMessage", chat=she.chat, after=True, drop=True, times=99)
    she.writes("/start")
    assert api.wait(lambda: states(gateway, she) == ["dead"])
    time.sleep(3)
    assert len(api.to(she.chat)) == 2


def test_a_timeout_after_a_real_send_costs_one_repeat(she: Correspondent, api: BotApi, gateway: GatewayProcess) -> None:
    """Telegram took the message and is silent: one repeat, and the reply counts as sent."""
    api.fail("sendMessage", chat=she.chat, after=True, hang=12)
    she.writes("/start")
    assert api.wait(lambda: states(gateway, she) == ["sent"], 20)
    assert len(api.to(she.chat)) == 2


def test_while_the_store_is_down_danger_is_answered_once_and_the_rest_waits(
    she: Correspondent, api: BotApi, gateway: GatewayProcess
) -> None:
    """Somebody else holds the database: danger gets its numbers without it, once; the others when it is back."""
    other = api.person()
    lock = sqlite3.connect(gateway.folder / "anlu.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        other.writes("/start")
        written = time.monotonic()
        she.writes(DANGER)
        first = she.gets(2, seconds=8)
        assert "110" in first[0].text
        assert first[0].at - written < 4
        late = api.person()
        written = time.monotonic()
        late.writes(DANGER)
        assert late.gets(2, seconds=8)[0].at - written < 4
        time.sleep(3)
        assert not api.to(other.chat)
        assert len(api.to(she.chat)) == 2
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert other.gets(seconds=15)[0].text.startswith("Hello")
    assert api.wait(lambda: states(gateway, she) == ["sent", "sent"])
    time.sleep(1)
    assert len(api.to(she.chat)) == 2, "answered again although she had it"
    she.writes("Cambodia")
    assert she.gets()[0].text


def test_another_poller_is_said_loudly_and_survived(she: Correspondent, api: BotApi, gateway: GatewayProcess) -> None:
    """409 raises an alert in log and metrics; when the other one is gone, work goes on."""
    before = gateway.metric("anlu_telegram_conflicts_total")
    api.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates request", times=2)
    she.writes("/start")
    assert she.gets(seconds=15)
    assert api.wait(lambda: gateway.metric("anlu_telegram_conflicts_total") == before + 2)
    assert "ALERT another process fetches" in gateway.log.read_text()


def test_polling_survives_what_telegram_may_answer(she: Correspondent, api: BotApi) -> None:
    """A broken connection, 502 and 429 on fetching only delay."""
    api.fail("getUpdates", drop=True)
    api.fail("getUpdates", status=502)
    api.fail("getUpdates", status=429, retry_after=1)
    she.writes("/start")
    assert she.gets(seconds=20)


def test_ids_that_jump_and_come_shuffled_are_all_answered(she: Correspondent, api: BotApi) -> None:
    """After a quiet week ids start elsewhere, even lower; every update still counts once."""
    she.writes("/start", update_id=900_000_000)
    she.gets()
    others = [api.person() for _ in range(3)]
    for person, number in zip(others, (5_000_002, 5_000_000, 5_000_001), strict=True):
        person.writes("/start", update_id=number)
    for person in others:
        assert len(person.gets()) == 1


def test_a_message_behind_forget_me_is_still_answered(she: Correspondent, api: BotApi) -> None:
    """She deletes everything and goes on writing in the same breath: both are answered."""
    she.writes("/delete")
    asked = she.gets()[0]
    she.taps(asked, "Yes, delete everything")
    she.writes(DANGER)
    texts = [s.text for s in she.gets(3)]
    assert texts[0].startswith("Done.")
    assert any("110" in text for text in texts[1:])


@pytest.mark.parametrize("moment", ["fetched", "accepted", "answered", "sending"])
def test_kill_9_loses_nothing(tmp_path: Path, moment: str) -> None:
    """The gateway is killed between any two steps and started again: every message is answered, at most one twice."""
    with BotApi() as api:
        gateway = GatewayProcess(tmp_path, ANLU_TELEGRAM_TOKEN=TOKEN, ANLU_TELEGRAM_API_URL=api.url)
        if moment == "accepted":
            gateway.environment.update(ANLU_RASA_URL=_silent_server(), ANLU_RASA_TIMEOUT="30")
        crowd = [api.person() for _ in range(5)]
        blocker = None
        try:
            gateway.start()
            if moment == "fetched":
                blocker = sqlite3.connect(tmp_path / "anlu.db", isolation_level=None)
                blocker.execute("BEGIN IMMEDIATE")
            if moment in ("answered", "sending"):
                api.fail("sendMessage", times=5, hang=5, after=moment == "sending")
            for person in crowd:
                person.writes("hello there" if moment == "accepted" else "/start")
            if moment == "accepted":
                assert api.wait(lambda: _count(gateway, inbox) == 5)
            elif moment != "fetched":
                assert api.wait(lambda: bool(api.calls_of("sendMessage")))
            else:
                assert api.wait(lambda: len(api.calls_of("getUpdates")) >= 2)
            gateway.kill()
            if blocker:
                blocker.close()
            before = {p.chat: len(api.to(p.chat)) for p in crowd}
            api.faults.clear()
            gateway.environment["ANLU_RASA_URL"] = "http://127.0.0.1:9"
            gateway.start()
            for person in crowd:
                assert api.wait(lambda p=person: len(api.to(p.chat)) > before[p.chat], 30)  # type: ignore[misc]
            time.sleep(1)
            for person in crowd:
                assert len({s.text for s in api.to(person.chat)}) == len(api.to(person.chat)) - before[person.chat]
                assert before[person.chat] <= 1
        finally:
            gateway.stop()


def _silent_server() -> str:
    """The address of a server that takes connections and never answers; it lives as long as the test run."""
    server = socket.create_server(("127.0.0.1", 0))
    _SILENT.append(server)
    return f"http://127.0.0.1:{server.getsockname()[1]}"


_SILENT: list[socket.socket] = []


def _count(gateway: GatewayProcess, table: sa.Table) -> int:
    with gateway.services().database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
