"""Rollout against products done by hand."""

import numpy as np
import pytest

from bertmini_demo.explain.attention_rollout import rollout


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the cats walking", "a cat sleeps .")


def test_rows_of_rollout_sum_to_one_and_see_only_what_is_there(trace):
    mixtures = rollout(trace.attentions)
    assert mixtures.shape == (len(trace.attentions), len(trace.tokens), len(trace.tokens))
    np.testing.assert_allclose(mixtures.sum(axis=-1), 1, atol=1e-9)
    assert (mixtures >= 0).all()


def test_rollout_is_the_product_of_the_layers_later_ones_on_the_left(trace):
    direct = np.eye(len(trace.tokens))
    for layer, mixture in zip(trace.attentions, rollout(trace.attentions), strict=True):
        direct = (0.5 * np.mean(layer, axis=0) + 0.5 * np.eye(len(trace.tokens))) @ direct
        np.testing.assert_allclose(mixture, direct, atol=1e-6)


def test_heads_that_look_at_themselves_roll_out_to_the_identity():
    attentions = np.broadcast_to(np.eye(4), (3, 2, 4, 4))
    np.testing.assert_array_equal(rollout(attentions)[-1], np.eye(4))


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_uniform_attention_halves_what_a_position_keeps_of_itself_in_each_layer(layers):
    mixture = rollout(np.full((layers, 2, 4, 4), 0.25))[-1]
    kept = 0.5**layers
    np.testing.assert_allclose(mixture, kept * np.eye(4) + (1 - kept) / 4)
