"""One head read step by step against the attention and the block output of the network itself."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.explain.qkv import read_head
from bertmini_demo.model.encoding import tensors
from bertmini_demo.results import Head

PAIR = ("the cats walking in the park", "a cat doesn't sleep .")


@pytest.fixture(scope="module")
def trace(model):
    return model.trace(*PAIR)


def readings(model, trace):
    """Every head, each with its place."""
    return {place: read_head(model, trace, Head(*place)) for place in np.ndindex(model.layers, model.heads)}


def test_its_softmax_is_the_attention_of_the_trace_in_every_head(model, trace):
    for (layer, head), reading in readings(model, trace).items():
        np.testing.assert_allclose(reading.weights, trace.attentions[layer, head], atol=1e-5)


def test_each_step_follows_from_the_one_before(model, trace):
    size = model.hidden // model.heads
    for reading in readings(model, trace).values():
        assert reading.head_size == size
        for query, key in ((0, 0), (2, 5), (5, 2)):
            product = sum(reading.queries[query, n] * reading.keys[key, n] for n in range(size))
            assert reading.products[query, key] == pytest.approx(product)
            assert reading.scaled[query, key] == pytest.approx(product / size**0.5)
            weighted = reading.weights[query, key] * reading.values[key]
            assert reading.norms[query, key] == pytest.approx(np.sqrt(np.sum(weighted**2)))


def test_weighted_values_of_all_heads_with_bias_and_residual_are_the_output_of_the_attention_block(
    model, trace
):
    network = copy.deepcopy(model.network)  # the shared one is never hooked
    outputs = []
    blocks = [layer.attention for layer in network.bert.encoder.layer]
    for block in blocks:
        block.output.register_forward_hook(lambda *call: outputs.append(call[-1][0].numpy()))
    with torch.inference_mode():
        network(**tensors(trace.pair))
    assert len(outputs) == model.layers
    found = readings(model, trace)
    for layer, (block, output) in enumerate(zip(blocks, outputs, strict=True)):
        mixed = sum(found[layer, head].weights @ found[layer, head].values for head in range(model.heads))
        mixed += block.output.dense.bias.detach().numpy() + trace.hidden_states[layer]
        with torch.inference_mode():
            normed = block.output.LayerNorm(torch.tensor(mixed, dtype=torch.float32)).numpy()
        np.testing.assert_allclose(normed, output, atol=2e-5)


def test_a_value_of_zero_has_a_norm_of_zero_whatever_its_weight(tiny):
    silent = copy.copy(tiny)
    silent.network = copy.deepcopy(tiny.network)
    value = silent.network.bert.encoder.layer[0].attention.self.value
    with torch.no_grad():
        value.weight.zero_()
        value.bias.zero_()
    reading = read_head(silent, silent.trace(*PAIR), Head(0, 1))
    np.testing.assert_array_equal(reading.norms, 0)
    assert (reading.weights > 0).all()


def test_the_reading_is_read_only_and_the_model_untouched(tiny):
    trace = tiny.trace(*PAIR)
    before = {name: weight.clone() for name, weight in tiny.network.named_parameters()}
    reading = read_head(tiny, trace, Head(1, 0))
    with pytest.raises(ValueError, match="read-only"):
        reading.weights[0, 0] = 1
    assert all(torch.equal(before[name], weight) for name, weight in tiny.network.named_parameters())
