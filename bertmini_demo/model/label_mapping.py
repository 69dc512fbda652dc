"""Which output means which label: as the operator says, as the config says, or as sure pairs show.

Checkpoints often call their outputs LABEL_0, LABEL_1, LABEL_2, their orders differ, and some names are wrong.
"""

import itertools
import json
import math
import re
from collections.abc import Sequence

import numpy as np

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.label_names import parse_labels
from bertmini_demo.model.softmax import log_softmax
from bertmini_demo.results import LABELS, TWO_LABELS, fold_label
from bertmini_demo.settings import ASSETS

CLEAR = 0.2  # nats a pair by which the best order must beat the second, or the one a config names
GIVEN = "The labels are in the order given at the start."
NAMED = "The labels are those its config names."
INFERRED = "{} Their order was inferred from {} pairs whose labels are beyond doubt."
CORRECTED = (
    "Its config names the labels {}, which clearly does not fit {} pairs whose labels are beyond doubt. The order "
    "that fits them is used."
)
OTHER_TASK = (
    "{} Two outputs of other names than entailment and not_entailment may be those of another task, such as paraphrases, "
    "questions or sentiment. If they are these two, give their order with --labels or BERTMINI_LABELS."
)
UNNAMED = re.compile(r"LABEL_\d+")  # what transformers writes if the outputs were not named


def sure_pairs() -> list[dict[str, str]]:
    """Hand-written pairs (premise, hypothesis, label, phenomenon), read from assets/sure_pairs.json."""
    return json.loads((ASSETS / "sure_pairs.json").read_text(encoding="utf-8"))["pairs"]


def display_order(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels in the order they are shown, whatever the network's own."""
    return tuple(sorted(labels, key=(*LABELS, TWO_LABELS[1]).index))


def resolve_labels(
    logits: np.ndarray, truths: Sequence[str], *, names: Sequence[str] = (), given: Sequence[str] = ()
) -> tuple[tuple[str, ...], str]:
    """The label of each output, and a sentence that says how it is known.

    What is given counts. What the config names counts unless another order is clearly better on the sure pairs and the
    network does better than chance on them: one that only guesses is no evidence against the config.

    Two outputs of other names are refused: a classifier of paraphrases does better than chance, too.

    Args:
        logits: (pairs, outputs), two or three outputs.
        truths: the label of each pair, one of LABELS.
        names: of the outputs as the config spells them; empty where it has none.
        given: the labels as the operator spells them; empty where they are not given.

    Raises:
        CheckpointError: logits that are not finite, labels given that are not these, two outputs of other names, or an
            order that stays unclear.
    """
    known = LABELS if logits.shape[1] == len(LABELS) else TWO_LABELS
    if not np.isfinite(logits).all():
        raise CheckpointError("The model fails its self-test: its outputs on simple pairs are not finite.")
    if given:
        return given_labels(given, known), GIVEN
    named = parse_labels(tuple(names))
    if named is None and known == TWO_LABELS:
        raise CheckpointError(OTHER_TASK.format(describe_names(names)))
    if named is None:
        return most_likely_order(logits, truths, names=names), INFERRED.format(
            describe_names(names), len(truths)
        )
    scores = likelihoods(logits, truths)
    best = max(scores, key=scores.get)
    if scores[best] - scores[named] >= CLEAR and scores[best] > -math.log(len(known)):
        return best, CORRECTED.format(", ".join(named), len(truths))
    return named, NAMED


def given_labels(given: Sequence[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The labels as the operator gives them.

    Raises:
        CheckpointError: they are not those of ``known``, in some order.
    """
    labels = parse_labels(tuple(given))
    if labels is None or len(labels) != len(known):
        raise CheckpointError(
            f"The labels given are {', '.join(given)}; the model has {len(known)}: {', '.join(known)}, in any order."
        )
    return labels


def describe_names(names: Sequence[str]) -> str:
    """What a config says about its labels, in one sentence."""
    if not names or all(UNNAMED.fullmatch(name) for name in names):
        return "Its config does not name the labels."
    return f"Its config names them {', '.join(names)}."


def most_likely_order(
    logits: np.ndarray, truths: Sequence[str], *, names: Sequence[str] = ()
) -> tuple[str, ...]:
    """The order of labels under which ``truths`` are likeliest.

    Raises:
        CheckpointError: the best order is not clearly better than the next, or no better than chance.
    """
    scores = likelihoods(logits, truths)
    best, second = sorted(scores, key=scores.get, reverse=True)[:2]
    clear = scores[best] - scores[second] >= CLEAR and scores[best] > -math.log(len(best))
    if not clear:  # refuses NaN as well
        raise CheckpointError(
            f"{describe_names(names)} The order of the outputs stays unclear on pairs with an obvious label. Set id2label in its config.json "
            "to entailment, neutral and contradiction, or give the labels with --labels or BERTMINI_LABELS."
        )
    return best


def likelihoods(logits: np.ndarray, truths: Sequence[str]) -> dict[tuple[str, ...], float]:
    """The mean log-probability of ``truths`` in nats under each order; each label has the same weight, however many
    pairs it has: else a network that always says the same would seem to know the commoner label's output."""
    scores = log_softmax(logits)
    names = LABELS if logits.shape[1] == len(LABELS) else TWO_LABELS
    folded = np.array([fold_label(truth, names) for truth in truths])
    means = {name: scores[folded == name].mean(axis=0) for name in names if name in folded}  # of each output
    return {
        order: float(np.mean([mean[order.index(name)] for name, mean in means.items()]))
        for order in itertools.permutations(names)
    }
