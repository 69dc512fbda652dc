"""Interventions against models that are built that way."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.inference import tensors
from bertmini_demo.interventions import read_early

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")


def test_read_after_the_last_layer_the_model_says_what_it_always_says(model):
    trace = model.trace(*PAIR)
    early = read_early(model, trace)
    assert early.shape == (model.layers + 1, len(model.labels))
    np.testing.assert_allclose(early.sum(axis=1), 1)
    assert dict(zip(model.labels, early[-1], strict=True)) == pytest.approx(
        trace.prediction.probabilities, abs=1e-5
    )
    assert not early.flags.writeable


def test_read_early_it_is_a_model_with_the_later_layers_cut_off(model):
    trace = model.trace(*PAIR)
    early = read_early(model, trace)
    for depth, row in enumerate(early):
        cut = copy.deepcopy(model.network)
        cut.bert.encoder.layer = cut.bert.encoder.layer[:depth]
        with torch.inference_mode():
            shares = torch.softmax(cut(**tensors(trace.pair)).logits[0], dim=-1)
        expected = {label: float(share) for label, share in zip(model.output_labels, shares, strict=True)}
        assert dict(zip(model.labels, row, strict=True)) == pytest.approx(expected, abs=1e-5)


def test_the_embeddings_read_alone_say_the_same_of_every_pair(model):
    readings = [read_early(model, model.trace(*pair))[0] for pair in (PAIR, ("a dog runs", "the cat sleeps"))]
    np.testing.assert_allclose(*readings, atol=1e-6)
