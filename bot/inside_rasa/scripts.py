"""One n-gram model per writing system.

A text is judged by the model of the script most of it is in. So what one language teaches does not weigh on another, each
model is small, and nothing hangs on a guess between languages of one script: English, Vietnamese with and without marks,
pinyin and whatever else is typed in Latin letters share a model.
"""

from collections import defaultdict
from collections.abc import Sequence

from joblib import Parallel, delayed

from bot.inside_rasa.copies import copies
from bot.inside_rasa.ngrams import NgramModel, NgramSettings, train
from bot.languages.script import main_script

_SCRIPTS = ("latin", "han", "khmer", "lao", "myanmar", "thai")
_OTHERWISE = "latin"
"""Judges what is in none of these scripts, or in one without a model: digits, emoji, foreign letters."""
_FEWEST = 1000
"""Texts a script needs for a model of its own; a few borrowed words are no language."""
_PROCESSES = 2


def script_of(text: str) -> str:
    """The script whose model judges a text."""
    script = main_script(text)
    return script if script in _SCRIPTS else _OTHERWISE


class ScriptModels:
    """The models of all scripts there is data for."""

    def __init__(self, models: dict[str, NgramModel]) -> None:
        self._models = models

    def rank(self, text: str, most: int) -> list[tuple[str, float]]:
        """The likeliest topics with their confidences, best first."""
        return (self._models.get(script_of(text)) or self._models[_OTHERWISE]).rank(text, most)


def train_all(texts: Sequence[str], topics: Sequence[str], settings: NgramSettings) -> ScriptModels:
    """Models of texts, and of the other ways to write them; the same for the same input. Uses two processes."""
    groups: dict[str, tuple[list[str], list[str], list[int]]] = defaultdict(lambda: ([], [], []))
    for number, (text, topic) in enumerate(zip(texts, topics, strict=True)):
        for form in (text, *copies(text)):
            known, wanted, sources = groups[script_of(form)]
            known.append(form)
            wanted.append(topic)
            sources.append(number)
    for script in [s for s in groups if s != _OTHERWISE and len(groups[s][0]) < _FEWEST]:
        for known, more in zip(groups[_OTHERWISE], groups.pop(script), strict=True):
            known.extend(more)  # type: ignore[arg-type]
    largest_first = sorted(groups, key=lambda script: -len(groups[script][0]))
    jobs = (delayed(train)(*groups[script][:2], settings, groups[script][2]) for script in largest_first)
    return ScriptModels(dict(zip(largest_first, Parallel(n_jobs=_PROCESSES)(jobs), strict=True)))
