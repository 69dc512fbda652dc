"""The trained model agrees with itself; a randomised copy is random, and the model is left alone."""

import numpy as np
import pytest
import torch

import bertmini_demo
from bertmini_demo.attribution import METHODS, attribute
from bertmini_demo.errors import InputError
from bertmini_demo.explain.randomization_check import check_sanity, parts_from_the_top, randomise
from bertmini_demo.explain.rank_correlation import kendall

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
QUESTION = {"target": "neutral", "output": "logit", "baseline": "pad"}


def check(model, method="input_x_gradient", **changes):
    return list(check_sanity(model, model.encode(*PAIR), method=method, **QUESTION | changes))


@pytest.mark.parametrize("method", METHODS)
def test_with_nothing_randomised_the_scores_are_the_same_and_later_they_differ(tiny, method):
    steps = check(tiny, method)
    last = steps[-1]
    assert [len(step.sizes) for step in steps] == list(range(1, last.places + 1))
    assert last.places == 1 + tiny.layers + 3
    assert last.sizes[0] == pytest.approx(1)
    assert (last.sizes[1:] < 1).any()
    assert (np.abs(last.sizes) <= 1).all()
    if method == "saliency":
        assert last.signed is None
    else:
        assert last.signed[0] == pytest.approx(1)
        assert len(last.signed) == last.places


def test_each_place_compares_with_the_attribution_of_a_model_randomised_by_hand(tiny, tiny_folder):
    other = bertmini_demo.load_model(str(tiny_folder))
    generator = torch.Generator().manual_seed(5)
    trained = attribute(tiny, *PAIR, method="input_x_gradient", target="neutral").word_scores
    expected = [1.0]
    bert = other.network.bert
    for part in (other.network.classifier, bert.pooler, *bert.encoder.layer[::-1], bert.embeddings):
        randomise(part, spread=0.3, generator=generator)
        scores = attribute(other, *PAIR, method="input_x_gradient", target="neutral").word_scores
        expected.append(kendall(trained, scores))
    np.testing.assert_allclose(check(tiny, seed=5)[-1].signed, expected, atol=1e-6)


def test_in_the_end_no_weight_is_left_out(tiny):
    parts = parts_from_the_top(tiny.network)
    inside = {id(weight) for part in parts for weight in part.parameters()}
    assert inside == {id(weight) for weight in tiny.network.parameters()}


def test_a_randomised_part_is_what_training_began_from():
    part = torch.nn.Sequential(torch.nn.Embedding(50, 40), torch.nn.Linear(40, 60), torch.nn.LayerNorm(60))
    for weight in part.parameters():
        torch.nn.init.constant_(weight, 3)
    randomise(part, spread=0.02, generator=torch.Generator().manual_seed(0))
    embedding, linear, norm = part
    for weight in (embedding.weight, linear.weight):
        assert weight.std().item() == pytest.approx(0.02, rel=0.1)
        assert abs(weight.mean().item()) < 0.002
    assert (linear.bias == 0).all()
    assert (norm.weight == 1).all()
    assert (norm.bias == 0).all()


def test_the_seed_decides_and_nothing_shared_is_changed(tiny):
    weights = [weight.clone() for weight in tiny.network.parameters()]
    draws = torch.get_rng_state()
    first, again, other = (check(tiny, seed=seed)[-1].sizes for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert torch.equal(torch.get_rng_state(), draws)
    assert all(map(torch.equal, weights, tiny.network.parameters()))


@pytest.mark.parametrize("choice", [{"method": "lime"}, {"target": "lime"}])
def test_a_choice_that_does_not_exist_is_refused(tiny, choice):
    with pytest.raises(InputError, match="'lime'") as refusal:
        check(tiny, **choice)
    assert {refusal.value.field} == choice.keys()
