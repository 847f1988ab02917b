"""The intent model itself: character n-grams into a linear support vector machine, without Rasa around it.

Two views of a text: n-grams that stop at word borders, and n-grams over the text without its spaces, which carry languages
written without spaces and words that people run together. The same code makes the features in training and in use.
Chosen by measurement against others, see docs/decisions/0003.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
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
    """A trained model. `weights` has a row per n-gram and a column per topic, in half precision to save memory."""

    settings: NgramSettings
    vocabulary: dict[str, int]
    rarity: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    topics: np.ndarray
    sharpness: float
    """Margins times this, through softmax, are the confidences."""

    def confidences(self, text: str) -> np.ndarray:
        """How likely each topic is, in the order of `topics`; adds up to 1."""
        indices, values = _features(text, self.vocabulary, self.rarity, self.settings)
        margins = values @ self.weights[indices].astype(np.float32) + self.bias
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
    vocabulary, rarity = _vocabulary(texts, settings)
    matrix = _matrix(texts, vocabulary, rarity, settings)
    labels = np.asarray(topics)
    numbers = np.asarray(range(len(labels)) if sources is None else sources)
    step = max(1, len(labels) // _TRIED)
    tried = numbers % step == 0
    held = tried & (numbers // step % _HELD_OUT == 0)
    trial = _machine(settings).fit(matrix[tried & ~held], labels[tried & ~held])
    sharpness = _sharpness(trial.decision_function(matrix[held]), np.searchsorted(trial.classes_, labels[held]))
    machine = _machine(settings).fit(matrix, labels)
    return NgramModel(
        settings=settings,
        vocabulary=vocabulary,
        rarity=rarity,
        weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float16),
        bias=machine.intercept_.astype(np.float32),
        topics=machine.classes_,
        sharpness=sharpness,
    )


def _machine(settings: NgramSettings) -> LinearSVC:
    return LinearSVC(C=settings.strength, tol=_TOLERANCE, random_state=7)


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


def _vocabulary(texts: Sequence[str], settings: NgramSettings) -> tuple[dict[str, int], np.ndarray]:
    """The n-grams that count, numbered, and the rarity weight of each."""
    seen: Counter[str] = Counter()
    for text in texts:
        for view in _views(text, settings.longest):
            seen.update(set(view))
    kept = sorted(ngram for ngram, n in seen.items() if n >= settings.seen_in)
    counts = np.array([seen[ngram] for ngram in kept], dtype=np.float64)
    rarity = (np.log((1 + len(texts)) / (1 + counts)) + 1) ** settings.idf_power
    return {ngram: number for number, ngram in enumerate(kept)}, rarity.astype(np.float32)


def _matrix(
    texts: Sequence[str], vocabulary: dict[str, int], rarity: np.ndarray, settings: NgramSettings
) -> csr_matrix:
    indices, values, ends = [], [], [0]
    for text in texts:
        found, weights = _features(text, vocabulary, rarity, settings)
        indices.append(found)
        values.append(weights)
        ends.append(ends[-1] + len(found))
    return csr_matrix((np.concatenate(values), np.concatenate(indices), ends), shape=(len(texts), len(vocabulary)))


def _features(
    text: str, vocabulary: dict[str, int], rarity: np.ndarray, settings: NgramSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and weights of a text's n-grams; the whole has length 1, or is empty when nothing is known."""
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for view, weight in zip(_views(text, settings.longest), (1.0, settings.spaceless_weight), strict=True):
        counts = Counter(vocabulary[ngram] for ngram in view if ngram in vocabulary)
        indices = np.fromiter(counts, dtype=np.int32, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(times)) * rarity[indices]
        parts.append((indices, values * (weight / (np.linalg.norm(values) or 1.0))))
    indices = np.concatenate([part[0] for part in parts])
    values = np.concatenate([part[1] for part in parts])
    return indices, (values / (np.linalg.norm(values) or 1.0)).astype(np.float32)


def _views(text: str, longest: int) -> tuple[list[str], list[str]]:
    """The n-grams of a text: inside its words, and across them (marked, so that the two are never taken for each other)."""
    form = matching_form(text)
    words = [ngram for word in form.split() for ngram in _ngrams(f" {word} ", longest)]
    joined = "".join(form.split())
    return words, [f"\x00{ngram}" for ngram in _ngrams(f"^{joined}$", longest)]


def _ngrams(text: str, longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
