"""Early exit against models with fewer layers."""

import copy

import numpy as np
import pytest
import torch

from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.model.encoding import tensors

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
OTHER = ("a dog runs", "the cat sleeps")


def test_after_the_last_layer_it_is_the_verdict(model):
    trace = model.trace(*PAIR)
    early = early_exit(model, trace)
    assert early.shape == (model.layers + 1, len(model.labels))
    np.testing.assert_allclose(early.sum(axis=1), 1)
    assert dict(zip(model.labels, early[-1], strict=True)) == pytest.approx(
        trace.prediction.probabilities, abs=1e-5
    )
    assert not early.flags.writeable


def test_it_is_a_model_with_the_later_layers_cut_off(model):
    trace = model.trace(*PAIR)
    early = early_exit(model, trace)
    for depth, row in enumerate(early):
        cut = copy.deepcopy(model.network)
        cut.bert.encoder.layer = cut.bert.encoder.layer[:depth]
        with torch.inference_mode():
            shares = torch.softmax(cut(**tensors(trace.pair)).logits[0], dim=-1)
        expected = {label: float(share) for label, share in zip(model.output_labels, shares, strict=True)}
        assert dict(zip(model.labels, row, strict=True)) == pytest.approx(expected, abs=1e-5)


def test_the_embeddings_alone_give_every_pair_the_same_probabilities(model):
    readings = [early_exit(model, model.trace(*pair))[0] for pair in (PAIR, OTHER)]
    np.testing.assert_allclose(*readings, atol=1e-6)
