"""The heat map under all others: numbers in their cells, labels as text, what is chosen outlined."""

import numpy as np

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix

VALUES = np.array([[0.12345, np.nan, -0.00001], [1.0, 0.5, 0.25]])


def draw(**changes):
    choices = {"scale": theme.weight_scale("weight"), "hover": "%{y} %{x} %{z}", "height": 300}
    return matrix(VALUES, ["the", "the"], ["<b>", "long" * 9, "c"], **(choices | changes))


def test_each_number_is_in_its_cell_rounded_and_never_minus_zero():
    (heatmap,) = draw().data
    np.testing.assert_allclose(np.array(heatmap.z, dtype=float), VALUES, atol=0.0005)
    assert not np.signbit(heatmap.z[0][2])
    np.testing.assert_allclose(draw(decimals=1).data[0].z[0][0], 0.1)


def test_rows_are_read_from_the_top_and_labels_are_text():
    layout = draw().layout
    assert layout.yaxis.range == (1.5, -0.5)
    assert layout.xaxis.range == (-0.5, 2.5)
    assert layout.yaxis.ticktext == ("the", "the")
    assert layout.xaxis.ticktext[0] == "&lt;b&gt;"
    assert len(layout.xaxis.ticktext[1]) == 14
    assert (layout.xaxis.side, layout.xaxis.tickangle) == ("top", -90)
    assert draw(column_axis={"tickangle": 0}).layout.xaxis.tickangle == 0


def test_chosen_rows_and_columns_are_outlined():
    assert draw().layout.shapes == ()
    row, column = draw(chosen_rows=[1], chosen_columns=[0, 1]).layout.shapes
    assert (row.yref, row.y0, row.y1) == ("y", 0.5, 1.5)
    assert (column.xref, column.x0, column.x1) == ("x", -0.5, 1.5)


def test_cells_are_written_where_there_is_a_text_or_a_template():
    assert draw().data[0].texttemplate is None
    text = [["a", "", "b"], ["c", "d", "e"]]
    assert [list(row) for row in draw(text=text).data[0].text] == text
    assert draw(template="%{z:.2f}").data[0].texttemplate == "%{z:.2f}"
