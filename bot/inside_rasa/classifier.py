"""Rasa's intent classifier out of our n-gram models: ngrams.py is one, scripts.py chooses; docs/decisions/0003 says why."""

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

from bot.inside_rasa.importer import MORE_TEXTS
from bot.inside_rasa.ngrams import NgramSettings
from bot.inside_rasa.scripts import ScriptModels, train_all

_FILE = "ngrams.joblib"
_COMPRESSION = ("zlib", 1)
"""Light, and enough: Rasa packs the file once more, and takes minutes over what is not packed yet."""
_RANKED = 6
"""Topics a message's ranking holds; the assistant offers three at most."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramClassifier(IntentClassifier, GraphComponent):
    """Ranks the topics of every message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What config.yml may set, with what it is otherwise."""
        return dict(NgramSettings().__dict__)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[ScriptModels] = None,
    ) -> None:
        self._settings = NgramSettings(**{name: config[name] for name in self.get_default_config()})
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
            return cls(config, model_storage, resource, joblib.load(folder / _FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent."""
        texts, topics = [], []
        for example in training_data.intent_examples:
            of_topic = [example.get(TEXT), *(example.get(MORE_TEXTS) or ())]
            texts += of_topic
            topics += [example.get(INTENT)] * len(of_topic)
        self._model = train_all(texts, topics, self._settings)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / _FILE, compress=_COMPRESSION)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the ranking of topics onto each message."""
        assert self._model is not None
        for message in messages:
            ranking = [{"name": n, "confidence": c} for n, c in self._model.rank(message.get(TEXT) or "", _RANKED)]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
