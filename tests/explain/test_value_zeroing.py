"""Value zeroing, held against zeroing by hand with a hook on a copy of the network."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.errors import InputError
from bertmini_demo.explain import value_zeroing as module
from bertmini_demo.explain.attention_flow import mixing_flow
from bertmini_demo.explain.attention_rollout import compose
from bertmini_demo.explain.faithfulness import measure
from bertmini_demo.explain.value_zeroing import value_zeroing

PAIR = ("The man doesn't sleep in the park.", "A dog is awake.")


def by_hand(model, trace):
    """(layers, tokens, tokens) one layer and one zeroed value at a time, by a hook on the value projection."""
    network = copy.deepcopy(model.network)
    mixing = []
    for layer, states in zip(network.bert.encoder.layer, trace.hidden_states[:-1], strict=True):
        states = torch.tensor(states)[None]
        rows = []
        with torch.inference_mode():
            whole = layer(states)[0].reshape(-1, model.hidden).double().numpy()
            for position in range(len(trace.tokens)):

                def zero(_, __, values, position=position):
                    values = values.clone()
                    values[:, position] = 0
                    return values

                hook = layer.attention.self.value.register_forward_hook(zero)
                without = layer(states)[0].reshape(-1, model.hidden).double().numpy()
                hook.remove()
                lengths = np.linalg.norm(whole, axis=1) * np.linalg.norm(without, axis=1)
                rows.append(1 - (whole * without).sum(axis=1) / lengths)
        distances = np.array(rows).T
        mixing.append(distances / distances.sum(axis=1, keepdims=True))
    return np.array(mixing)


def test_it_equals_zeroing_by_hand(model):
    trace = model.trace(*PAIR)
    assert value_zeroing(model, *PAIR) == pytest.approx(by_hand(model, trace), abs=1e-5)


def test_every_row_is_a_share(model):
    mixing = value_zeroing(model, *PAIR)
    tokens = len(model.encode(*PAIR).tokens)
    assert mixing.shape == (model.layers, tokens, tokens)
    assert mixing.min() >= 0
    assert mixing.sum(axis=-1) == pytest.approx(1)
    assert not mixing.flags.writeable


def test_it_comes_out_the_same_in_small_batches(tiny, monkeypatch):
    whole = value_zeroing(tiny, *PAIR)
    monkeypatch.setattr(module, "PIECES_AT_ONCE", 40)
    assert value_zeroing(tiny, *PAIR) == pytest.approx(whole, abs=1e-6)


def test_where_values_do_nothing_each_position_keeps_to_itself(tiny):
    silent = copy.copy(tiny)
    silent.network = copy.deepcopy(tiny.network)
    for layer in silent.network.bert.encoder.layer:
        torch.nn.init.zeros_(layer.attention.output.dense.weight)
    mixing = value_zeroing(silent, *PAIR)
    assert (mixing == np.eye(mixing.shape[-1])).all()


def test_values_tell_more_than_weights_on_the_pair_that_opens_the_page(shipped):
    """[CLS] gets much weight and adds little; what reaches its last state comes from the two verbs."""
    pair = (
        "A little girl is laughing while a puppy licks her hand.",
        "The little girl with the puppy is crying.",
    )
    trace = shipped.trace(*pair)
    scores = module.value_zeroing_scores(shipped, trace)
    words = [trace.pair.words[index].text for index in scores.order[:2]]
    assert set(words) == {"laughing", "crying"}
    assert scores.method == "value_zeroing"
    assert not scores.signed
    assert 0 < scores.scores.sum() < 1


def test_followed_back_it_leads_to_the_same_shares(tiny):
    mixing = value_zeroing(tiny, *PAIR)
    start = np.eye(mixing.shape[-1])[0]
    assert mixing_flow(mixing, start)[0].sum(axis=0) == pytest.approx(compose(mixing)[-1, 0])


def test_it_is_held_to_the_same_test_of_faithfulness_as_other_methods(model):
    trace = model.trace(*PAIR)
    scores = module.value_zeroing_scores(model, trace)
    *_, last = measure(model, trace.pair, [scores], target=trace.prediction.label, removal="mask")
    erasure = last.erasures["value_zeroing"]
    assert erasure.full == pytest.approx(trace.prediction.probabilities[trace.prediction.label], abs=1e-5)
    assert len(last.random) == 20


def test_the_limit_and_bad_sentences_are_as_for_a_verdict(tiny):
    assert value_zeroing(tiny, *PAIR, limit=12).shape == (tiny.layers, 12, 12)
    with pytest.raises(InputError, match="empty"):
        value_zeroing(tiny, "A man.", " ")
