"""The tab Attention shows the numbers of the trace."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_filters import filter_mask
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.figures.heatmaps.attention_heatmaps import PARTS
from bertmini_demo.ui.laboratory import attention as module
from bertmini_demo.ui.laboratory.attention import (
    cells_table,
    show_closeup,
    show_grid,
    show_marks,
    show_rollout,
)
from bertmini_demo.ui.laboratory.units import display_units, hidden_weight

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


def view(**choices) -> SimpleNamespace:
    return SimpleNamespace(
        **PAIR | {"head": "1-0", "word": None, "pieces": False, "special": False} | choices
    )


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("special", [False, True])
def test_the_grid_shows_the_attention_of_the_trace(analysis, pieces, special):
    grid, _ = show_grid(analysis, view(pieces=pieces, special=special))
    trace = analysis.trace(**PAIR)
    units = len(trace.tokens) if pieces else len(trace.pair.words) + 3
    shown = np.array(grid.data[0].z) / PARTS
    assert shown.shape == (units - (0 if special else 3),) * 2
    if special:
        np.testing.assert_allclose(shown.sum(axis=1), 1, atol=0.02)
    if pieces and special:
        np.testing.assert_allclose(shown, trace.attentions[0, 0], atol=1e-3)


def test_the_grid_says_how_much_weight_hidden_tokens_take(analysis):
    said = show_grid(analysis, view())[1]
    hidden = hidden_weight(analysis.trace(**PAIR), analysis.trace(**PAIR).attentions, pieces=False)
    for share in (hidden.mean(), hidden.min(), hidden.max()):
        assert f"{share:.0%}" in said
    layer, head = np.unravel_index(hidden.argmax(), hidden.shape)
    assert f"{hidden.max():.0%} (Layer {layer + 1}, head {head + 1})" in said
    assert "not shown" not in show_grid(analysis, view(special=True))[1]


def test_the_marks_of_the_grid_are_the_head_and_the_rows_of_the_word(analysis):
    pair = analysis.trace(**PAIR).pair
    split = next(index for index, word in enumerate(pair.words) if len(word.positions) > 1)
    first, *_, last = pair.words[split].positions
    assert show_marks(analysis, view()) == ["1-0"]
    assert show_marks(analysis, view(word=split)) == [f"1-0 {split} {split}"]
    assert show_marks(analysis, view(word=split, pieces=True, special=True)) == [f"1-0 {first} {last}"]


def test_a_filter_leaves_only_its_cells(analysis):
    heatmap = show_closeup(analysis, view(), "premise to hypothesis", False)[0]
    shown = np.array(heatmap.data[0].z, dtype=float)
    pair = analysis.trace(**PAIR).pair
    premise = sum(word.sentence == "premise" for word in pair.words)
    assert np.isfinite(shown[:premise, premise:]).all()
    assert np.isnan(shown[premise:]).all()
    assert np.isnan(shown[:, :premise]).all()


def test_a_chosen_word_is_marked_in_the_heatmap_the_lines_and_rollout(analysis):
    heatmap, _, lines = show_closeup(analysis, view(word=2), "all", False)
    mixture, _ = show_rollout(analysis, view(word=2), 1)
    for figure in (heatmap, mixture):
        assert [shape.y0 for shape in figure.layout.shapes if shape.yref == "y"] == [1.5]
    ringed = next(trace.marker.line.width for trace in lines.data if trace.mode == "markers")
    assert [row for row, width in enumerate(ringed) if width] == [2]


def test_a_row_that_is_pressed_tells_its_word(analysis):
    units = display_units(analysis.trace(**PAIR), pieces=True, special=True)
    chosen = view(pieces=True, special=True)
    for figure in (show_closeup(analysis, chosen, "all", False)[0], show_rollout(analysis, chosen, 0)[0]):
        words = figure.layout.meta["words"]
        assert len(words) == len(figure.layout.yaxis.ticktext)
        assert list(words) == units.words
        assert [word is None for word in words] == units.special


@pytest.mark.parametrize("whole_layer", [False, True])
def test_lines_are_of_the_head_or_of_its_layer(analysis, whole_layer):
    lines = show_closeup(analysis, view(), "all", whole_layer)[2]
    names = [trace.name for trace in lines.data if trace.name]
    assert names == (["Head 1", "Head 2"] if whole_layer else ["Layer 2, head 1"])


@pytest.mark.parametrize("depth", [0, 2])
def test_rollout_goes_up_to_the_layer_asked_for(analysis, depth):
    figure, said = show_rollout(analysis, view(pieces=True, special=True), depth)
    mixture = rollout(analysis.trace(**PAIR).attentions)[depth]
    np.testing.assert_allclose(np.array(figure.data[0].z), mixture, atol=0.0005)
    assert f"After layer {depth + 1}, “[CLS]”, from which the verdict is read" in said
    assert "not shown" not in said


def test_rollout_speaks_of_the_chosen_word_and_of_what_is_hidden(analysis):
    trace = analysis.trace(**PAIR)
    _, said = show_rollout(analysis, view(word=1), 2)
    mixture = rollout(trace.attentions)[2]
    word = trace.pair.words[1]
    assert f"After layer 3, “{word.text}” is made most of" in said
    own = display_units(trace, pieces=False, special=True).merge(mixture)[2, 2]  # [CLS] comes first
    assert f"“{word.text}” ({own:.0%})" in said
    assert f"they take {hidden_weight(trace, mixture, pieces=False):.0%}" in said


def cells(table: str) -> list[str]:
    return re.findall("<td>(.*?)</td>", table)


def test_a_table_of_few_words_holds_each_weight_and_leaves_what_is_filtered_empty(analysis):
    units = display_units(analysis.trace(**PAIR), pieces=False, special=False)
    mask = filter_mask(units.segments, "premise to hypothesis")
    found = cells(cells_table(units, np.where(mask, 0.25, np.nan), caption="x"))
    assert len(found) == len(units.labels) * (len(units.labels) + 1)
    assert found.count("0.250") == mask.sum()
    assert "nan" not in found


def test_a_table_of_many_words_lists_the_largest_weights(analysis, monkeypatch):
    monkeypatch.setattr(module, "MOST_COLUMNS", 3)
    monkeypatch.setattr(module, "LARGEST", 2)
    units = display_units(analysis.trace(**PAIR), pieces=False, special=False)
    weights = np.full((len(units.labels),) * 2, np.nan)
    weights[1, 2], weights[0, 3], weights[4, 4] = 0.5, 0.75, 0.25
    labels = units.labels
    expected = [labels[0], labels[3], "0.750", labels[1], labels[2], "0.500"]
    assert [
        cell.replace("&#x27;", "'") for cell in cells(cells_table(units, weights, caption="x"))
    ] == expected
