"""The dialogue model: making one, and measuring how well people are understood."""

import argparse
from pathlib import Path

from bot.commands import CommandError, say, show
from bot.safety.crisis import DangerWords, build_danger_words
from bot.settings import ROOT, Settings


def train(given: argparse.Namespace, settings: Settings) -> int:
    """Train, unless there is a model already."""
    from bot.dialogue import training

    model = training.model_of(ROOT, settings.data_dir)
    if model.exists() and not given.force and not given.accept:
        say(f"There is a model for the present data already: {model.name}. Train again with --force.")
        return 0
    train_model(settings, accept=given.accept)
    return 0


def train_model(settings: Settings, *, accept: bool = False) -> Path:
    """Train, examine and take a model; returns where it is."""
    from bot.dialogue import evaluation, gate, training

    def examine(model: Path) -> list[str]:
        say("Examining the new model ...")
        now = gate.measure(_danger_words(settings), root=ROOT, model=model)
        before = gate.read_mark(ROOT)
        if now and accept:
            gate.write_mark(ROOT, now)
        if now is None or before is None or accept:
            return []
        found = gate.objections(before, now)
        return [*found, "`anlu train --accept` takes it all the same, and holds later models to it"] if found else []

    try:
        return training.train(ROOT, settings.data_dir, say=say, examine=examine)
    except (training.TrainingFailed, evaluation.EvaluationError) as error:
        raise CommandError(str(error)) from None


def _danger_words(settings: Settings) -> DangerWords:
    from bot.content.files import read_folder

    try:
        return build_danger_words(read_folder(settings.content_dir))
    except ValueError as error:
        raise CommandError(str(error)) from None


def evaluate(given: argparse.Namespace, settings: Settings) -> int:
    """Score understanding."""
    from bot.dialogue import evaluation

    try:
        examples = evaluation.read_examples(given.files, asked="topic")
        result = evaluation.evaluate(examples, root=ROOT, model=_trained(settings))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return show(result, given.json, evaluation.lines)


def danger(given: argparse.Namespace, settings: Settings) -> int:
    """Score the recognition of danger."""
    from bot.dialogue import evaluation

    try:
        examples = evaluation.read_examples(given.files, asked="danger")
        words = _danger_words(settings)
        result = evaluation.evaluate_danger(examples, words, root=ROOT, model=_trained(settings))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return show(result, given.json, evaluation.lines)


def _trained(settings: Settings) -> Path:
    from bot.dialogue import training

    model = training.model_of(ROOT, settings.data_dir)
    if not model.exists():
        raise CommandError("there is no model for the present data: run `anlu train` first")
    return model


def detect(given: argparse.Namespace, _settings: Settings) -> int:
    """Score language identification."""
    from bot.dialogue import evaluation

    try:
        result = evaluation.evaluate_detection(evaluation.read_examples(given.files))
    except evaluation.EvaluationError as error:
        raise CommandError(str(error)) from None
    return show(result, given.json, evaluation.lines)
