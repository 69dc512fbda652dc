"""Rank correlation against counting by hand, and what is read from a trace against indexing by hand."""

import itertools
import math

import numpy as np
import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.explain.rank_correlation import (
    WordScores,
    agreement,
    attended_words,
    attributed_words,
    chance_spread,
    kendall,
)

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")


def words(scores, *, signed=True, method="saliency"):
    return WordScores(method, np.array(scores, dtype=float), signed, seconds=0.1)


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


def test_agreement_compares_sizes_of_all_and_signs_of_the_signed():
    found = agreement(
        [
            words([3, -2, 1], method="integrated_gradients"),
            words([3, 2, 1], method="gradient_shap"),
            words([3, 2, 1], signed=False, method="rollout"),
        ]
    )
    assert found.methods == ("integrated_gradients", "gradient_shap", "rollout")
    np.testing.assert_allclose(found.sizes, 1)
    assert found.signed_methods == ("integrated_gradients", "gradient_shap")
    np.testing.assert_allclose(found.signed, [[1, 1 / 3], [1 / 3, 1]])
    assert not found.sizes.flags.writeable


def test_signed_words_are_ordered_by_score_and_unsigned_by_size():
    assert words([1, -3, 2, 1]).order.tolist() == [2, 0, 3, 1]
    assert words([1, 3, 2, 1], signed=False).order.tolist() == [1, 2, 0, 3]


def test_attributed_words_add_up_pieces(tiny):
    found = attribute(tiny, *PAIR, method="saliency")
    scores = attributed_words(found)
    assert (scores.method, scores.signed, scores.seconds) == ("saliency", False, found.seconds)
    np.testing.assert_array_equal(scores.scores, found.word_scores)


def test_attended_words_are_the_row_of_cls(model):
    trace = model.trace(*PAIR)
    attention, rolled = attended_words(trace)
    assert (attention.method, rolled.method) == ("attention", "rollout")
    assert not attention.signed
    assert not rolled.signed
    mixed = np.eye(len(trace.tokens))
    for layer in trace.attentions:
        mixed = (0.5 * layer.mean(axis=0) + 0.5 * np.eye(len(trace.tokens))) @ mixed
    last = sum(trace.attentions[-1][head] for head in range(model.heads)) / model.heads
    for index, word in enumerate(trace.pair.words):
        places = list(word.positions)
        assert attention.scores[index] == pytest.approx(sum(last[0, place] for place in places), abs=1e-6)
        assert rolled.scores[index] == pytest.approx(sum(mixed[0, place] for place in places), abs=1e-6)
    outside = np.array(trace.pair.special)
    assert attention.scores.sum() + last[0, outside].sum() == pytest.approx(1, abs=1e-5)
