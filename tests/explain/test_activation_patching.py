"""Patching, held against forward passes with PyTorch's own hooks on a copy of the network."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.errors import InputError
from bertmini_demo.explain import activation_patching
from bertmini_demo.explain.activation_patching import margins, patch_heads, patch_states
from bertmini_demo.explain.word_alignment import align_pairs
from bertmini_demo.model.fast_forward import verdict_logits

CLEAN = ("The man is awake in the park.", "A man sleeps.")
CORRUPTED = ("The man is awake in the park.", "A dog sleeps.")
LONGER = ("The woman is not asleep.", "A walking man sleeps in the park.")
PAIRS = pytest.mark.parametrize("corrupted", [CORRUPTED, LONGER])
LARGEST = 1e-5  # difference in logits


def inputs(pair):
    return {
        "input_ids": torch.tensor(pair.input_ids)[None],
        "token_type_ids": torch.tensor(pair.segments)[None],
        "attention_mask": torch.ones(1, len(pair.tokens), dtype=torch.int64),
    }


def hooked(model, pair, module, change, *, before=False):
    """The logits of a copy of the network in which a hook changes what goes into a module, or comes out of it."""
    network = copy.deepcopy(model.network)
    target = network.get_submodule(module)
    if before:
        target.register_forward_pre_hook(lambda _, given: (change(given[0]), *given[1:]))
    else:
        target.register_forward_hook(
            lambda _, __, output: (
                (change(output[0]), *output[1:]) if isinstance(output, tuple) else change(output)
            )
        )
    with torch.inference_mode():
        return network(**inputs(pair)).logits


def replaced(source, places, columns=slice(None)):
    """A change that puts what the source has at the first place of each row into the second."""

    def change(states):
        states = states.clone()
        for given, goal in places:
            states[0, goal, columns] = source[given, columns]
        return states

    return change


def states_module(depth):
    return "bert.embeddings" if depth == 0 else f"bert.encoder.layer.{depth - 1}"


def contexts(model, pair, layer):
    """(tokens, hidden) what goes into a layer's output projection."""
    seen = []
    hooked(
        model,
        pair,
        f"bert.encoder.layer.{layer}.attention.output.dense",
        lambda given: seen.append(given[0].clone()) or given,
        before=True,
    )
    return seen[0]


def margin(model, logits, target):
    return margins(logits, model.output_labels.index(target))


@PAIRS
def test_each_state_equals_a_hook_on_a_copy(model, corrupted):
    result = patch_states(model, clean=CLEAN, corrupted=corrupted, target="entailment")
    trace, other = model.trace(*CLEAN), model.trace(*corrupted)
    places = align_pairs(trace.pair, other.pair).positions
    difference = result.clean_value - result.corrupted_value
    assert result.recovered.shape == result.remaining.shape == (model.layers + 1, len(places))
    for depth in range(model.layers + 1):
        for column in range(0, len(places), 3):
            given, goal = places[column]
            back = replaced(torch.tensor(trace.hidden_states[depth]), [(given, goal)])
            logits = hooked(model, other.pair, states_module(depth), back)
            value = result.corrupted_value + result.recovered[depth, column] * difference
            assert value == pytest.approx(margin(model, logits, "entailment")[0], abs=LARGEST * 2)
            away = replaced(torch.tensor(other.hidden_states[depth]), [(goal, given)])
            logits = hooked(model, trace.pair, states_module(depth), away)
            value = result.corrupted_value + result.remaining[depth, column] * difference
            assert value == pytest.approx(margin(model, logits, "entailment")[0], abs=LARGEST * 2)


@PAIRS
def test_each_head_equals_a_hook_on_a_copy(model, corrupted):
    result = patch_heads(model, clean=CLEAN, corrupted=corrupted, target="neutral")
    first, second = model.encode(*CLEAN), model.encode(*corrupted)
    places = align_pairs(first, second).positions
    difference = result.clean_value - result.corrupted_value
    size = model.hidden // model.heads
    assert result.recovered.shape == result.remaining.shape == (model.layers, model.heads)
    for layer in range(model.layers):
        module = f"bert.encoder.layer.{layer}.attention.output.dense"
        given, own = contexts(model, first, layer), contexts(model, second, layer)
        for head in range(model.heads):
            columns = slice(head * size, (head + 1) * size)
            logits = hooked(model, second, module, replaced(given, places, columns), before=True)
            value = result.corrupted_value + result.recovered[layer, head] * difference
            assert value == pytest.approx(margin(model, logits, "neutral")[0], abs=LARGEST * 2)
            logits = hooked(model, first, module, replaced(own, places[:, ::-1], columns), before=True)
            value = result.corrupted_value + result.remaining[layer, head] * difference
            assert value == pytest.approx(margin(model, logits, "neutral")[0], abs=LARGEST * 2)


