"""Two models on the same pairs: agreement counted by hand, and models that are known to agree or not."""

from collections import Counter
from dataclasses import replace

import pytest
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.explain.model_comparison import (
    ComparedPair,
    agreement,
    chance_agreement,
    compare_predictions,
    confident_disagreements,
    label_counts,
)
from bertmini_demo.results import LABELS, TWO_LABELS, Prediction, fold_label
from bertmini_demo.settings import Settings

PAIRS = [
    (f"{a} {b} .", f"the {c} runs .")
    for a in ("a", "the", "no")
    for b in ("man", "dog")
    for c in ("cat", "dog")
]


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """A model of two labels and other sizes."""
    labels = {0: "not_entailment", 1: "entailment"}
    folder = write_tiny_checkpoint(
        tmp_path_factory.mktemp("two"),
        seed=5,
        num_hidden_layers=2,
        id2label=labels,
        label2id={label: index for index, label in labels.items()},
    )
    return bertmini_demo.load_model(str(folder))


def prediction(label, share, labels=LABELS):
    rest = (1 - share) / (len(labels) - 1)
    shares = {one: share if one == label else rest for one in labels}
    return Prediction(label, shares, logits={}, tokens=(), notes=(), seconds=0.0)


def pairs_of(*answers):
    return [ComparedPair("a", "b", prediction(*one), prediction(*two)) for one, two in answers]


def test_each_answer_is_the_models_own_in_order_whatever_the_batch(tiny_folder, tiny, other):
    small = replace(Settings(), batch_pairs=5)
    first = bertmini_demo.load_model(str(tiny_folder), settings=small)
    batches = list(compare_predictions(first, other, PAIRS))
    assert [len(batch) for batch in batches] == [5, 5, 2]
    for pair, compared in zip(PAIRS, (one for batch in batches for one in batch), strict=True):
        assert (compared.premise, compared.hypothesis) == pair
        for model, answer in ((tiny, compared.first), (other, compared.second)):
            assert answer.probabilities == pytest.approx(model.predict(*pair).probabilities, abs=1e-5)


def test_a_model_agrees_with_itself(tiny):
    pairs = [one for batch in compare_predictions(tiny, tiny, PAIRS) for one in batch]
    assert agreement(pairs) == 1
    assert confident_disagreements(pairs, limit=9) == []


def test_counts_are_those_counted_by_hand():
    e, n, c = LABELS
    pairs = pairs_of(((e, 0.9), (e, 0.8)), ((e, 0.9), (n, 0.7)), ((c, 0.6), (n, 0.95)), ((c, 0.5), (c, 0.5)))
    assert agreement(pairs) == 0.5
    assert label_counts(pairs) == Counter({(e, e): 1, (e, n): 1, (c, n): 1, (c, c): 1})
    # first: e 2, c 2; second: e 1, n 2, c 1
    assert chance_agreement(pairs) == (2 * 1 + 2 * 1) / 16
    assert confident_disagreements(pairs, limit=9) == [pairs[1], pairs[2]]
    assert confident_disagreements(pairs, limit=1) == [pairs[1]]


@pytest.mark.parametrize("label", LABELS)
def test_beside_a_model_of_two_labels_three_count_as_two(label):
    two = ("entailment", "not_entailment")
    (pair,) = [ComparedPair("a", "b", prediction(label, 0.9), prediction("not_entailment", 0.9, two))]
    assert pair.labels == (fold_label(label, TWO_LABELS), "not_entailment")
    assert pair.agree == (label != "entailment")
    (three,) = pairs_of(((label, 0.9), ("neutral", 0.9)))
    assert three.labels == (label, "neutral")
