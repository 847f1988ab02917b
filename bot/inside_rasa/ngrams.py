"""The intent model itself: character n-grams into a linear support vector machine, without Rasa around it.

Two views of a text: n-grams that stop at word borders, and n-grams over the text without its spaces, which carry languages
written without spaces and words that people run together. The same code makes the features in training and in use.
Chosen by measurement against others, see docs/decisions/0003.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.languages.text import matching_form

_HELD_OUT = 7
"""Every seventh example tells how sure to be; the final model learns from all of them."""
_TRIED = 8000
"""About so many examples are enough to find that out."""

_FIRST, _NEXT, _ACROSS = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xD1342543DE82EF95, 0x2545F4914F6CDD1D))
"""Large odd numbers without a pattern: an n-gram's number is a polynomial of its letters, modulo 2 to the 64. Among a million
n-grams two share a number once in some ten million models."""

_TOLERANCE = 0.1
"""Where the solver stops: LIBLINEAR's own default. A thousandth of it took twice the time for the same answers."""


@dataclass(frozen=True)
class NgramSettings:
    """What config.yml may set."""

    longest: int = 5
    """Characters of the longest n-gram."""
    seen_in: int = 2
    """Texts an n-gram must stand in to count."""
    idf_power: float = 0.5
    """How much rarity weighs: 0 nothing, 1 as in plain TF-IDF."""
    spaceless_weight: float = 0.6
    """Weight of the view without spaces beside the other."""
    strength: float = 1.0
    """The machine's C: how hard it tries to fit every example."""


@dataclass(frozen=True)
class NgramModel:
    """A trained model. An n-gram is known by a number made of its letters, so that a million of them fit in a few megabytes."""

    settings: NgramSettings
    known: np.ndarray
    """The numbers of the n-grams that count, ascending; every other array goes by the place in this one."""
    rarity: np.ndarray
    """The weight of rarity of each."""
    weights: np.ndarray
    """A row per n-gram and a column per topic, in whole steps from -127 to 127 to save memory."""
    steps: np.ndarray
    """How large a step is in each row."""
    bias: np.ndarray
    topics: np.ndarray
    sharpness: float
    """Margins times this, through softmax, are the confidences."""

    def confidences(self, text: str) -> np.ndarray:
        """How likely each topic is, in the order of `topics`; adds up to 1."""
        places, values = _features(_views(text, self.settings.longest), self.known, self.rarity, self.settings)
        margins = (values * self.steps[places]) @ self.weights[places].astype(np.float32) + self.bias
        return _softmax(margins * self.sharpness)

    def rank(self, text: str, most: int) -> list[tuple[str, float]]:
        """The likeliest topics with their confidences, best first."""
        confidences = self.confidences(text)
        order = np.argsort(-confidences)[:most]
        return [(str(self.topics[i]), float(confidences[i])) for i in order]


def train(
    texts: Sequence[str], topics: Sequence[str], settings: NgramSettings, sources: Optional[Sequence[int]] = None
) -> NgramModel:
    """A model of texts and their topics; the same for the same input.

    `sources` numbers what each text is a copy of, so that no copy of a held-out text is learnt from.
    """
    views = [_views(text, settings.longest) for text in texts]
    known, rarity = _known(views, settings)
    matrix = _matrix(views, known, rarity, settings)
    labels = np.asarray(topics)
    numbers = np.asarray(range(len(labels)) if sources is None else sources)
    step = max(1, len(labels) // _TRIED)
    tried = numbers % step == 0
    held = tried & (numbers // step % _HELD_OUT == 0)
    trial = _machine(settings).fit(matrix[tried & ~held], labels[tried & ~held])
    sharpness = _sharpness(trial.decision_function(matrix[held]), np.searchsorted(trial.classes_, labels[held]))
    machine = _machine(settings).fit(matrix, labels)
    weights, steps = _in_steps(machine.coef_.T)
    return NgramModel(
        settings=settings,
        known=known,
        rarity=rarity,
        weights=weights,
        steps=steps,
        bias=machine.intercept_.astype(np.float32),
        topics=machine.classes_,
        sharpness=sharpness,
    )


def _machine(settings: NgramSettings) -> LinearSVC:
    return LinearSVC(C=settings.strength, tol=_TOLERANCE, random_state=7)


def _in_steps(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights as whole numbers from -127 to 127, and the size of one step in each row."""
    steps = np.abs(weights).max(axis=1) / 127
    return np.rint(weights / np.where(steps, steps, 1)[:, None]).astype(np.int8), steps.astype(np.float32)


def _sharpness(margins: np.ndarray, right: np.ndarray) -> float:
    """The factor under which the held-out examples' own topics are the likeliest on the whole."""

    def surprise(log_factor: float) -> float:
        likelihood = _softmax(margins * math.exp(log_factor))[np.arange(len(right)), right]
        return float(-np.log(likelihood + 1e-12).mean())

    return math.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x)


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# ---- features ----

_Views = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""A text's n-grams in two views: their numbers, ascending, and how often each stands there."""


def _known(views: Sequence[_Views], settings: NgramSettings) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the n-grams that count, ascending, and the rarity weight of each."""
    seen = np.concatenate([numbers for of_text in views for numbers, _ in of_text])
    numbers, counts = np.unique(seen, return_counts=True)
    kept = counts >= settings.seen_in
    rarity = (np.log((1 + len(views)) / (1 + counts[kept])) + 1) ** settings.idf_power
    return numbers[kept], rarity.astype(np.float32)


def _matrix(views: Sequence[_Views], known: np.ndarray, rarity: np.ndarray, settings: NgramSettings) -> csr_matrix:
    rows = [_features(of_text, known, rarity, settings) for of_text in views]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places, values = (np.concatenate(column) for column in zip(*rows, strict=True))
    return csr_matrix((values, places, ends), shape=(len(rows), len(known)))


def _features(
    views: _Views, known: np.ndarray, rarity: np.ndarray, settings: NgramSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of a text's n-grams; the whole has length 1, or is empty when nothing is known."""
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for (numbers, times), weight in zip(views, (1.0, settings.spaceless_weight), strict=True):
        places = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        there = known[places] == numbers
        places = places[there].astype(np.int32)
        values = (1 + np.log(times[there])) * rarity[places]
        parts.append((places, values * (weight / (np.linalg.norm(values) or 1.0))))
    places, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return places, (values / (np.linalg.norm(values) or 1.0)).astype(np.float32)


def _views(text: str, longest: int) -> _Views:
    """The n-grams of a text: inside its words, and across them (marked, so that the two are never taken for each other)."""
    words = matching_form(text).split()
    views = _ngrams(f" {' '.join(words)} ", longest), _ngrams(f"^{''.join(words)}$", longest) ^ _ACROSS
    within, across = (np.unique(view, return_counts=True) for view in views)
    return within, across


def _ngrams(text: str, longest: int) -> np.ndarray:
    """The number of every n-gram of a text; a space stands only at the end of one, never within."""
    letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    spaces = np.concatenate([[0], np.cumsum(letters == ord(" "))])
    number, found = letters + _FIRST, [letters[letters != ord(" ")] + _FIRST]
    for length in range(2, min(longest, len(letters)) + 1):
        number = number[:-1] * _NEXT + letters[length - 1 :]
        inner = spaces[length - 1 : -1] - spaces[1 : len(number) + 1]
        found.append(number[inner == 0])
    return np.concatenate(found)
