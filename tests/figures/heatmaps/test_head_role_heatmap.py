"""The picture of what heads do: every share in its place, the chosen head outlined."""

import numpy as np
import pytest

from bertmini_demo.figures.heatmaps.head_role_heatmap import heads_heatmap

SHARES = np.array([[0.1, 0.25, 0.0], [1.0, 0.3333, 0.5]])
HEADS = ["L1 H1 · [SEP]", "L1 H2 · next piece"]
MEASURES = ["[CLS]", "[SEP]", "itself"]


def test_a_row_is_a_head_and_a_column_a_place():
    figure = heads_heatmap(SHARES, HEADS, MEASURES)
    np.testing.assert_allclose(np.array(figure.data[0].z), SHARES, atol=0.0005)
    assert [*figure.layout.yaxis.ticktext] == HEADS
    assert [*figure.layout.xaxis.ticktext] == MEASURES
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # read from the top
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 1)


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_chosen_head_alone_is_outlined(chosen):
    (outline,) = heads_heatmap(SHARES, HEADS, MEASURES, chosen=chosen).layout.shapes
    assert (outline.y0, outline.y1) == (chosen - 0.5, chosen + 0.5)
    assert not heads_heatmap(SHARES, HEADS, MEASURES).layout.shapes


def test_the_figure_grows_with_its_heads():
    many = np.repeat(SHARES, 10, axis=0)
    tall, short = heads_heatmap(many, HEADS * 10, MEASURES), heads_heatmap(SHARES, HEADS, MEASURES)
    assert tall.layout.height - short.layout.height > 18 * 20
    assert tall.layout.width is None
    assert tall.to_json() == heads_heatmap(many, HEADS * 10, MEASURES).to_json()
