"""The lines into a position: their sums, and rollout computed the other way round."""

import itertools

import numpy as np
import pytest

from bertmini_demo.explain.attention_flow import FLOWS, HEAD, MEAN, ROLLOUT, attention_flow, start_shares
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.results import Head


@pytest.fixture
def attentions():
    raw = np.exp(np.random.default_rng(0).normal(size=(3, 2, 6, 6)))
    return raw / raw.sum(axis=-1, keepdims=True)


def test_a_start_is_shared_evenly():
    np.testing.assert_allclose(start_shares((1, 2), 4), [0, 0.5, 0.5, 0])


@pytest.mark.parametrize("positions", [(0,), (2, 3), (5,)])
def test_what_flows_out_of_the_first_keys_is_rollout(attentions, positions):
    lines = attention_flow(attentions, start_shares(positions, 6), kind=ROLLOUT)
    expected = rollout(attentions)[-1][list(positions)].mean(axis=0)
    np.testing.assert_allclose(lines[0].sum(axis=0), expected)


def test_rolled_out_nothing_is_lost_between_layers(attentions):
    lines = attention_flow(attentions, start_shares((4,), 6), kind=ROLLOUT)
    np.testing.assert_allclose(lines.sum(axis=(1, 2)), 1)
    np.testing.assert_allclose(lines[-1].sum(axis=1), start_shares((4,), 6))
    for below, above in itertools.pairwise(lines):
        np.testing.assert_allclose(below.sum(axis=1), above.sum(axis=0))


def test_the_mean_of_the_heads_is_read_at_the_starting_rows_only(attentions):
    lines = attention_flow(attentions, start_shares((1, 3), 6), kind=MEAN)
    for layer in range(3):
        by_hand = (attentions[layer, 0] + attentions[layer, 1]) / 2
        np.testing.assert_allclose(lines[layer][[1, 3]], by_hand[[1, 3]] / 2)
        assert not lines[layer][[0, 2, 4, 5]].any()


def test_one_head_has_lines_in_its_own_layer_only(attentions):
    lines = attention_flow(attentions, start_shares((2,), 6), kind=HEAD, head=Head(1, 0))
    np.testing.assert_allclose(lines[1][2], attentions[1, 0, 2])
    assert not lines[[0, 2]].any()
    assert np.count_nonzero(lines) == 6


def test_an_unknown_kind_is_refused_and_the_known_ones_named(attentions):
    with pytest.raises(ValueError, match=", ".join(FLOWS)):
        attention_flow(attentions, start_shares((0,), 6), kind="straight")
