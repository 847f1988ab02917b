"""The intent classifier: character and word n-grams into a linear model, one per language.

Languages written without spaces need no segmenter: their character n-grams carry the words. The choice against DIET and
Rasa's own logistic regression is measured in docs/decisions/0003.
"""

from typing import Any, Optional

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_union

from bot.languages.text import matching_form


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramClassifier(IntentClassifier, GraphComponent):
    """See the module's text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What config.yml may set."""
        return {"longest_ngram": 4, "strength": 10.0, "ranking_length": 6}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: Optional[Pipeline] = None
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NgramClassifier":
        """Built by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NgramClassifier":
        """Built by Rasa from a trained model, one we trained ourselves."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "ngrams.joblib"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has an intent."""
        examples = training_data.intent_examples
        model = Pipeline(
            [
                (
                    "features",
                    make_union(
                        TfidfVectorizer(
                            preprocessor=matching_form,
                            analyzer="char",
                            ngram_range=(1, self._config["longest_ngram"]),
                            sublinear_tf=True,
                        ),
                        TfidfVectorizer(
                            preprocessor=matching_form, token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True
                        ),
                    ),
                ),
                ("linear", LogisticRegression(C=self._config["strength"], max_iter=200, solver="liblinear")),
            ]
        )
        self._model = model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / "ngrams.joblib")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the ranking of topics onto each message."""
        assert self._model is not None
        for message in messages:
            confidences = self._model.predict_proba([message.get(TEXT)])[0]
            ranking = sorted(zip(self._model.classes_, confidences), key=lambda pair: -pair[1])
            ranked = [{"name": str(n), "confidence": float(c)} for n, c in ranking[: self._config["ranking_length"]]]
            message.set(INTENT, ranked[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
        return messages
