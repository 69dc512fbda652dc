"""Checkpoints in order, stages apart, each measure a line of its own."""

import numpy as np

from bertmini_demo.figures import theme
from bertmini_demo.figures.learning_curves import learning_curves

STEPS, STAGES = [0, 100, 0, 50], ["pretraining", "pretraining", "fine-tuning", "fine-tuning"]
VALUES = {"accuracy": [None, None, 0.33, 0.75], "contradiction": [0.1, 0.2, 0.3, 0.4]}


def draw(**changes):
    return learning_curves(VALUES, STEPS, STAGES, **({"measure": "share"} | changes))


def test_lines_hold_the_numbers_and_leave_gaps_where_there_are_none():
    first, second = draw().data
    assert first.y == (None, None, 0.33, 0.75)
    assert second.y == (0.1, 0.2, 0.3, 0.4)
    assert first.x == second.x == (0, 1, 2, 3)
    assert draw().layout.xaxis.ticktext == ("0", "100", "0", "50")


def test_lines_differ_in_colour_dash_and_symbol_and_a_label_keeps_its_colour():
    first, second = draw().data
    assert first.line.color != second.line.color
    assert second.line.color == theme.LABELS["contradiction"]
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


def test_a_line_separates_the_stages_and_another_marks_the_chosen_checkpoint():
    (border,) = draw().layout.shapes
    assert border.x0 == border.x1 == 1.5
    _, chosen = draw(chosen=3).layout.shapes
    assert (chosen.x0, chosen.line.color) == (3, theme.CHOSEN)
    assert [note.text for note in draw().layout.annotations] == ["pretraining", "fine-tuning"]


def test_what_is_no_share_has_its_own_scale():
    assert draw().layout.yaxis.ticktext[-1] == "100\u00a0%"
    assert draw(share=False).layout.yaxis.ticktext is None
    assert learning_curves(
        {"loss": np.array([1.5, np.nan])}, [0, 1], ["a", "a"], measure="nats", share=False
    ).data[0].y == (1.5, None)
