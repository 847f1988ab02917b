"""kill -9 between the steps of a turn: after the restart every accepted message is answered once, and nothing is doubled.

She behaves as the page does: a message without an answer is sent again, under the same message_id.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.settings import ROOT
from tests.processes import wait_for
from tests.talk import Answer, Talk
from tests.workbench import Workbench

pytestmark = pytest.mark.chain
LOOKUP = build_lookup(read_folder(ROOT / "content"))


@pytest.fixture
def bench(workbench: Workbench) -> Iterator[Workbench]:
    """All parts working, before and after."""
    yield workbench
    if workbench.gateway.process and workbench.gateway.process.poll() is not None:
        workbench.gateway.start()
    workbench.recover()


class Sending(threading.Thread):
    """A message on its way, from somebody who tries again until it is answered."""

    def __init__(self, talk: Talk, message_id: str, **body: str) -> None:
        super().__init__(daemon=True)
        self.talk, self.message_id, self.body = talk, message_id, body
        self.answer: Answer | None = None
        self.start()

    def run(self) -> None:
        """Send, and again, for a minute at most."""
        until = time.monotonic() + 60
        while self.answer is None and time.monotonic() < until:
            try:
                self.answer = Answer(self.talk.post(message_id=self.message_id, **self.body))
            except httpx.HTTPError:
                time.sleep(0.1)

    def get(self) -> Answer:
        """The answer, when it is there."""
        self.join(60)
        assert self.answer, f"{self.message_id} was never answered"
        return self.answer


def texts(talk: Talk) -> list[str]:
    """All that the conversation holds, in order."""
    return [m["text"] for m in talk.since()["messages"]]


def question(number: int) -> str:
    """A question of the self-check."""
    return LOOKUP.question("self_check", number, "en")


def in_check(bench: Workbench) -> Talk:
    """Somebody at the second question of the self-check."""
    she = bench.talk("en")
    she.tap("check:self_check")
    assert she.tap("no").messages[-1]["text"] == question(2)
    return she


def assert_goes_on_at_three(she: Talk, sent: Sending) -> None:
    """The answer to question two was taken once: question three came, once, and four follows."""
    assert sent.get().messages[-1]["text"] == question(3)
    assert texts(she).count(question(3)) == 1
    assert she.tap("no").messages[-1]["text"] == question(4)


# ---- the gateway ----


@pytest.mark.parametrize(
    ("rasa_is", "killed_too"),
    [
        pytest.param("hold", False, id="while Rasa thinks"),
        pytest.param("keep", False, id="before Rasa's answer was read"),
        pytest.param("keep", True, id="with Rasa, between its memory and its answer"),
    ],
)
def test_killed_in_a_turn(bench: Workbench, rasa_is: str, killed_too: bool) -> None:
    """Accepted, and Rasa has not answered, or has and nobody heard: answered after the restart, once; nothing is skipped.

    With Rasa killed too: what it remembers is on disk, and the repeated turn is known to it.
    """
    she = in_check(bench)
    bench.to_rasa.be(rasa_is)
    sent = Sending(she, "m-killed", payload="no")
    assert bench.to_rasa.held.acquire(timeout=5)
    bench.gateway.kill()
    if killed_too:
        bench.kill_part("rasa")
    bench.to_rasa.release()
    if killed_too:
        bench.start_part("rasa")
    bench.gateway.start()
    assert_goes_on_at_three(she, sent)


def test_killed_and_nobody_asks_again(bench: Workbench) -> None:
    """A message whose sender is gone is answered all the same, and the answer waits for her."""
    she = bench.talk("en")
    she.say("hello")
    before = texts(she)
    bench.to_rasa.be("hold")
    gone = threading.Thread(target=lambda: _send_once(she, "what is bride price"), daemon=True)
    gone.start()
    assert bench.to_rasa.held.acquire(timeout=5)
    bench.gateway.kill()
    bench.to_rasa.release()
    bench.gateway.start()
    wait_for(lambda: len(texts(she)) > len(before), 15)
    time.sleep(0.5)
    assert texts(she) == [*before, LOOKUP.article("bride_price", "en").screens[0]]


def _send_once(talk: Talk, text: str) -> None:
    try:
        talk.post(text=text, message_id="m-once")
    except httpx.HTTPError:
        return


def test_killed_at_any_moment(bench: Workbench, capsys: pytest.CaptureFixture[str]) -> None:
    """Five kills at random moments among eight people's messages: each of the forty is answered once."""
    chance = random.Random(8)
    people = [bench.talk("en") for _ in range(8)]
    for she in people:
        assert she.tap("check:self_check").messages[-1]["text"] == question(1)
    restarts = []
    for turn in range(1, 6):
        sent = [Sending(she, f"m-{turn}", payload="no") for she in people]
        time.sleep(chance.uniform(0, 0.15))
        bench.gateway.kill()
        begun = time.monotonic()
        bench.gateway.start()
        for sending in sent:
            assert sending.get().messages[-1]["text"] == question(turn + 1)
        restarts.append(time.monotonic() - begun)
    for she in people:
        counts = Counter(texts(she))
        assert [counts[question(n)] for n in range(1, 7)] == [1] * 6
    with capsys.disabled():
        print(f"\nanswered after a kill: at most {max(restarts):.1f} s")
    assert min(restarts) < 10


def test_killed_while_danger_is_answered(bench: Workbench) -> None:
    """A cry for help sent as the gateway dies is answered after the restart."""
    she = bench.talk("en")
    sent = Sending(she, "m-danger", text="help me now he has a knife")
    time.sleep(0.01)
    bench.gateway.kill()
    bench.gateway.start()
    answer = sent.get()
    assert answer.body["emergency"]
    assert answer.numbers
    assert sum(m["kind"] == "emergency" for m in she.since()["messages"]) == 1


def test_a_late_answer_of_rasa(bench: Workbench) -> None:
    """Rasa takes her answer and is too late: she is told honestly, and the check neither breaks off nor skips a question."""
    she = in_check(bench)
    bench.to_rasa.be("keep")
    late = she.tap("no:2")
    assert late.kinds == ["notice", "menu"]
    bench.to_rasa.release()
    bench.recover()
    assert she.tap("no:2").messages[-1]["text"] == question(3)


# ---- Rasa and the action server ----


def test_rasa_killed_in_a_turn(bench: Workbench) -> None:
    """Rasa dies with her message: honest words; when it is back the check goes on where it stood."""
    she = in_check(bench)
    bench.to_rasa.be("hold")
    sent = Sending(she, "m-rasa", payload="no")
    assert bench.to_rasa.held.acquire(timeout=5)
    bench.kill_part("rasa")
    bench.to_rasa.release()
    assert sent.get().kinds == ["notice", "menu"]
    bench.start_part("rasa")
    bench.recover()
    assert she.tap("no").messages[-1]["text"] == question(3)
