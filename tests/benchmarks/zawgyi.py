"""Burmese in Zawgyi: what comes back unchanged, what is told apart, and whether the answer stays the same.

    .venv/bin/python -m tests.benchmarks.zawgyi

The texts are those of tests/dialogue/{exam,tuning,danger}/my.jsonl. Needs a trained model (`anlu train`).
"""

import json
from pathlib import Path

from bot.dialogue import evaluation, training
from bot.languages import burmese
from bot.languages.text import clean, matching_form
from bot.settings import ROOT, load_or_exit


def texts() -> list[str]:
    """Every examination text with Burmese letters, cleaned."""
    found = []
    for part in ("exam", "tuning", "danger"):
        lines = (ROOT / f"tests/dialogue/{part}/my.jsonl").read_text(encoding="utf-8").splitlines()
        found += [clean(json.loads(line)["text"]) for line in lines]
    return [text for text in found if burmese.read(text).zawgyi is not None]


def share(marks: list[bool]) -> float:
    """Of marks that are true."""
    return round(sum(marks) / len(marks), 4)


def answered_alike(unicode: list[str], zawgyi: list[str], model: Path) -> float:
    """Texts whose likeliest topic is the same in both encodings, each read without memory as a live message is."""
    asked = [evaluation.Example(text, "my") for text in (*unicode, *zawgyi)]
    topics = [got["ranking"][0][0] for got in evaluation.parse(asked, root=ROOT, model=model)]
    return share([one == other for one, other in zip(topics[: len(unicode)], topics[len(unicode) :], strict=True)])


def main() -> None:
    """Measure and print."""
    unicode = texts()
    zawgyi = [burmese.to_zawgyi(text) for text in unicode]
    back = [burmese.to_unicode(text) for text in zawgyi]
    pairs = list(zip(unicode, zawgyi, back, strict=True))
    print("texts", len(unicode))
    print("round trip, letter by letter", share([one == again for one, _, again in pairs]))
    print("round trip, as understood", share([matching_form(one) == matching_form(again) for one, _, again in pairs]))
    print("Unicode known for it", share([not burmese.read(one).zawgyi for one, _, _ in pairs]))
    print("Zawgyi known for it", share([bool(burmese.read(typed).zawgyi) for _, typed, _ in pairs if typed]))
    print("answered alike", answered_alike(unicode, zawgyi, training.model_of(ROOT, load_or_exit().data_dir)))


if __name__ == "__main__":
    main()
