"""The page's handlers, called without a page."""

import gradio as gr
import numpy as np
import pytest

from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.ui.handlers import CLOSEUP_OUTPUTS, OVERVIEW_OUTPUTS, WHY_OUTPUTS, Handlers, View

VIEW = View(
    premise="the man doesn't sleep in the park .",
    hypothesis="a man is asleep .",
    open_tab="why",
    word=None,
    detail=[],
    method="integrated_gradients",
    target="verdict",
    output="logit",
    baseline="pad",
    head="1-0",
    cells="all",
    whole_layer=False,
)


@pytest.fixture
def handlers(tiny):
    return Handlers(Analysis(tiny))


def skipped(values: list) -> list[bool]:
    return [value == gr.skip() for value in values]


def test_only_the_open_tab_is_computed(handlers):
    words, *rest = handlers.explain(*VIEW)
    assert "data-word" in words
    closed = OVERVIEW_OUTPUTS + CLOSEUP_OUTPUTS
    assert skipped(rest) == [False] * WHY_OUTPUTS + [True] * closed
    rest = handlers.explain(*VIEW._replace(open_tab="attention"))[1:]
    assert skipped(rest) == [True] * WHY_OUTPUTS + [False] * closed
    assert all(skipped(handlers.closeup(*VIEW)))


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("special", [False, True])
def test_the_grid_shows_the_attention_of_the_trace(handlers, pieces, special):
    detail = ["Word pieces"] * pieces + ["Special tokens"] * special
    view = VIEW._replace(open_tab="attention", detail=detail)
    grid = handlers.explain(*view)[1 + WHY_OUTPUTS]
    trace = handlers.analysis.trace(view.premise, view.hypothesis)
    units = len(trace.tokens) if pieces else len(trace.pair.words) + 3
    shown = np.array(grid.data[0].z)
    assert shown.shape == (units - (0 if special else 3),) * 2
    if special:
        np.testing.assert_allclose(shown.sum(axis=1), 1, atol=0.02)
    if pieces and special:
        np.testing.assert_allclose(shown, trace.attentions[0, 0], atol=1e-3)


def test_a_filter_leaves_only_its_cells(handlers):
    view = VIEW._replace(open_tab="attention", cells="premise to hypothesis")
    heatmap = handlers.closeup(*view)[0]
    shown = np.array(heatmap.data[0].z, dtype=float)
    pair = handlers.analysis.trace(view.premise, view.hypothesis).pair
    premise = sum(word.sentence == "premise" for word in pair.words)
    assert np.isfinite(shown[:premise, premise:]).all()
    assert np.isnan(shown[premise:]).all()
    assert np.isnan(shown[:, :premise]).all()


def test_a_chosen_word_is_pressed_and_pressing_it_again_lets_it_go(handlers):
    event = gr.EventData(None, {"index": 3})
    assert handlers.choose_word(None, event) == 3
    assert handlers.choose_word(3, event) is None
    assert handlers.colour(*VIEW._replace(word=3)).count('aria-pressed="true"') == 1


def test_a_tile_names_its_head(handlers):
    heads = handlers.analysis.model.heads
    for layer, head in np.ndindex(handlers.analysis.model.layers, heads):
        event = gr.EventData(None, {"index": layer * heads + head})
        assert handlers.pick_head(event) == f"{layer}-{head}"


def test_every_gallery_pair_opens(handlers):
    for index, example in enumerate(gallery()):
        event = gr.EventData(None, {"index": index})
        assert handlers.open_example(event) == (example.premise, example.hypothesis)
        assert example.label in handlers.judge(example.premise, example.hypothesis)[1]
