"""Mean outputs over the example pairs are computed once for each model, and go with it."""

import copy
import gc

import numpy as np

from bertmini_demo.data import head_means
from bertmini_demo.data.examples import gallery
from bertmini_demo.data.head_means import example_head_outputs
from bertmini_demo.explain.head_ablation import mean_head_outputs


def test_the_means_are_over_all_example_pairs_and_computed_once(shipped, monkeypatch):
    means = example_head_outputs(shipped)
    pairs = [(example.premise, example.hypothesis) for example in gallery()]
    np.testing.assert_array_equal(means, mean_head_outputs(shipped, pairs))
    monkeypatch.setattr(head_means, "mean_head_outputs", None)  # a second computation would fail
    assert example_head_outputs(shipped) is means


def test_a_model_that_is_gone_leaves_nothing_behind(shipped):
    model = copy.copy(shipped)
    example_head_outputs(model)
    before = len(head_means._means)
    del model
    gc.collect()
    assert len(head_means._means) == before - 1
