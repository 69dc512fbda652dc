"""Bars are the shares given, in the labels' own colours, with the counts they rest on."""

import numpy as np

from bertmini_demo.figures import theme
from bertmini_demo.figures.word_label_bars import word_label_bars

LABELS = ("entailment", "neutral", "contradiction")
SHARES = np.array([[0.05, 0.05, 0.9], [0.25, 0.5, 0.25]])


def draw(**changes):
    return word_label_bars(SHARES, ["nobody", "<b>"], LABELS, counts=[517, 12345], **changes)


def test_a_bar_a_word_is_divided_among_the_labels():
    figure = draw()
    assert figure.layout.barmode == "stack"
    np.testing.assert_allclose([bar.x for bar in figure.data], SHARES.T)
    assert [bar.name for bar in figure.data] == list(LABELS)
    assert [bar.marker.color for bar in figure.data] == [theme.LABELS[label] for label in LABELS]


def test_small_shares_are_not_written_into_their_bars():
    texts = [[text.replace("\u00a0", " ") for text in bar.text] for bar in draw().data]
    assert texts == [["", "25 %"], ["", "50 %"], ["90 %", "25 %"]]


def test_names_are_text_and_give_the_counts():
    first, second = draw().layout.yaxis.ticktext
    assert first.startswith("nobody ")
    assert "(517)" in first
    assert second.startswith("&lt;b&gt; ")
    assert "(12,345)" in second
    assert draw().layout.yaxis.range == (1.5, -0.5)


def test_base_rates_are_upright_lines_between_the_labels():
    assert draw().layout.shapes == ()
    lines = draw(base=(0.3, 0.3, 0.4)).layout.shapes
    np.testing.assert_allclose([line.x0 for line in lines], [0.3, 0.6])
