"""Both measures on one scale, each in its own half."""

import numpy as np

from bertmini_demo.figures.heatmaps.mixing_heatmaps import mixing_heatmaps

ROLLOUT = np.array([[0.7, 0.3], [0.4, 0.6]])
ZEROING = np.array([[0.1, 0.9], [0.5, 0.5]])


def test_rollout_is_left_and_value_zeroing_right_on_one_scale():
    figure = mixing_heatmaps(ROLLOUT, ZEROING, ["[CLS]", "<i>"])
    for trace, expected in zip(figure.data, (ROLLOUT, ZEROING), strict=True):
        np.testing.assert_allclose(np.array(trace.z), expected)
        assert trace.coloraxis == "coloraxis"
    left, right = figure.layout.xaxis, figure.layout.xaxis2
    assert (figure.data[0].xaxis, figure.data[1].xaxis) == ("x", "x2")
    assert left.domain[1] < right.domain[0]
    assert left.title.text == "Attention rollout"
    assert right.title.text == "Value zeroing"
    assert figure.layout.yaxis.ticktext == ("[CLS]", "&lt;i&gt;")
    assert figure.layout.yaxis.range == (1.5, -0.5)


def test_the_chosen_rows_are_outlined_across_both():
    (band,) = mixing_heatmaps(ROLLOUT, ZEROING, ["a", "b"], chosen=[1]).layout.shapes
    assert (band.xref, band.y0, band.y1) == ("paper", 0.5, 1.5)
    assert mixing_heatmaps(ROLLOUT, ZEROING, ["a", "b"]).layout.shapes == ()
