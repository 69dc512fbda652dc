"""Switched-off heads against models whose weights for these heads are zero."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.explain import head_ablation
from bertmini_demo.explain.head_ablation import head_effects, mean_head_outputs, run_gated, switch_off
from bertmini_demo.model.encoding import tensors
from bertmini_demo.results import Head

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
OTHER = ("a dog runs", "the cat sleeps")


@pytest.fixture
def pair(model):
    return model.encode(*PAIR)


def gates_without(model, *heads):
    gates = np.ones((1, model.layers, model.heads), dtype=np.float32)
    for layer, head in heads:
        gates[0, layer, head] = 0
    return gates


def probabilities_of(network, model, pair):
    """What a changed network says, in the order of the labels."""
    with torch.inference_mode():
        shares = torch.softmax(network(**tensors(pair)).logits[0].double(), dim=-1).numpy()
    return shares[[model.output_labels.index(label) for label in model.labels]]


def without_output_weights(model, heads):
    """A network whose output projection has zero weights wherever it would read one of the heads."""
    changed = copy.deepcopy(model.network)
    width = model.hidden // model.heads
    for layer, head in heads:
        projection = changed.bert.encoder.layer[layer].attention.output.dense
        projection.weight.data[:, head * width : (head + 1) * width] = 0
    return changed


def without_values(model, heads):
    """A network in which the heads gather values that are all zero."""
    changed = copy.deepcopy(model.network)
    width = model.hidden // model.heads
    for layer, head in heads:
        value = changed.bert.encoder.layer[layer].attention.self.value
        value.weight.data[head * width : (head + 1) * width] = 0
        value.bias.data[head * width : (head + 1) * width] = 0
    return changed


def test_with_all_heads_on_the_model_says_what_it_always_says(model, pair):
    found = run_gated(model, pair, gates_without(model))[0]
    np.testing.assert_allclose(found, list(model.predict(*PAIR).probabilities.values()), atol=1e-5)


@pytest.mark.parametrize("changed", [without_output_weights, without_values])
def test_a_head_off_is_a_model_whose_weights_for_it_are_zero(model, pair, changed):
    effects = head_effects(model, pair)
    for place in np.ndindex(model.layers, model.heads):
        expected = probabilities_of(changed(model, [place]), model, pair)
        np.testing.assert_allclose(effects.one_off[place], expected, atol=1e-5)


def test_any_heads_off_is_a_model_whose_weights_for_them_are_zero(model, pair):
    random = np.random.default_rng(0)
    places = list(np.ndindex(model.layers, model.heads))
    for count in range(2, len(places) + 1, 2):
        heads = [places[index] for index in random.choice(len(places), count, replace=False)]
        found = switch_off(model, pair, heads=heads)
        assert list(found) == list(model.labels)
        expected = probabilities_of(without_output_weights(model, heads), model, pair)
        np.testing.assert_allclose(list(found.values()), expected, atol=1e-5)


def test_all_heads_off_leave_residual_bias_and_feed_forward(model, pair):
    network = model.network
    with torch.inference_mode():
        states = network.bert.embeddings(**{k: v for k, v in tensors(pair).items() if k != "attention_mask"})
        for layer in network.bert.encoder.layer:
            states = layer.attention.output.LayerNorm(states + layer.attention.output.dense.bias)
            inner = torch.nn.functional.gelu(layer.intermediate.dense(states))
            states = layer.output.LayerNorm(states + layer.output.dense(inner))
        logits = network.classifier(torch.tanh(network.bert.pooler.dense(states[:, 0])))[0]
    shares = torch.softmax(logits.double(), dim=-1).numpy()
    expected = shares[[model.output_labels.index(label) for label in model.labels]]
    np.testing.assert_allclose(head_effects(model, pair).all_off, expected, atol=1e-5)


def test_with_all_heads_off_no_word_reaches_the_verdict(model):
    answers = [head_effects(model, model.encode(*sentences)).all_off for sentences in (PAIR, OTHER)]
    np.testing.assert_allclose(*answers, atol=1e-6)


def test_the_effects_are_differences_to_the_model_as_it_is(model, pair):
    effects = head_effects(model, pair)
    np.testing.assert_allclose(effects.all_on, list(model.predict(*PAIR).probabilities.values()), atol=1e-5)
    changes = np.stack([effects.changes(label) for label in model.labels])
    assert changes.shape == (len(model.labels), model.layers, model.heads)
    np.testing.assert_allclose(changes.sum(axis=0), 0, atol=1e-9)
    place = (model.layers - 1, 0)
    alone = switch_off(model, pair, heads=[place])
    for label, by_label in zip(model.labels, changes, strict=True):
        expected = alone[label] - model.predict(*PAIR).probabilities[label]
        assert by_label[place] == pytest.approx(expected, abs=1e-5)
    assert not any(array.flags.writeable for array in (effects.all_on, effects.one_off, effects.all_off))


def test_many_rows_are_run_in_several_passes(model, pair, monkeypatch):
    whole = head_effects(model, pair)
    monkeypatch.setattr(head_ablation, "PIECES_PER_PASS", 3 * len(pair.tokens))
    np.testing.assert_allclose(head_effects(model, pair).one_off, whole.one_off, atol=1e-6)


def test_the_shared_network_is_left_as_it_was(model, pair):
    def hooks():
        return [(*module._forward_hooks, *module._forward_pre_hooks) for module in model.network.modules()]

    weights, hooked = {name: w.clone() for name, w in model.network.state_dict().items()}, hooks()
    head_effects(model, pair)
    switch_off(model, pair, heads=[Head(0, 0)])
    assert all(torch.equal(w, weights[name]) for name, w in model.network.state_dict().items())
    assert hooks() == hooked


def seen_outputs(model, pair, changes=()):
    """Probabilities of a copy, and what goes into each output projection, (layers, tokens, heads, head size).

    Args:
        changes: (layer, head, vector): each head whose output a hook replaces at every position.
    """
    network, seen = copy.deepcopy(model.network), []

    def hook(layer):
        def replace(_, given):
            outputs = given[0].clone().unflatten(-1, (model.heads, -1))
            seen.append(outputs[0].clone())
            for at, head, vector in changes:
                if at == layer:
                    outputs[:, :, head] = torch.tensor(vector)
            return (outputs.flatten(2),)

        return replace

    for index, layer in enumerate(network.bert.encoder.layer):
        layer.attention.output.dense.register_forward_pre_hook(hook(index))
    return probabilities_of(network, model, pair), torch.stack(seen).numpy()


def test_a_heads_mean_output_is_that_over_all_positions_of_all_pairs(model):
    outputs = np.concatenate([seen_outputs(model, model.encode(*pair))[1] for pair in (PAIR, OTHER)], axis=1)
    means = mean_head_outputs(model, [PAIR, OTHER])
    assert means.shape == (model.layers, model.heads, model.hidden // model.heads)
    np.testing.assert_allclose(means, outputs.mean(axis=1), atol=1e-5)


def test_a_head_off_by_its_mean_is_a_head_replaced_by_hand(model, pair):
    means = mean_head_outputs(model, [PAIR, OTHER])
    effects = head_effects(model, pair, means=means)
    for place in np.ndindex(model.layers, model.heads):
        expected, _ = seen_outputs(model, pair, [(*place, means[place])])
        np.testing.assert_allclose(effects.one_off[place], expected, atol=1e-5)
    every = [(*place, means[place]) for place in np.ndindex(model.layers, model.heads)]
    expected, _ = seen_outputs(model, pair, every)
    np.testing.assert_allclose(effects.all_off, expected, atol=1e-5)
    several = [Head(0, 1), Head(1, 0)]
    found = switch_off(model, pair, heads=several, means=means)
    expected, _ = seen_outputs(model, pair, [(*head, means[head]) for head in several])
    np.testing.assert_allclose(list(found.values()), expected, atol=1e-5)


def test_means_leave_heads_that_are_on_as_they_are(model, pair):
    effects = head_effects(model, pair, means=mean_head_outputs(model, [OTHER]))
    np.testing.assert_allclose(effects.all_on, list(model.predict(*PAIR).probabilities.values()), atol=1e-5)


def test_with_every_head_at_its_mean_nothing_of_the_pair_reaches_the_verdict(tiny):
    means = mean_head_outputs(tiny, [PAIR, OTHER])
    one, other = (head_effects(tiny, tiny.encode(*pair), means=means).all_off for pair in (PAIR, OTHER))
    np.testing.assert_allclose(one, other, atol=1e-6)
