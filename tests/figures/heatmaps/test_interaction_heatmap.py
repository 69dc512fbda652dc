"""Premise by hypothesis, one scale centred on zero."""

import numpy as np
import pytest

from bertmini_demo.figures.heatmaps.interaction_heatmap import interaction_heatmap

VALUES = np.array([[0.5, -2.0, 0.0], [0.01, 1.0, -0.0001]])
PREMISE, HYPOTHESIS = ["the", "dog"], ["the", "cat", "."]


def heatmap(values=VALUES, premise=PREMISE, **more):
    return interaction_heatmap(values, premise, HYPOTHESIS, **more)


def test_each_cell_holds_its_number():
    figure = heatmap()
    np.testing.assert_allclose(np.array(figure.data[0].z, dtype=float), VALUES, atol=0.0005)
    assert figure.layout.yaxis.ticktext == tuple(PREMISE)
    assert figure.layout.xaxis.ticktext == tuple(HYPOTHESIS)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_zero_stands_in_the_middle_of_the_scale():
    scale = heatmap().layout.coloraxis
    assert (scale.cmin, scale.cmax) == (-2, 2)
    assert scale.colorbar.ticktext == ("−2.00", "0", "+2.00")
    assert heatmap(np.zeros((2, 3))).layout.coloraxis.cmax > 0


def test_the_sign_of_what_counts_is_written_in_the_cell():
    assert [list(row) for row in heatmap().data[0].text] == [["+", "−", ""], ["", "+", ""]]


def test_rows_not_worked_out_yet_are_left_empty():
    values = VALUES.copy()
    values[1] = np.nan
    figure = heatmap(values)
    assert np.isnan(np.array(figure.data[0].z, dtype=float)[1]).all()
    assert list(figure.data[0].text[1]) == ["", "", ""]
    assert figure.data[0].hoverongaps is False


def test_the_chosen_word_has_its_row_or_its_column_outlined():
    (row,) = heatmap(chosen=(1, None)).layout.shapes
    assert (row.y0, row.y1) == (0.5, 1.5)
    (column,) = heatmap(chosen=(None, 2)).layout.shapes
    assert (column.x0, column.x1) == (1.5, 2.5)


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>'])
def test_markup_typed_as_a_word_stays_text(text):
    assert text not in str(heatmap(premise=[text, "dog"]).to_plotly_json())


def test_the_same_input_gives_the_same_json():
    assert heatmap().to_json() == heatmap().to_json()
