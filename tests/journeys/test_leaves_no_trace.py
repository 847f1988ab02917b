"""What is forgotten or past its time is nowhere: every file and every output of every process is searched, byte by byte."""

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.assembly import assemble
from bot.clock import now
from bot.settings import Settings
from tests.talk import Talk
from tests.workbench import Workbench

pytestmark = pytest.mark.chain

WORDS = {
    "zh": "我叫孟小鹊，家在砚头坳，他们拿走了我的护照，电话13987650412",
    "en": "my name is Xiaoque Meng from Yantouao, they took my passport, call me at +86 139 8765 0412",
    "question": "what is bride price, asks Xiaoque",
    "slash": "/restart Xiaoque 13987650412",
    "danger": "help me now he has a knife says Xiaoque",
    "doubt": "Xiaoque qwrtz blorf Yantouao",
}
MARKERS = ("孟小鹊", "砚头坳", "Xiaoque", "xiaoque", "Yantouao", "yantouao", "13987650412", "8765 0412", "87650412")


def marks(*more: str) -> list[bytes]:
    """The markers in the encodings they could stand in."""
    found = []
    for marker in (*MARKERS, *more):
        found += [marker.encode(), marker.encode("utf-16-le"), ascii(marker).strip("'").encode()]
    return found


def found_in(folder: Path, wanted: list[bytes]) -> list[str]:
    """Where one of the byte strings stands in what the processes write: databases, their logs, outputs. Not the model.

    Copies are searched, made by another process: a process that opens and closes a database file beside SQLite loses
    SQLite's locks on it.
    """
    found = []
    with tempfile.TemporaryDirectory() as copies:
        files = [str(p) for p in folder.iterdir() if p.is_file()]
        subprocess.run(["cp", "--", *files, copies], check=True)
        for path in Path(copies).iterdir():
            data = path.read_bytes()
            found += [f"{path.name}: {w!r}" for w in wanted if w in data]
    return found


def talks(she: Talk) -> None:
    """Somebody tells much of herself, in words, and uses what there is."""
    for text in WORDS.values():
        she.say(text)
    she.tap("area:KH")
    she.say("i want to get campaign messages")
    she.say("this answer did not help me, Xiaoque")
    she.tap("check:self_check")
    she.say("yes Xiaoque")
    she.tap("yes")
    she.post(text="Xiaoque " * 30_000)
    she.http.post("/api/v1/messages", content=b'{"text": "Xiaoque', headers={"content-type": "application/json"})
    she.http.post("/api/v1/messages", json={"conversation_id": she.id, "text": "Xiaoque", "language": "Xiaoque"})


@pytest.fixture
def bench(workbench: Workbench) -> Iterator[Workbench]:
    """All processes, working before and after."""
    yield workbench
    workbench.recover()


def rows(bench: Workbench, table: str) -> int:
    """How many rows a table holds."""
    services = assemble(Settings(data_dir=bench.folder))
    database = services.trackers.database if table == "rasa_trackers" else services.database
    with database.reading() as connection:
        number = int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())  # a name of ours
    database.dispose()
    return number


def test_words_are_sealed_while_they_are_kept(bench: Workbench) -> None:
    """Before anybody asks to be forgotten, no word of hers and no id of hers stands anywhere in the clear."""
    she = bench.talk("en")
    talks(she)
    assert she.since()["messages"]
    assert found_in(bench.folder, marks(she.id)) == []
    assert rows(bench, "inbox") > 0


def test_words_are_not_kept_while_parts_fail(bench: Workbench) -> None:
    """What fails is logged without her words: Rasa wrong or away, the action server away."""
    for mode in ("error", "nonsense", "cut"):
        bench.to_rasa.be(mode)
        talks(bench.talk("en"))
    bench.to_rasa.down()
    bench.to_actions.down()
    talks(bench.talk("zh"))
    bench.recover()
    bench.to_actions.down()
    talks(bench.talk("en"))
    bench.recover()
    assert found_in(bench.folder, marks()) == []


@pytest.mark.parametrize("way", ["words", "request"])
def test_forget_me_leaves_nothing(bench: Workbench, way: str) -> None:
    """After "forget me", by words and button or by the interface, no row of hers is left, and her handle is nowhere."""
    she = bench.talk("en")
    services = assemble(Settings(data_dir=bench.folder))
    handle = services.people.pseudonym("web", she.id)
    before = {t: rows(bench, t) for t in ("people", "inbox", "outbox", "rasa_trackers")}
    talks(she)
    assert [t for t, n in before.items() if rows(bench, t) <= n] == []
    assert found_in(bench.folder, [handle.encode()]), "a handle is what is kept while she is known"
    if way == "words":
        she.say("please delete everything about me")
        she.tap("forget:yes")
    else:
        assert she.forget() == 204
    assert {t: rows(bench, t) for t in before} == before
    assert found_in(bench.folder, marks(she.id)) == []
    assert found_in(bench.folder, [handle.encode()]) == []


def test_the_purge_leaves_nothing(bench: Workbench) -> None:
    """A week later her words are purged; half a year later she is, and her handle stands in no file."""
    she = bench.talk("en")
    talks(she)
    settings = Settings(data_dir=bench.folder)
    handle = assemble(settings).people.pseudonym("web", she.id)
    later = assemble(settings, clock=lambda: now() + timedelta(days=7))
    assert later.retention.purge().messages > 0
    assert (rows(bench, "inbox"), rows(bench, "outbox")) == (0, 0)
    much_later = assemble(settings, clock=lambda: now() + timedelta(days=200))
    assert much_later.retention.purge().people > 0
    assert rows(bench, "people") == 0
    assert found_in(bench.folder, [handle.encode(), *marks(she.id)]) == []
