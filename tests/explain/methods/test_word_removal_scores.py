"""Scores from outputs without some words, against forward passes by hand."""

import numpy as np
import pytest
import torch
from by_hand import PAIR, RANDOM_METHODS, SHORT, ByHand, all_subsets

from bertmini_demo import attribution
from bertmini_demo.attribution import attribute
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.explain.methods.word_removal_scores import antithetic_permutations


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("output", OUTPUTS)
def test_feature_ablation_equals_one_forward_pass_a_word(model, output, baseline):
    found = attribute(
        model, *PAIR, method="feature_ablation", target="neutral", output=output, baseline=baseline
    )
    hand = ByHand(model, output=output, baseline=baseline)
    expected = [hand.value(hand.present) - hand.value(hand.without([word])) for word in hand.pair.words]
    np.testing.assert_allclose(found.word_scores, expected, atol=1e-5)


@pytest.mark.parametrize("output", OUTPUTS)
def test_shapley_values_of_a_short_pair_are_those_over_all_subsets(model, output):
    found = attribute(
        model, *SHORT, method="shapley_sampling", target="neutral", output=output, baseline="mask"
    )
    np.testing.assert_allclose(
        found.word_scores, all_subsets(ByHand(model, SHORT, output=output, baseline="mask")), atol=1e-5
    )
    assert found.steps == 2 ** len(found.pair.words)
    assert not found.standard_errors.any()


def test_shapley_sampling_approaches_the_values_over_all_subsets(tiny, monkeypatch):
    monkeypatch.setattr(attribution, "MAX_EXACT_WORDS", 0)
    exact = all_subsets(ByHand(tiny, SHORT))
    errors = {}
    for pairs in (1, 200):
        monkeypatch.setattr(attribution, "PERMUTATION_PAIRS", pairs)
        found = attribute(tiny, *SHORT, method="shapley_sampling", target="neutral")
        errors[pairs] = np.abs(found.word_scores - exact).max()
    assert errors[200] < min(0.02 * np.abs(exact).max(), 0.3 * errors[1])


@pytest.mark.parametrize("method", RANDOM_METHODS)
def test_the_standard_error_is_the_spread_over_seeds(tiny, method, monkeypatch):
    """Root mean squares over the words: what is stated from one run, beside what many runs show."""
    monkeypatch.setattr(attribution, "MAX_EXACT_WORDS", 0)
    runs = [attribute(tiny, *PAIR, method=method, target="neutral", seed=seed) for seed in range(40)]
    stated = np.sqrt(np.mean([run.standard_errors**2 for run in runs]))
    seen = np.sqrt(np.var([run.word_scores for run in runs], axis=0, ddof=1).mean())
    assert 0.75 < stated / seen < 1.6
    assert not runs[0].standard_errors.flags.writeable


@pytest.mark.parametrize("count", [1, 4, 5])
def test_every_second_order_is_the_one_before_it_reversed(count):
    orders = list(antithetic_permutations(6, count, generator=torch.Generator().manual_seed(0)))
    assert [sorted(order) for order in orders] == [list(range(6))] * count
    for there, back in zip(orders[::2], orders[1::2], strict=False):
        assert back == there[::-1]
    assert len({tuple(order) for order in orders}) == count
