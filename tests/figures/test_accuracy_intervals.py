"""Accuracies by row: long names leave a phone room for the marks."""

from bertmini_demo.figures import theme
from bertmini_demo.figures.accuracy_intervals import Accuracy, accuracy_intervals
from bertmini_demo.figures.naming import depth_lines

PHONE = 338  # pixels of a figure where the page has 390
ROW_NAMES = 110
NAMES = (
    "All pairs",
    "Labelled contradiction",
    "Always the most frequent label",
    "Trained on hypotheses only",
)


def test_on_a_phone_half_of_the_figure_is_left_for_the_marks():
    layout = accuracy_intervals([Accuracy(name, 0.5) for name in NAMES]).layout
    assert layout.margin.l + layout.margin.r <= PHONE / 2 + 40
    read = [label.replace("\u00a0<br>", " ").strip("\u00a0") for label in layout.yaxis.ticktext]
    assert read == list(NAMES)


def test_names_of_depths_side_by_side_do_not_touch_on_a_phone():
    for lines in depth_lines(5):
        assert theme.text_width(lines, size=10) < (PHONE - ROW_NAMES) / 5
