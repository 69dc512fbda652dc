"""Measures which baseline and output make integrated gradients most faithful, by label and by way of removing words.

A confident, correct verdict should fall when the words that a method ranks highest are removed. The table says how far it
falls for each baseline and output, and what the model predicts at the baseline. Labels and removals do not compare: what
the model predicts without any words differs between them.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import bertmini_demo
from bertmini_demo.attribution import AttributionChoices, attribute_pair
from bertmini_demo.data.baseline_results import BASELINE_RESULTS
from bertmini_demo.errors import DataError
from bertmini_demo.explain.faithfulness import REMOVALS, logits_of_words, random_orders
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.softmax import softmax
from bertmini_demo.results import EncodedPair
from bertmini_demo.training.corpora.corpus_files import add_reading_arguments, read_labelled, reading
from bertmini_demo.training.option_types import integer

CONFIDENT = 0.9  # probability of the verdict from which on a pair counts
REMOVED = 0.2  # share of the words that are removed, rounded up

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``baselines``."""
    parser.add_argument("--data", type=Path, required=True, help="held-out labelled pairs")
    parser.add_argument(
        "--count", type=integer(1, 100_000), default=30, help="pairs of each label (default: 30)"
    )
    parser.add_argument("--output", type=Path, help="file to write (default: the one that ships)")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Measures each baseline on held-out pairs and writes the table that names the best one for each label.

    Raises:
        DataError: a file that cannot be read.
    """
    model = bertmini_demo.load_model()
    rows = read_labelled(arguments.data, **reading(arguments)).pairs
    table = {
        "about": "Mean fall of a confident verdict's probability, 0 to 1, when the fifth of the words that integrated "
        "gradients ranks highest is removed; written by: python -m bertmini_demo.training baselines",
        "data": arguments.data.name,
        "count": arguments.count,
        "labels": {},
    }
    for label in model.labels:
        pairs = confident_pairs(model, rows, label, count=arguments.count)
        table["labels"][label] = measure_label(model, pairs, label)
        log.info("%s measured on %d pairs", label, len(pairs))
    (arguments.output or BASELINE_RESULTS).write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def confident_pairs(model: NLIModel, rows: Sequence, label: str, *, count: int) -> list[EncodedPair]:
    """The first pairs of a label that the model predicts right, with a probability of ``CONFIDENT`` or more.

    Raises:
        DataError: there are fewer than ``count``.
    """
    chosen = []
    for row in rows:
        if row.label != label:
            continue
        verdict = model.predict(row.premise, row.hypothesis)
        if verdict.label == label and verdict.probabilities[label] >= CONFIDENT:
            chosen.append(model.encode(row.premise, row.hypothesis))
        if len(chosen) == count:
            return chosen
    raise DataError(
        f"Only {len(chosen)} pairs of {label} are predicted right at {CONFIDENT:.0%} or more; {count} are needed. "
        "Give a larger file, or a smaller --count."
    )


def measure_label(model: NLIModel, pairs: Sequence[EncodedPair], label: str) -> dict:
    """Mean falls by output, baseline and removal, those of random orders, and the predictions at the baselines."""
    falls: dict[str, dict[str, dict[str, float]]] = {}
    predictions: dict[str, dict[str, float]] = {}
    for output in OUTPUTS:
        falls[output] = {}
        for baseline in BASELINES:
            choices = AttributionChoices(target=label, output=output, baseline=baseline)
            runs = [attribute_pair(model, pair, choices) for pair in pairs]
            orders = [np.argsort(-run.word_scores)[None] for run in runs]
            falls[output][baseline] = mean_falls(model, pairs, orders, label)
            predictions[baseline] = {
                name: round(float(np.mean([run.baseline_probabilities[name] for run in runs])), 3)
                for name in model.labels
            }
    orders = [random_orders(len(pair.words), seed=0) for pair in pairs]
    return {"falls": falls, "random": mean_falls(model, pairs, orders, label), "baselines": predictions}


def mean_falls(
    model: NLIModel, pairs: Sequence[EncodedPair], orders: Sequence[np.ndarray], label: str
) -> dict[str, float]:
    """Removal to the mean fall of a label's probability without the first fifth of the words.

    Args:
        orders: of each pair (orders, words), indices, the first to be removed first.
    """
    column = model.output_labels.index(label)
    means = {}
    for removal in REMOVALS:
        falls = []
        for pair, rows in zip(pairs, orders, strict=True):
            first = np.argsort(rows, axis=1) < np.ceil(REMOVED * len(pair.words))
            present = np.concatenate([np.ones((1, len(pair.words)), bool), ~first])
            full, *without = softmax(logits_of_words(model, pair, present, removal=removal))[:, column]
            falls.append(full - np.mean(without))
        means[removal] = round(float(np.mean(falls)), 3)
    return means
