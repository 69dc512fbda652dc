"""The tab Attention shows the numbers of the trace."""

from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.analysis import Analysis
from bertmini_demo.ui.attention import show_closeup, show_overview

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("special", [False, True])
def test_the_grid_shows_the_attention_of_the_trace(analysis, pieces, special):
    grid, _ = show_overview(analysis, SimpleNamespace(**PAIR, pieces=pieces, special=special))
    trace = analysis.trace(**PAIR)
    units = len(trace.tokens) if pieces else len(trace.pair.words) + 3
    shown = np.array(grid.data[0].z)
    assert shown.shape == (units - (0 if special else 3),) * 2
    if special:
        np.testing.assert_allclose(shown.sum(axis=1), 1, atol=0.02)
    if pieces and special:
        np.testing.assert_allclose(shown, trace.attentions[0, 0], atol=1e-3)


def test_a_filter_leaves_only_its_cells(analysis):
    view = SimpleNamespace(**PAIR, head="1-0", word=None, pieces=False, special=False)
    heatmap = show_closeup(analysis, view, "premise to hypothesis", False)[0]
    shown = np.array(heatmap.data[0].z, dtype=float)
    pair = analysis.trace(**PAIR).pair
    premise = sum(word.sentence == "premise" for word in pair.words)
    assert np.isfinite(shown[:premise, premise:]).all()
    assert np.isnan(shown[premise:]).all()
    assert np.isnan(shown[:, :premise]).all()
