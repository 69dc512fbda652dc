"""A forward pass taken apart, put together again, and compared with what hooks on a copy of the network see."""

import copy

import numpy as np
import pytest
import torch
from torch.nn.functional import layer_norm

from bertmini_demo.explain.norm_decomposition import contributions, lengths

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")


@pytest.fixture(scope="module")
def trace(model):
    return model.trace(*PAIR)


@pytest.fixture(scope="module")
def found(model, trace):
    return contributions(model, trace)


def normalised(vectors, module):
    """Layer normalisation in float64, by torch's function and not by the network's own module."""
    gain, bias = module.weight.double(), module.bias.double()
    given = torch.tensor(vectors, dtype=torch.float64)
    return layer_norm(given, given.shape[-1:], gain, bias, eps=module.eps).detach().numpy()


def test_the_parts_added_and_normalised_are_the_hidden_states(model, trace, found):
    network = model.network.bert
    embedded = normalised(found.embeddings.sum(axis=0, dtype=np.float64), network.embeddings.LayerNorm)
    np.testing.assert_allclose(trace.hidden_states[0], embedded, atol=1e-5)
    for index, layer in enumerate(network.encoder.layer):
        middle = normalised(
            trace.hidden_states[index] + found.attention[index], layer.attention.output.LayerNorm
        )
        np.testing.assert_allclose(found.middle[index], middle, atol=1e-4)
        out = normalised(middle + found.feed_forward[index], layer.output.LayerNorm)
        np.testing.assert_allclose(trace.hidden_states[index + 1], out, atol=1e-4)


def test_the_shares_of_the_heads_and_the_bias_are_what_attention_adds(model, found):
    for index, layer in enumerate(model.network.bert.encoder.layer):
        bias = layer.attention.output.dense.bias.detach().numpy()
        np.testing.assert_allclose(found.heads[index].sum(axis=0) + bias, found.attention[index], atol=1e-4)


def test_both_parts_are_what_the_network_itself_computes(model, trace, found):
    network = copy.deepcopy(model.network)
    seen = {"attention": [], "feed_forward": []}
    for layer in network.bert.encoder.layer:
        for name, module in (
            ("attention", layer.attention.output.dense),
            ("feed_forward", layer.output.dense),
        ):
            module.register_forward_hook(lambda _, __, out, name=name: seen[name].append(out[0].numpy()))
    ids, segments = trace.pair.input_ids[None], trace.pair.segments[None]
    with torch.inference_mode():
        network(input_ids=torch.tensor(ids), token_type_ids=torch.tensor(segments))
    np.testing.assert_allclose(found.attention, seen["attention"], atol=1e-4)
    np.testing.assert_allclose(found.feed_forward, seen["feed_forward"], atol=1e-4)


def test_a_head_whose_output_weights_are_zero_adds_nothing_and_the_others_what_they_did(model, trace, found):
    changed = copy.copy(model)
    changed.network = copy.deepcopy(model.network)
    size = model.hidden // model.heads
    with torch.no_grad():
        changed.network.bert.encoder.layer[0].attention.output.dense.weight[:, :size] = 0
    without = contributions(changed, trace)
    np.testing.assert_array_equal(without.heads[0, 0], 0)
    np.testing.assert_array_equal(without.heads[0, 1:], found.heads[0, 1:])


def test_the_classifier_on_the_pooled_vector_gives_the_logits(model, trace, found):
    classifier = model.network.classifier
    logits = classifier.weight.detach().numpy() @ found.pooled + classifier.bias.detach().numpy()
    told = [trace.prediction.logits[label] for label in model.output_labels]
    np.testing.assert_allclose(logits, told, atol=1e-5)
    assert np.abs(found.pooled).max() <= 1


def test_ratios_compare_what_is_added_with_what_it_is_added_to(trace, found):
    for layer, token in ((0, 0), (1, 3)):
        added, carried = found.attention[layer, token], trace.hidden_states[layer, token]
        assert found.attention_ratio[layer, token] == pytest.approx(
            (added @ added / (carried @ carried)) ** 0.5
        )
        added, carried = found.feed_forward[layer, token], found.middle[layer, token]
        assert found.feed_forward_ratio[layer, token] == pytest.approx(
            (added @ added / (carried @ carried)) ** 0.5
        )
    assert lengths(np.array([[3.0, 4.0]])) == pytest.approx([5])


def test_shapes_fit_the_model_and_nothing_can_be_written_to(model, trace, found):
    tokens = len(trace.tokens)
    assert found.embeddings.shape == (3, tokens, model.hidden)
    assert found.heads.shape == (model.layers, model.heads, tokens, model.hidden)
    assert found.carried.shape == found.attention.shape == found.feed_forward.shape == found.middle.shape
    for name in found.__slots__:
        assert not getattr(found, name).flags.writeable
