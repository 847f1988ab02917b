"""Reads the training data for Rasa: nlu_data/ for what is understood, the other folders for rules.

Rasa's own reader opens every file with a slow parser several times over and compares all examples again after each file:
minutes, where this takes seconds. Ours knows the one shape our files have (nlu_data/README.md).

Rasa copies and hashes every message some ten times on the way to a classifier, a minute for sixty thousand. So a block of
a file travels as one message: its first text where Rasa looks for it, the others beside it (`more_texts`).
"""

from pathlib import Path
from typing import Any, Optional, Union

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_model_configuration

MORE_TEXTS = "more_texts"
"""Where a message holds the other texts of its block."""
_UNDERSTOOD = "nlu_data"


class FolderImporter(TrainingDataImporter):
    """What lies below nlu_data/ is examples, what lies below the other folders is rules."""

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[list[str], str]] = None,
        bundled: bool = True,
        **_: Any,
    ) -> None:
        """`bundled: false` makes a message of every text, for classifiers other than ours."""
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        files = [file for path in paths for file in sorted(Path(path).rglob("*.yml"))]
        self._examples = [file for file in files if _UNDERSTOOD in file.parts]
        self._rules = [str(file) for file in files if _UNDERSTOOD not in file.parts]
        self._config, self._domain, self._bundled = config_file, domain_path, bundled

    @cached_method
    def get_nlu_data(self, language: Optional[str] = None) -> TrainingData:
        """Every example with its intent.

        Raises:
            ValueError: naming the file that has another shape.
        """
        return TrainingData([message for file in self._examples for message in _messages(file, self._bundled)])

    @cached_method
    def get_domain(self) -> Domain:
        """The domain."""
        return Domain.load(self._domain) if self._domain else Domain.empty()

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """The rules."""
        return utils.story_graph_from_paths(self._rules, self.get_domain(), exclusion_percentage)

    def get_conversation_tests(self) -> StoryGraph:
        """None: conversations are tested through the doors."""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """Pipeline and policies."""
        return dict(read_model_configuration(self._config)) if self._config else {}

    def get_config_file_for_auto_config(self) -> Optional[str]:
        """Nothing is chosen by Rasa itself, but it asks."""
        return self._config


def _messages(file: Path, bundled: bool) -> list[Message]:
    try:
        blocks = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
        found = []
        for block in blocks:
            texts = [line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip()]
            for text in texts[:1] if bundled else texts:
                found.append(Message.build(text, block["intent"]))
            if bundled:
                found[-1].set(MORE_TEXTS, texts[1:])
        return found
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{file}: not the shape of training data ({type(error).__name__})") from None
