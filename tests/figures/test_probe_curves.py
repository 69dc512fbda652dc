"""A task's probe and its control share a colour and differ in dash and mark."""

import numpy as np

from bertmini_demo.figures.probe_curves import probe_curves

PROBES = np.array([[0.6, 0.8, 0.9], [0.5, 0.55, 0.5]])
CONTROLS = np.array([[0.5, 0.5, 0.52], [0.49, 0.5, 0.51]])


def test_each_task_has_its_probe_and_its_control():
    figure = probe_curves(PROBES, CONTROLS, ["negation", "<b>"])
    expected = [PROBES[0], CONTROLS[0], PROBES[1], CONTROLS[1]]
    for line, values in zip(figure.data, expected, strict=True):
        np.testing.assert_allclose(line.y, values)
    assert [line.name for line in figure.data] == [
        "negation",
        "negation, control",
        "&lt;b&gt;",
        "&lt;b&gt;, control",
    ]
    assert figure.layout.xaxis.ticktext == ("Embed-<br>dings", "Layer<br>1", "Layer<br>2")


def test_colours_are_of_tasks_and_dashes_of_probe_and_control():
    probe, control, other, _ = probe_curves(PROBES, CONTROLS, ["a", "b"]).data
    assert probe.line.color == control.line.color != other.line.color
    assert probe.line.dash == other.line.dash == "solid"
    assert control.line.dash == "dot"
    assert probe.marker.symbol != control.marker.symbol