def test_all_positions_of_one_depth_give_the_clean_run_and_none_the_corrupted_one(model):
    clean, corrupted = model.trace(*CLEAN), model.trace(*CORRUPTED)
    for depth in range(model.layers + 1):
        for trace in (clean, corrupted):
            states = torch.tensor(trace.hidden_states[depth])[None]
            with torch.inference_mode():
                logits = activation_patching.continue_from(model, states, depth)
                expected = verdict_logits(
                    model.network,
                    input_ids=torch.tensor(trace.pair.input_ids)[None],
                    segments=torch.tensor(trace.pair.segments)[None],
                )
            assert logits.numpy() == pytest.approx(expected.numpy(), abs=LARGEST)


@PAIRS
def test_the_last_state_of_cls_carries_everything_and_no_other_anything(model, corrupted):
    result = patch_states(model, clean=CLEAN, corrupted=corrupted, target="contradiction")
    assert result.positions[0] == "[CLS]"
    assert result.recovered[-1].tolist() == [1.0] + [0.0] * (len(result.positions) - 1)
    assert result.remaining[-1].tolist() == [0.0] + [1.0] * (len(result.positions) - 1)


def test_before_the_first_layer_only_the_word_that_differs_matters(model):
    result = patch_states(model, clean=CLEAN, corrupted=CORRUPTED, target="entailment")
    place = result.positions.index("dog")
    assert result.recovered[0, place] == pytest.approx(1, abs=1e-4)
    assert result.remaining[0, place] == pytest.approx(0, abs=1e-4)
    assert not np.delete(result.recovered[0], place).any()


def test_the_two_values_are_the_margins_of_the_two_verdicts(model):
    for patch in (patch_states, patch_heads):
        result = patch(model, clean=CLEAN, corrupted=LONGER, target="contradiction")
        for pair, value in ((CLEAN, result.clean_value), (LONGER, result.corrupted_value)):
            logits = dict(model.predict(*pair).logits)
            assert value == pytest.approx(logits.pop("contradiction") - max(logits.values()), abs=LARGEST)


def test_exchanging_the_two_pairs_exchanges_the_two_directions(model):
    one = patch_states(model, clean=CLEAN, corrupted=LONGER, target="neutral")
    other = patch_states(model, clean=LONGER, corrupted=CLEAN, target="neutral")
    assert other.recovered == pytest.approx(1 - one.remaining, abs=1e-4)
    assert other.remaining == pytest.approx(1 - one.recovered, abs=1e-4)


def test_the_columns_are_tokens_of_the_corrupted_pair(tiny):
    result = patch_states(tiny, clean=CLEAN, corrupted=LONGER, target="neutral")
    tokens = tiny.encode(*LONGER).tokens
    assert list(result.positions) == [tokens[place] for place in result.alignment.positions[:, 1]]
    assert len(result.positions) == result.recovered.shape[1] < len(tokens)
    assert set(result.positions) | set(result.alignment.left_out[1]) == set(tokens)


def test_it_comes_out_the_same_in_small_batches(tiny, monkeypatch):
    whole = patch_states(tiny, clean=CLEAN, corrupted=LONGER, target="neutral")
    monkeypatch.setattr(activation_patching, "PIECES_AT_ONCE", 30)
    parts = patch_states(tiny, clean=CLEAN, corrupted=LONGER, target="neutral")
    assert parts.recovered == pytest.approx(whole.recovered, abs=1e-4)


def test_the_shared_network_stays_as_it_is(tiny):
    before, hooks = (
        {name: weight.clone() for name, weight in tiny.network.state_dict().items()},
        hooks_of(tiny),
    )
    patch_heads(tiny, clean=CLEAN, corrupted=LONGER, target="neutral")
    assert all(torch.equal(weight, before[name]) for name, weight in tiny.network.state_dict().items())
    assert hooks_of(tiny) == hooks


def hooks_of(model):
    return [
        (list(module._forward_hooks), list(module._forward_pre_hooks)) for module in model.network.modules()
    ]


@pytest.mark.parametrize("patch", [patch_states, patch_heads])
def test_pairs_with_nothing_between_them_are_refused(model, patch):
    with pytest.raises(InputError, match="both pairs"):
        patch(model, clean=CLEAN, corrupted=CLEAN, target="neutral")
    with pytest.raises(InputError, match="surprise"):
        patch(model, clean=CLEAN, corrupted=CORRUPTED, target="surprise")
    with pytest.raises(InputError, match="empty"):
        patch(model, clean=CLEAN, corrupted=("A man.", " "), target="neutral")
