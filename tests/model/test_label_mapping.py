"""The order of unnamed outputs, found on sure pairs: from made-up logits, and end to end with trained heads."""

import copy
import itertools

import numpy as np
import pytest
import torch
from conftest import write_tiny_checkpoint
from transformers import BertForSequenceClassification, BertTokenizer

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.encoding import padded
from bertmini_demo.model.label_mapping import (
    CLEAR,
    GIVEN,
    INFERRED,
    NAMED,
    display_order,
    likelihoods,
    most_likely_order,
    resolve_labels,
    sure_pairs,
)
from bertmini_demo.results import LABELS, TWO_LABELS
from bertmini_demo.settings import Settings

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


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
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


# Names that are given, right, wrong, or not to be proved wrong


@pytest.mark.parametrize("order", ORDERS + TWO_ORDERS, ids="-".join)
@pytest.mark.parametrize("names", [0, 1, -1], ids=["one order named", "another", "a third"])
def test_wrong_names_give_way_to_an_order_that_clearly_fits(truths, order, names):
    named = (ORDERS if len(order) == 3 else TWO_ORDERS)[names]
    found, told = resolve_labels(logits_for(fold(truths, order), order, strength=3), truths, names=named)
    assert found == order
    assert (told == NAMED) == (named == order)
    assert named == order or ", ".join(named) in told


@pytest.mark.parametrize("named", ORDERS, ids="-".join)
@pytest.mark.parametrize("strength", [0, -3], ids=["guesses", "is sure and wrong"])
def test_a_network_that_knows_nothing_proves_no_name_wrong(truths, named, strength):
    logits = logits_for(truths, ("neutral", "contradiction", "entailment"), strength=strength, noise=4)
    if strength:
        logits = -np.abs(logits)
    assert resolve_labels(logits, truths, names=named) == (named, NAMED)


@pytest.mark.parametrize("logit", [5.0, -5.0])
def test_two_labels_are_not_told_by_which_is_commoner(truths, logit):
    logits = np.tile([logit, 0.0], (len(truths), 1))  # says the same to every pair
    for named in TWO_ORDERS:
        assert resolve_labels(logits, truths, names=named) == (named, NAMED)


@pytest.mark.parametrize("order", TWO_ORDERS, ids="-".join)
@pytest.mark.parametrize("names", [(), ("LABEL_0", "LABEL_1"), ("negative", "positive")], ids=",".join)
def test_two_outputs_of_other_names_are_refused_however_well_they_fit(truths, order, names):
    """A classifier of paraphrases would fit."""
    logits = logits_for(fold(truths, order), order, strength=3)
    with pytest.raises(CheckpointError, match="may be those of another task"):
        resolve_labels(logits, truths, names=names)
    assert resolve_labels(logits, truths, names=names, given=order) == (order, GIVEN)


def test_three_outputs_of_odd_names_are_put_in_order_where_they_know_the_sure_pairs(truths):
    order, odd = ("contradiction", "entailment", "neutral"), ("no", "yes", "maybe")
    found, how = resolve_labels(logits_for(truths, order, strength=3), truths, names=odd)
    assert found == order
    assert "no, yes, maybe" in how


def test_a_classifier_that_is_sure_and_wrong_is_not_put_in_order(truths):
    """Of another task: it leans to one order by 0.5 nats, and is worse than chance in that order, too."""
    logits = logits_for(truths, LABELS, strength=1, noise=10)
    scores = sorted(likelihoods(logits, truths).values())
    assert scores[-1] - scores[-2] > CLEAR
    with pytest.raises(CheckpointError, match="stays unclear"):
        resolve_labels(logits, truths, names=("good", "bad", "ugly"))


@pytest.mark.parametrize("given", ORDERS, ids="-".join)
def test_labels_given_at_the_start_count_before_all_else(truths, given):
    logits = logits_for(truths, LABELS, strength=3)
    assert resolve_labels(logits, truths, names=LABELS, given=given) == (given, GIVEN)


@pytest.mark.parametrize("given", [("entailment",), TWO_LABELS, (*LABELS[:2], "other"), (*LABELS, "other")])
def test_labels_given_that_are_not_the_models_are_refused(truths, given):
    with pytest.raises(CheckpointError, match=r"labels given are .*; the model has 3: entailment, neutral"):
        resolve_labels(logits_for(truths, LABELS, strength=3), truths, names=(), given=given)


def test_a_network_that_puts_out_no_numbers_fails_its_self_test(truths):
    with pytest.raises(CheckpointError, match="fails its self-test"):
        resolve_labels(np.full((len(truths), 3), np.nan), truths, names=LABELS)


def test_the_shipped_models_names_stand(shipped):
    assert shipped.label_source == NAMED


def test_a_wrong_name_in_the_config_is_corrected_when_it_loads(tmp_path, shipped):
    network = copy.deepcopy(shipped.network)
    wrong = ("contradiction", "entailment", "neutral")
    network.config.id2label = dict(enumerate(wrong))
    network.config.label2id = {label: index for index, label in enumerate(wrong)}
    save_checkpoint(network, shipped.tokenizer, tmp_path)
    model = bertmini_demo.load_model(str(tmp_path))
    assert model.output_labels == shipped.output_labels
    assert ", ".join(wrong) in model.label_source
    given = bertmini_demo.load_model(str(tmp_path), settings=Settings(labels=wrong))
    assert (given.output_labels, given.label_source) == (wrong, GIVEN)


def test_found_labels_are_told(tmp_path, fitted, truths):
    names = {index: f"LABEL_{index}" for index in range(3)}
    write_tiny_checkpoint(tmp_path, id2label=names, label2id={name: index for index, name in names.items()})
    with_head(tmp_path, *fitted(LABELS))
    assert bertmini_demo.load_model(str(tmp_path)).label_source == INFERRED.format(
        "Its config does not name the labels.", len(truths)
    )
