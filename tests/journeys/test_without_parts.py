"""One part after another down, slow or wrong: she still gets honest words, the numbers and the menu, and help in danger.

Limits are those of warm processes; danger's is the best of three tries, for machines that other work shares.
"""

import contextlib
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.settings import ROOT
from tests.gateway_process import GatewayProcess
from tests.processes import wait_for
from tests.proxy import Mode
from tests.talk import Answer, Talk
from tests.workbench import Workbench

pytestmark = pytest.mark.chain
LOOKUP = build_lookup(read_folder(ROOT / "content"))
QUESTIONS = {"zh": ("彩礼是什么", "bride_price"), "en": ("what is bride price", "bride_price")}
DANGERS = {"zh": "救命，他要杀我", "en": "help me now he has a knife"}
_RECOVERY_SECONDS = 12
"""The pause in which Rasa is not asked is five seconds; the rest is patience with the machine."""


@pytest.fixture
def bench(workbench: Workbench) -> Iterator[Workbench]:
    """All parts working, before and after."""
    yield workbench
    workbench.recover()


def assert_honest(answer: Answer, language: str) -> None:
    """Honest words with numbers, and the menu, in her language."""
    assert answer.language == language
    assert answer.kinds == ["notice", "menu"]
    assert answer.first["text"] == LOOKUP.phrase("rasa_silent", language)
    assert any(r["number"] for r in answer.first["referrals"])
    assert {f"menu:{g}" for g in LOOKUP.groups} <= set(answer.payloads)


def assert_emergency(answer: Answer, language: str) -> None:
    """The emergency answer, first, with a number."""
    assert answer.language == language
    assert answer.body["emergency"] is True
    assert answer.first["kind"] == "emergency"
    assert any(r["number"] for r in answer.first["referrals"])


def assert_help_in_danger(talk: Callable[[], Talk]) -> None:
    """Danger is answered at once in both languages."""
    for language, text in DANGERS.items():
        cries = [talk().say(text) for _ in range(3)]
        for answer in cries:
            assert_emergency(answer, language)
        assert min(answer.seconds for answer in cries) < 0.3


def assert_help(talk: Callable[[], Talk]) -> None:
    """Questions get honest words within two seconds, danger its answer at once."""
    for language, (text, _) in QUESTIONS.items():
        answer = talk().say(text)
        assert_honest(answer, language)
        assert answer.seconds < 2
    assert_help_in_danger(talk)


def assert_recovers(talk: Callable[[], Talk]) -> None:
    """With every part back, questions are answered again without a restart."""
    begun = time.monotonic()
    for language, (text, topic) in QUESTIONS.items():

        def answered(language: str = language, text: str = text, topic: str = topic) -> bool:
            answer = talk().say(text)
            return answer.topics == {topic} and answer.language == language

        wait_for(answered, _RECOVERY_SECONDS)
    assert time.monotonic() - begun < _RECOVERY_SECONDS


# ---- Rasa ----


def test_rasa_down(bench: Workbench) -> None:
    """Nobody listens where Rasa should be."""
    bench.to_rasa.down()
    assert_help(bench.talk)
    bench.to_rasa.up()
    assert_recovers(bench.talk)


@pytest.mark.parametrize("mode", ["hold", "error", "nonsense", "empty", "odd", "drip", "cut"])
def test_rasa_hung_or_wrong(bench: Workbench, mode: Mode) -> None:
    """Rasa takes for ever, fails, answers with something else, in drops or by half."""
    bench.to_rasa.be(mode)
    assert_help(bench.talk)
    bench.to_rasa.release()
    assert_recovers(bench.talk)


