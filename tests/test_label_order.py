"""The order of unnamed outputs, found on sure pairs: from made-up logits, and end to end with trained heads."""

import copy
import itertools

import numpy as np
import pytest
import torch
from conftest import write_tiny_checkpoint
from transformers import BertForSequenceClassification, BertTokenizer

import bertmini_demo
from bertmini_demo.checkpoint import TWO_LABELS, save_checkpoint
from bertmini_demo.errors import CheckpointError
from bertmini_demo.inference import padded
from bertmini_demo.label_order import CLEAR, display_order, most_likely_order, sure_pairs
from bertmini_demo.results import LABELS

ORDERS = list(itertools.permutations(LABELS))
TWO_ORDERS = list(itertools.permutations(TWO_LABELS))
PAIR = ("A man is asleep.", "The man is awake in the park.")


def logits_for(truths, order, *, strength, noise=1.0):
    """Logits of a classifier whose outputs mean ``order`` and that is right more often than not."""
    logits = np.random.default_rng(0).normal(scale=noise, size=(len(truths), len(order)))
    logits[np.arange(len(truths)), [order.index(truth) for truth in truths]] += strength
    return logits


def with_head(folder, weight, bias):
    """Puts another linear head on a checkpoint in place, manifest included."""
    network = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        network.classifier.weight.copy_(weight)
        network.classifier.bias.copy_(bias)
    save_checkpoint(network, BertTokenizer.from_pretrained(folder), folder)


def fold(truths, order):
    return [truth if truth in order else "not_entailment" for truth in truths]


@pytest.fixture(scope="module")
def truths():
    return [pair["label"] for pair in sure_pairs()]


@pytest.mark.parametrize("order", ORDERS + TWO_ORDERS, ids="-".join)
@pytest.mark.parametrize("offset", [0, 1000, -1000])
def test_the_order_is_recovered_from_logits(truths, order, offset):
    logits = logits_for(fold(truths, order), order, strength=2)
    assert most_likely_order(logits + offset, truths) == order


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize("kind", ["constant", "sure of one output", "noise", "not a number"])
def test_an_order_that_stays_unclear_is_refused(truths, outputs, kind):
    logits = {
        "constant": np.zeros((len(truths), outputs)),
        "sure of one output": np.tile([9.0, 0, 0][:outputs], (len(truths), 1)),
        "noise": np.random.default_rng(1).normal(scale=0.1, size=(len(truths), outputs)),
        "not a number": np.full((len(truths), outputs), np.nan),
    }[kind]
    balanced = [truth for truth in truths if truth != "neutral"] if outputs == 2 else truths
    with pytest.raises(CheckpointError, match="id2label"):
        most_likely_order(logits[: len(balanced)], balanced)


@pytest.mark.parametrize(("share", "clear"), [(1.1, True), (0.9, False)])
def test_clear_means_better_than_the_next_order_by_a_margin_in_nats(share, clear):
    # Two outputs, each pair right by m: log-probabilities differ by m between the two orders.
    logits = np.array([[share * CLEAR, 0], [0, share * CLEAR]])
    if clear:
        assert most_likely_order(logits, ["entailment", "contradiction"]) == TWO_LABELS
    else:
        with pytest.raises(CheckpointError):
            most_likely_order(logits, ["entailment", "contradiction"])


@pytest.mark.parametrize("order", ORDERS + TWO_ORDERS, ids="-".join)
def test_labels_are_shown_in_one_order(order):
    assert display_order(order) == (LABELS if len(order) == 3 else TWO_LABELS)


@pytest.fixture(scope="module")
def fitted(tiny, truths):
    """Makes (weight, bias) of a linear head that tells the sure pairs apart, by ridge regression."""
    pairs = [tiny.encode(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()]
    with torch.no_grad():
        pooled = tiny.network.bert(**padded(pairs, fill=0)).pooler_output
    features = torch.cat([pooled, torch.ones(len(pooled), 1)], dim=1).double()

    def fit(order):
        wanted = [[6.0 * (name == truth) for name in order] for truth in fold(truths, order)]
        ridge = features.T @ features + 0.01 * torch.eye(features.shape[1])
        solution = torch.linalg.solve(ridge, features.T @ torch.tensor(wanted).double())
        return solution[:-1].T.float(), solution[-1].float()

    return fit


@pytest.mark.parametrize("order", ORDERS + TWO_ORDERS, ids="-".join)
def test_a_checkpoint_without_label_names_finds_them_when_it_loads(tmp_path, tiny, fitted, order):
    names = {index: f"LABEL_{index}" for index in range(len(order))}
    write_tiny_checkpoint(tmp_path, id2label=names, label2id={name: index for index, name in names.items()})
    with_head(tmp_path, *fitted(order))
    model = bertmini_demo.load_model(str(tmp_path))
    assert model.output_labels == order
    prediction = model.predict(*PAIR)
    expected = model.batch_logits([tiny.encode(*PAIR)])[0]
    for label, logit in prediction.logits.items():
        assert logit == pytest.approx(expected[order.index(label)], abs=1e-4)
    assert tuple(prediction.probabilities) == display_order(order)


def test_a_random_checkpoint_without_label_names_is_refused(tmp_path):
    names = {index: f"LABEL_{index}" for index in range(3)}
    write_tiny_checkpoint(tmp_path, id2label=names, label2id={name: index for index, name in names.items()})
    with pytest.raises(CheckpointError, match="stays unclear"):
        bertmini_demo.load_model(str(tmp_path))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_shipped_weights_with_outputs_permuted_and_unnamed_answer_the_same(tmp_path, shipped, order):
    network = copy.deepcopy(shipped.network)
    rows = [shipped.output_labels.index(label) for label in order]
    with torch.no_grad():
        network.classifier.weight.copy_(shipped.network.classifier.weight[rows])
        network.classifier.bias.copy_(shipped.network.classifier.bias[rows])
    network.config.id2label = {index: f"LABEL_{index}" for index in range(3)}
    network.config.label2id = {f"LABEL_{index}": index for index in range(3)}
    save_checkpoint(network, shipped.tokenizer, tmp_path)
    model = bertmini_demo.load_model(str(tmp_path))
    assert model.output_labels == order
    assert model.predict(*PAIR).logits == pytest.approx(shipped.predict(*PAIR).logits, abs=1e-4)
