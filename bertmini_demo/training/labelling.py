"""Writes the probabilities that classifiers give sentence pairs, for `distill` to learn from here or elsewhere."""

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS
from bertmini_demo.training.corpora.corpus_files import DATA_HELP, add_reading_arguments
from bertmini_demo.training.corpora.related_pairs import add_related_arguments
from bertmini_demo.training.distilling.pair_distillation import read_all
from bertmini_demo.training.distilling.teachers import ensemble_probabilities
from bertmini_demo.training.option_types import integer

log = logging.getLogger(__name__)

DIGITS = 5  # of a probability in the file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``label``."""
    parser.add_argument("--data", nargs="+", type=Path, required=True, help=DATA_HELP)
    add_reading_arguments(parser)
    parser.add_argument(
        "--teachers", nargs="+", required=True, help="folders or Hub names; the mean of their probabilities"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON-lines file for the pairs")
    parser.add_argument(
        "--length", type=integer(8, 512), default=128, help="word pieces a pair (default: 128)"
    )
    parser.add_argument("--seed", type=integer(0), default=0, help="of the replaced words (default: 0)")
    add_related_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Writes pairs with the mean of the teachers' probabilities, one JSON object a line."""
    pairs = read_all(arguments)
    folder = arguments.output.with_suffix(".teachers")
    means = ensemble_probabilities(arguments.teachers, pairs, length=arguments.length, folder=folder)
    with arguments.output.open("w", encoding="utf-8") as file:
        for pair, mean in zip(pairs, means.tolist(), strict=True):
            file.write(json.dumps(row_of(pair, mean), ensure_ascii=False) + "\n")
    log.info("%d pairs in %s", len(pairs), arguments.output)


def row_of(pair: Pair, probabilities: Sequence[float]) -> dict:
    """A pair as a line of the file: the teachers' probabilities, and its gold label where it has one."""
    rounded = [round(value, DIGITS) for value in probabilities]
    row = {
        "premise": pair.premise,
        "hypothesis": pair.hypothesis,
        "probabilities": dict(zip(LABELS, rounded, strict=True)),
    }
    return row | ({"label": pair.label} if pair.label else {})
