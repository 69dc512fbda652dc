"""Recovered shares in their cells, on one scale centred on zero."""

import numpy as np
import pytest

from bertmini_demo.figures.heatmaps.patching_heatmaps import head_patching_grid, patching_heatmap

RECOVERED = np.array([[0.0, 1.0, 0.004], [-0.25, 0.5, np.nan], [1.25, 0.999, -0.001]])
WORDS = ["the", "<b>", "the"]


def test_a_row_is_a_word_and_a_column_a_depth():
    figure = patching_heatmap(RECOVERED, WORDS)
    np.testing.assert_allclose(np.array(figure.data[0].z, dtype=float), RECOVERED.T, atol=0.0005)
    assert figure.layout.yaxis.ticktext == ("the", "&lt;b&gt;", "the")
    assert figure.layout.xaxis.ticktext == ("Embed-<br>dings", "Layer<br>1", "Layer<br>2")


def test_cells_say_their_share_and_nothing_where_there_is_none():
    texts = [
        [cell.replace("\u00a0", " ") for cell in row]
        for row in patching_heatmap(RECOVERED, WORDS).data[0].text
    ]
    assert texts == [["", "−25 %", "125 %"], ["100 %", "50 %", "100 %"], ["", "", ""]]


def test_the_scale_is_centred_on_zero_and_ends_at_a_full_recovery():
    for figure in (patching_heatmap(RECOVERED, WORDS), head_patching_grid(RECOVERED)):
        scale = figure.layout.coloraxis
        assert (scale.cmin, scale.cmax) == (-1, 1)
        clear = [colour for place, colour in scale.colorscale if place == 0.5]
        assert all(colour.endswith(",0)") for colour in clear)


def test_the_grid_has_a_row_a_layer_and_outlines_the_chosen_head():
    figure = head_patching_grid(RECOVERED[:2], chosen=(1, 2))
    np.testing.assert_allclose(np.array(figure.data[0].z, dtype=float), RECOVERED[:2], atol=0.0005)
    assert figure.layout.yaxis.ticktext == ("Layer 1", "Layer 2")
    assert figure.layout.xaxis.ticktext == ("Head 1", "Head 2", "Head 3")
    (outline,) = figure.layout.shapes
    assert (outline.x0, outline.x1, outline.y0, outline.y1) == (1.5, 2.5, 0.5, 1.5)


@pytest.mark.parametrize("size", [8, 12])
def test_many_layers_have_short_names_and_no_numbers(size):
    figure = head_patching_grid(np.zeros((size, size)))
    assert figure.layout.yaxis.ticktext[-1] == f"L{size}"
    assert figure.data[0].text is None
