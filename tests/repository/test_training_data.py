"""The training data is clean: nothing twice, nothing of the exam, nothing Rasa takes for something else."""

from collections import defaultdict

import pytest

from bot.languages.catalogue import COMPLETE
from bot.settings import ROOT
from bot.yaml_text import load_yaml
from tests.repository.topics import TOPICS
from tests.repository.training_data import NLU, blocks, held_back, nlu_files, utterances

LANGUAGES = sorted(folder.name for folder in NLU.iterdir() if folder.is_dir())


def test_complete_languages_have_data() -> None:
    """And every language has the same files."""
    assert set(COMPLETE) <= set(LANGUAGES)
    assert len({tuple(file.name for file in nlu_files(language)) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_stands_under_two_topics_or_twice(language: str) -> None:
    """As the classifier sees it: width, case, script, repeated letters and marks make no difference."""
    found = defaultdict(list)
    for utterance in utterances(language):
        found[utterance.form].append(f"{utterance.file}: {utterance.topic}: {utterance.text}")
    assert [lines for lines in found.values() if len(lines) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_never_sees_the_exam(language: str) -> None:
    """Neither the exam nor the tuning and danger sets; a score would say nothing."""
    held = held_back(language)
    assert [f"{u.file}: {u.topic}: {u.text} ({held[u.form]})" for u in utterances(language) if u.form in held] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_utterance_is_a_plain_text(language: str) -> None:
    """No leading slash (Rasa fires the intent of that name), no marked entities, nothing empty."""
    for utterance in utterances(language):
        assert utterance.form, utterance
        assert not utterance.text.lstrip().startswith("/"), utterance
        assert "](" not in utterance.text, utterance


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks_name_a_topic_and_their_language(language: str) -> None:
    """One block a topic, with the language the classifier is told."""
    seen = [block["intent"] for file in nlu_files(language) for block in blocks(file)]
    assert sorted(seen) == sorted(set(seen))
    assert set(seen) <= set(TOPICS)
    for file in nlu_files(language):
        for block in blocks(file):
            assert block["metadata"] == {"language": language}, (file.name, block["intent"])
            assert all(line.startswith("- ") for line in block["examples"].splitlines()), (file.name, block["intent"])


def test_nothing_else_is_taken_for_training_data() -> None:
    """Any YAML there that holds `responses:` would be; stories hold rules and stories alone."""
    for file in [*NLU.rglob("*.y*ml"), *(ROOT / "stories").rglob("*.y*ml")]:
        keys = set(load_yaml(file.read_text(encoding="utf-8")))
        allowed = {"version", "nlu"} if NLU in file.parents else {"version", "rules", "stories"}
        assert keys <= allowed, file.name
