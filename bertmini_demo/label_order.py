"""Which output means which label, found by asking about pairs whose label nobody doubts.

Checkpoints often call their outputs LABEL_0, LABEL_1, LABEL_2, and their orders differ.
"""

import itertools
import json

import numpy as np

from bertmini_demo.checkpoint import TWO_LABELS
from bertmini_demo.errors import CheckpointError
from bertmini_demo.results import LABELS
from bertmini_demo.settings import ASSETS

CLEAR = 0.2  # nats a pair by which the best order must beat the second


def sure_pairs() -> list[dict[str, str]]:
    """Hand-written pairs (premise, hypothesis, label, phenomenon), read from assets/sure_pairs.json."""
    return json.loads((ASSETS / "sure_pairs.json").read_text(encoding="utf-8"))["pairs"]


def display_order(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels in the order they are shown, whatever the network's own."""
    return tuple(sorted(labels, key=(*LABELS, TWO_LABELS[1]).index))


def most_likely_order(logits: np.ndarray, truths: list[str]) -> tuple[str, ...]:
    """The order of labels under which ``truths`` are likeliest.

    Args:
        logits: (pairs, outputs), two or three outputs.
        truths: the label of each pair, one of LABELS.

    Raises:
        CheckpointError: the best order is not clearly better than the next.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    scores = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # log-probabilities
    names = LABELS if logits.shape[1] == len(LABELS) else TWO_LABELS
    truths = [truth if truth in names else TWO_LABELS[1] for truth in truths]
    rows = np.arange(len(truths))
    ranked = sorted(
        (
            (scores[rows, [order.index(truth) for truth in truths]].mean(), order)
            for order in itertools.permutations(names)
        ),
        reverse=True,
    )
    if not ranked[0][0] - ranked[1][0] >= CLEAR:  # so that NaN is refused, too
        raise CheckpointError(
            "The config does not name the labels, and the order of the outputs stays unclear on sure pairs. "
            "Set id2label in its config.json."
        )
    return ranked[0][1]
