"""Rank correlations against counting by hand."""

import itertools
import math

import numpy as np
import pytest

from bertmini_demo.explain.rank_correlation import chance_spread, kendall, mean_ranks, spearman


def counted(one, other):
    """Tau-b from the textbook: concordant and discordant pairs, and ties on either side, counted one by one."""
    concordant = discordant = tied_one = tied_other = pairs = 0
    for i, j in itertools.combinations(range(len(one)), 2):
        pairs += 1
        tied_one += one[i] == one[j]
        tied_other += other[i] == other[j]
        product = (one[i] - one[j]) * (other[i] - other[j])
        concordant += product > 0
        discordant += product < 0
    return (concordant - discordant) / math.sqrt((pairs - tied_one) * (pairs - tied_other))


@pytest.mark.parametrize("seed", range(8))
def test_tau_b_equals_counting_pairs(seed):
    draws = np.random.default_rng(seed)
    one, other = draws.integers(0, 6, size=(2, 12)).astype(float)  # small numbers, so that many are tied
    assert kendall(one, other) == pytest.approx(counted(one, other))
    one, other = draws.normal(size=(2, 12))
    assert kendall(one, other) == pytest.approx(counted(one, other))


def test_tau_b_of_known_orders():
    scores = np.array([3.0, 1.0, 2.0, -5.0])
    assert kendall(scores, scores) == pytest.approx(1)
    assert kendall(scores, -scores) == pytest.approx(-1)
    assert kendall(scores, np.exp(scores)) == pytest.approx(1)
    assert kendall(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 4, 3])) == pytest.approx(4 / 6)
    assert math.isnan(kendall(scores, np.ones(4)))


def test_chance_spread_is_that_of_all_orders():
    taus = [kendall(np.arange(6), np.array(order)) for order in itertools.permutations(range(6))]
    assert chance_spread(6) == pytest.approx(np.std(taus))


def test_ranks_and_spearman_by_hand():
    assert mean_ranks(np.array([0.3, 0.1, 0.3, 0.9])).tolist() == [2.5, 1, 2.5, 4]
    # without ties, 1 - 6 sum(d²) / (n (n² - 1)): differences 1, 1, 0, 0 of four
    assert spearman(np.array([1.0, 2.0, 3.0, 4.0]), np.array([20.0, 10.0, 30.0, 40.0])) == pytest.approx(
        1 - 6 * 2 / 60
    )
    rising = np.array([0.0, 0.2, 0.21, 0.9])
    assert spearman(rising, rising**3) == pytest.approx(1)
    assert spearman(rising, -rising) == pytest.approx(-1)
    assert math.isnan(spearman(rising, np.ones(4)))
