"""Accuracy, calibration and confusion from a record of measurements."""

import pytest
from trust_answers import asked, numbers, traces

from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.ui.views.trust.measured_answers import measured_sets


def test_data_that_chose_nothing_comes_first(recorded):
    assert list(measured_sets(recorded.models.get().model.folder)) == ["made", "mnli_dev_matched"]
    assert "75.0" in asked(recorded, "accuracy")["title"]
    assert "50.0" in asked(recorded, "accuracy", measured_on="mnli_dev_matched")["title"]
    assert "75.0" in asked(recorded, "accuracy", measured_on="of another model")["title"]


def test_accuracy_has_its_interval_and_what_to_compare_with(recorded):
    rows = {row[0]: row[1:] for row in asked(recorded, "accuracy")["table"]["rows"]}
    low, high = wilson_interval(300, 400)
    assert rows["All pairs"] == ["75.0\u00a0%", f"{100 * low:.1f} to {100 * high:.1f}\u00a0%"]
    assert rows["Labelled neutral"][0] == "20.0\u00a0%"
    assert rows["Always the most frequent label"][0] == "50.0\u00a0%"
    assert rows["Trained on hypotheses only"][0] == "45.0\u00a0%"
    published = asked(recorded, "accuracy", measured_on="mnli_dev_matched")["table"]["rows"]
    assert [row[1] for row in published if "Turc" in row[0] or "prajjwal1" in row[0]] == [
        "74.8\u00a0%",
        "68.0\u00a0%",
    ]


def test_calibration_shows_the_bins_with_intervals_and_which_rows_they_are(recorded):
    reply = asked(recorded, "calibration")
    curve = traces(reply)[1]
    assert numbers(curve["y"]) == pytest.approx([0.4, 0.6])
    low, high = wilson_interval(40, 100)
    assert numbers(curve["error_y"]["array"])[0] == pytest.approx(high - 0.4, abs=1e-4)
    assert numbers(curve["error_y"]["arrayminus"])[0] == pytest.approx(0.4 - low, abs=1e-4)
    assert "12.3 points" in reply["title"]
    assert "its confidence is 20.0 points above its accuracy" in reply["says"]
    assert "odd rows" in reply["says"]


def test_the_most_common_mistake_is_named(recorded):
    assert (
        "predict contradiction for pairs that annotators label neutral: 60"
        in asked(recorded, "confusion")["says"]
    )
