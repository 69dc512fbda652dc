"""Pictures of measurements hold the numbers they were given."""

import pytest

from bertmini_demo.figures.model_quality import (
    calibration_curve,
    confusion_heatmap,
    family_scatter,
    loss_curves,
)

CONFUSION = {"yes": {"yes": 3, "no": 1}, "no": {"yes": 0, "no": 0}}
NAMES = {"yes": "it <b>follows</b>", "no": "it does not"}
BINS = [
    {"pairs": 100, "confidence": 0.5, "accuracy": 0.4},
    {"pairs": 25, "confidence": 0.9, "accuracy": 1.0},
]
STAGE = {"command": "pretrain", "steps": 200, "word_pieces": 4_000_000, "loss": [[100, 5.5], [200, 4.5]]}


def test_confusion_is_shown_as_shares_of_each_row_with_counts():
    [heatmap] = confusion_heatmap(CONFUSION, names=NAMES).data
    assert heatmap.z == ([0.75, 0.25], [0.0, 0.0])
    assert heatmap.text[0] == ["75\u00a0%<br>3", "25\u00a0%<br>1"]


def test_label_names_are_text():
    figure = confusion_heatmap(CONFUSION, names=NAMES)
    assert "<b>" not in figure.layout.xaxis.ticktext[0]


def test_calibration_draws_the_bins_larger_where_there_are_more_pairs():
    line, curve = calibration_curve(BINS).data
    assert line.x == line.y  # as sure as right
    assert (curve.x, curve.y) == ((0.5, 0.9), (0.4, 1.0))
    assert curve.marker.size[0] > curve.marker.size[1]


def test_losses_stand_over_the_word_pieces_read_by_then():
    [line] = loss_curves([STAGE]).data
    assert (line.x, line.y) == ((2.0, 4.0), (5.5, 4.5))


def test_numbers_that_would_lie_on_each_other_stand_together():
    far, after = {**STAGE, "word_pieces": 9_000_000}, {**STAGE, "loss": [[100, 5.4], [200, 4.6]]}
    lines = loss_curves([STAGE, far, after, {**STAGE, "loss": []}]).data
    assert [line.text[-1:] for line in lines] == [("1, 3",), ("2",), ("",), ()]


def test_each_stage_has_a_line_with_its_number_and_each_kind_a_colour_and_an_entry_in_the_key():
    lower = {**STAGE, "loss": [[100, 3.5], [200, 2.5]]}
    lines = loss_curves([STAGE, lower, {**STAGE, "command": "finetune", "word_pieces": 9_000_000}]).data
    assert [line.text[-1] for line in lines] == ["1", "2", "3"]
    assert [line.meta[:2] for line in lines] == ["1.", "2.", "3."]
    first, again, other = (line.line.color for line in lines)
    assert first == again != other
    assert [line.name for line in lines if line.showlegend] == ["pretraining", "fine-tuning"]


def test_the_family_and_the_model_in_use():
    members, own = family_scatter(["tiny", "base"], [4, 110], [70, 84], cost="MB", own=("mine", 7, 60)).data
    assert (members.x, members.y) == ((4, 110), (70, 84))
    assert (own.x, own.y, own.text) == ((7,), (60,), ("mine",))
    assert own.marker.symbol != members.marker.symbol


@pytest.mark.parametrize(
    "make", [lambda: calibration_curve(BINS), lambda: loss_curves([STAGE, STAGE]), lambda: loss_curves([])]
)
def test_the_same_input_gives_the_same_json_and_a_height(make):
    assert make().to_json() == make().to_json()
    assert make().layout.height