def test_everybody_waits_at_once_for_a_hung_rasa(bench: Workbench) -> None:
    """Twenty people at a hung Rasa are all answered in time, and those in danger among them at once."""
    bench.to_rasa.be("hold")
    answers: list[Answer] = []
    text = QUESTIONS["en"][0]
    threads = [threading.Thread(target=lambda: answers.append(bench.talk().say(text))) for _ in range(20)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert_help_in_danger(bench.talk)
    for thread in threads:
        thread.join()
    for answer in answers:
        assert_honest(answer, "en")
    assert sorted(a.seconds for a in answers)[9] < 2


def test_danger_does_not_wait_for_her_question(bench: Workbench) -> None:
    """She asked something, Rasa hangs, and then she cries for help: that is answered at once, before the question."""
    she = bench.talk("en")
    she.say("hello")
    bench.to_rasa.be("hold")
    asking = threading.Thread(target=lambda: she.say("what is bride price"))
    asking.start()
    assert bench.to_rasa.held.acquire(timeout=5)
    answer = she.say(DANGERS["en"])
    assert_emergency(answer, "en")
    assert answer.seconds < 0.5
    asking.join()


def test_a_topic_button_works_without_rasa(bench: Workbench) -> None:
    """What she taps needs no understanding: its answer and numbers come all the same, and so do menu and more."""
    bench.to_rasa.down()
    she = bench.talk("en")
    answer = she.tap("topic:report_violence")
    assert answer.kinds == ["answer", "referral"]
    assert answer.first["text"] == LOOKUP.article("report_violence", "en").screens[0]
    assert answer.numbers
    assert she.tap("menu:marriage").kinds == ["menu"]
    assert she.tap("more:report_violence:1").kinds == ["answer"]


def test_a_check_survives_a_pause_of_rasa(bench: Workbench) -> None:
    """Rasa away in the middle of a check: honest words for her answer, and the check goes on at the same question."""
    she = bench.talk("en")
    she.tap("check:self_check")
    she.tap("no")
    bench.to_rasa.down()
    assert_honest(she.tap("no"), "en")
    bench.to_rasa.up()
    bench.recover()
    assert she.tap("no").messages[-1]["text"] == LOOKUP.question("self_check", 3, "en")


def test_health_names_the_part(bench: Workbench) -> None:
    """/health/ready says which part does not answer."""
    bench.to_rasa.down()
    health = bench.talk().http.get("/health/ready")
    assert health.status_code == 503
    assert health.json()["parts"] == {"database": True, "actions": True, "dialogue": False, "content": True}
    bench.to_rasa.up()


# ---- the action server ----


def test_the_action_server_down(bench: Workbench) -> None:
    """A report still gets its answer, numbers and the question for the place; what needs no action is as ever."""
    bench.to_actions.down()
    she = bench.talk("en")
    answer = she.say("they took my passport")
    assert answer.seconds < 2
    assert answer.kinds == ["answer", "referral", "menu"]
    assert answer.first["topic"] == "report_documents_taken"
    assert answer.numbers
    assert answer.asks_place
    assert bench.talk().say("what is bride price").topics == {"bride_price"}
    assert_help_in_danger(bench.talk)
    bench.to_actions.up()
    assert_recovers(bench.talk)
    assert "Cambodia" in she.say("I am in Cambodia").text
    assert bench.talk("en").say("they took my passport").kinds == ["answer", "referral", "menu"]


def test_the_action_server_hung(bench: Workbench) -> None:
    """A look-up that never ends: honest words within two seconds for her, and nobody else waits."""
    bench.to_actions.be("hold")
    answer = bench.talk("en").say("they took my passport")
    assert_honest(answer, "en")
    assert answer.seconds < 2
    assert_help_in_danger(bench.talk)
    assert bench.talk().say("what is bride price").topics == {"bride_price"}
    bench.to_actions.release()
    assert_recovers(bench.talk)


# ---- the database ----


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes and does not come to an end."""
    writer = sqlite3.connect(path, isolation_level=None, timeout=20)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        writer.execute("ROLLBACK")
        writer.close()


def test_the_database_locked(bench: Workbench) -> None:
    """Somebody else holds the database: help all the same, and everything as before when it is free."""
    with locked(bench.folder / "anlu.db"):
        assert_help(bench.talk)
    assert_recovers(bench.talk)


def _as_ordinary_user() -> list[str]:
    """A Python that may write only what file permissions allow, as root without its privilege to overlook them."""
    drop = "import ctypes; [ctypes.CDLL(None).prctl(24, n, 0, 0, 0) for n in (1, 2)]"  # PR_CAPBSET_DROP
    drop += "; import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", drop, sys.executable]


@pytest.mark.skipif(sys.platform != "linux", reason="drops a privilege the Linux way")
def test_the_database_read_only(workbench: Workbench, tmp_path: Path) -> None:
    """A disk that takes no more: help all the same, and answers are kept again when it does, without a restart."""
    (tmp_path / "secret.key").write_text((workbench.folder / "secret.key").read_text())
    with GatewayProcess(tmp_path, ANLU_RASA_URL=workbench.to_rasa.url) as before:
        Talk(before.url).say("hello")
    gateway = GatewayProcess(tmp_path, ANLU_RASA_URL=workbench.to_rasa.url)
    gateway.log = tmp_path.parent / f"{tmp_path.name}.log"
    gateway.python = _as_ordinary_user()
    _set_writable(tmp_path, False)

    def talk() -> Talk:
        return Talk(gateway.url)

    try:
        with gateway:
            assert_help(talk)
            _set_writable(tmp_path, True)
            assert_recovers(talk)
            she = talk()
            she.say("hello")
            assert she.since()["messages"]
    finally:
        _set_writable(tmp_path, True)


def _set_writable(folder: Path, writable: bool) -> None:
    if writable:
        folder.chmod(0o700)
    for file in folder.glob("*.db*"):
        file.chmod(0o600 if writable else 0o400)
    if not writable:
        folder.chmod(0o500)
