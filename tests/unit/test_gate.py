"""When a new model is refused."""

from pathlib import Path

from bot.dialogue.gate import Score, objections, read_mark, write_mark

BEFORE = Score(exam={"zh": 0.90, "km": 0.80}, danger={"zh": 0.97, "km": 0.95})


def test_as_good_or_a_little_worse_passes() -> None:
    """One point less in the exam is the luck of a few texts; a new language is welcome."""
    now = Score(exam={"zh": 0.89, "km": 0.85, "lo": 0.5}, danger={"zh": 0.97, "km": 1.0, "lo": 0.1})
    assert objections(BEFORE, now) == []


def test_more_than_a_point_in_one_language_is_refused() -> None:
    """However much better the others are; the line names language and figures."""
    (line,) = objections(BEFORE, Score(exam={"zh": 0.95, "km": 0.789}, danger={"zh": 1.0, "km": 1.0}))
    assert line == "km: 0.789 of the exam understood, 0.800 before"


def test_any_loss_of_danger_is_refused() -> None:
    """However small."""
    (line,) = objections(BEFORE, Score(exam={"zh": 0.95, "km": 0.95}, danger={"zh": 0.9699, "km": 1.0}))
    assert line.startswith("zh: 0.970 of dangerous texts")


def test_a_language_that_is_gone_is_refused() -> None:
    """Twice: nothing of it is understood, none of its danger."""
    assert len(objections(BEFORE, Score(exam={"zh": 0.9}, danger={"zh": 0.97}))) == 2


def test_the_mark_is_kept(tmp_path: Path) -> None:
    """None before the first; then what was written."""
    (tmp_path / "tests/dialogue").mkdir(parents=True)
    assert read_mark(tmp_path) is None
    write_mark(tmp_path, BEFORE)
    assert read_mark(tmp_path) == BEFORE
