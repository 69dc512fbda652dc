"""Calibrates a classifier by one temperature for its logits (Guo et al. 2017, https://arxiv.org/abs/1706.04599).

The classifier's weight and bias are divided by the temperature, so that every library that reads the checkpoint gives the
same probabilities. Fitted on the even rows of the files; `evaluate` measures the
calibration on the odd ones, which the fit has not seen.
"""

import argparse
import json
import logging
from pathlib import Path

import numpy as np
import torch

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.softmax import log_softmax
from bertmini_demo.results import fold_label
from bertmini_demo.training.corpora.corpus_files import DATA_HELP, add_reading_arguments, read_pairs, reading
from bertmini_demo.training.evaluation import TEMPERATURE, predict_all

log = logging.getLogger(__name__)

WIDEST = 3.0  # the temperature lies between exp(-3) and exp(3)
ROUNDS = 60  # each shrinks the interval by a third


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``calibrate``."""
    parser.add_argument("--model", type=Path, required=True, help="folder of a classifier; it is rewritten")
    parser.add_argument("--data", nargs="+", type=Path, required=True, help=DATA_HELP)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Divides a classifier's logits by the temperature that fits every second pair of the data best, and saves it.

    Paper: Guo et al. 2017, https://arxiv.org/abs/1706.04599. The other half of the pairs is left to measure with.
    """
    model = bertmini_demo.load_model(str(arguments.model))
    pairs = [pair for path in arguments.data for pair in read_pairs(path, **reading(arguments))[::2]]
    temperature = fit(*logits_and_truths(model, pairs))
    with torch.no_grad():
        model.network.classifier.weight /= temperature
        model.network.classifier.bias /= temperature
    save_checkpoint(model.network, model.tokenizer, arguments.model)
    result = {"temperature": round(temperature, 4), "fitted_on": [path.name for path in arguments.data]}
    (arguments.model / TEMPERATURE).write_text(json.dumps(result) + "\n", encoding="utf-8")
    log.info("temperature %.3f, fitted on %d pairs", temperature, len(pairs))


def logits_and_truths(model: NLIModel, pairs: list[Pair]) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, labels) logits, and (pairs,) the column of each pair's label, folded where the model has two.

    Raises:
        DataError: a label that the model does not have.
    """
    labels = [fold_label(pair.label, model.labels) for pair in pairs]
    if unknown := sorted(set(labels) - set(model.labels)):
        raise DataError(
            f"Some pairs are labelled {', '.join(unknown)}; the model has {', '.join(model.labels)}. Leave them out."
        )
    logits = [
        [prediction.logits[label] for label in model.labels] for prediction in predict_all(model, pairs)
    ]
    return np.array(logits), np.array([model.labels.index(label) for label in labels])


def fit(logits: np.ndarray, truths: np.ndarray) -> float:
    """The temperature with the highest likelihood, between exp(-WIDEST) and exp(WIDEST).

    The likelihood has one peak in 1 / temperature, so ternary search finds it.

    Args:
        logits: (pairs, labels).
        truths: (pairs,) the column of each pair's label.
    """

    def loss(log_temperature: float) -> float:
        scores = log_softmax(logits / np.exp(log_temperature))
        return -float(scores[np.arange(len(truths)), truths].mean())

    low, high = -WIDEST, WIDEST
    for _ in range(ROUNDS):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, other) if loss(one) < loss(other) else (one, high)
    return float(np.exp((low + high) / 2))
