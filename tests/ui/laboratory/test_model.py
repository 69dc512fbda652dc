"""The tab Model shows what lies beside the weights, and says so where nothing does."""

import json
import shutil
from types import SimpleNamespace

import pytest

import bertmini_demo
from bertmini_demo.data import model_family
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.model import (
    COSTS,
    MATCHED,
    run_family,
    show_accuracy,
    show_family,
    show_losses,
    show_measured,
    told_of,
)

VIEW = SimpleNamespace()
FOUND = {
    "pairs": 8,
    "accuracy": 0.625,
    "confusion": {
        "entailment": {"entailment": 4, "neutral": 0, "contradiction": 0},
        "neutral": {"entailment": 1, "neutral": 0, "contradiction": 3},
        "contradiction": {"entailment": 0, "neutral": 0, "contradiction": 0},
    },
    "calibration": {
        "expected_calibration_error": 0.123,
        "bins": [{"pairs": 8, "confidence": 0.7, "accuracy": 0.625}],
    },
    "empty_premise_accuracy": 0.4,
}


@pytest.fixture
def bare(tiny) -> Analysis:
    """A model that brings neither measurements nor a record."""
    return Analysis(tiny)


@pytest.fixture
def measured(tiny_folder, tmp_path) -> Analysis:
    folder = tmp_path / "measured"
    shutil.copytree(tiny_folder, folder)
    metrics = {"data": {MATCHED: FOUND}, "hypothesis_only_classifier": {MATCHED: 0.53}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    stage = {
        "command": "finetune",
        "steps": 2,
        "word_pieces": 3_000_000,
        "hours": 1.25,
        "hardware": "<b>",
        "loss": [[1, 1.0]],
    }
    (folder / "training.json").write_text(json.dumps({"stages": [stage]}))
    return Analysis(bertmini_demo.load_model(str(folder)))


def test_a_model_without_files_says_so_and_borrows_no_numbers(bare):
    assert "brings no measurements" in show_accuracy(bare, VIEW)[0]
    assert not any(plot.visible for plot in show_measured(bare, VIEW, None)[:2])
    assert "brings no record" in show_losses(bare, VIEW)[1]
    assert len(show_family(bare, VIEW, COSTS[0])[0].data) == 1  # no mark of its own


def test_the_table_holds_the_measured_numbers(measured):
    [table] = show_accuracy(measured, VIEW)
    assert all(text in table for text in ("MultiNLI dev, matched", "62.5%", "40.0%", "53.0%", "12.3%"))


def test_the_commonest_mistake_is_named(measured):
    confusion, curve, says = show_measured(measured, VIEW, MATCHED)
    assert confusion.data[0].z[1] == [0.25, 0.0, 0.75]
    assert curve.data[1].y == (0.625,)
    assert "75% of what people call neutral it calls contradiction" in says


def test_training_is_told_as_text(measured):
    figure, says = show_losses(measured, VIEW)
    assert len(figure.data) == 1
    assert "3.0 million word pieces in 1.2 hours" in says
    assert "<b>" not in says


@pytest.mark.parametrize(("hours", "told"), [(0.001, "1 minute "), (0.067, "4 minutes"), (1.0, "1.0 hours")])
def test_a_short_stage_is_told_in_minutes(hours, told):
    assert told in told_of({"word_pieces": 1_000_000, "hours": hours, "hardware": "a processor"})


def test_the_model_stands_in_its_family(measured):
    own = show_family(measured, VIEW, COSTS[0])[0].data[1]
    assert own.y == (62.5,)
    assert own.x[0] == pytest.approx(measured.model.parameters / 1e6, abs=1e-3)


def test_speeds_are_measured_once_asked_for_and_kept(bare, monkeypatch):
    assert "press the button" in show_family(bare, VIEW, COSTS[2])[1]
    monkeypatch.setattr(model_family, "MIN_SECONDS", 0.001)
    monkeypatch.setattr(model_family, "FAMILY", model_family.FAMILY[:1])
    *_, last = run_family(bare, VIEW, COSTS[2])
    assert last[0].data[0].x[0] > 0
    assert show_family(bare, VIEW, COSTS[2])[0].to_json() == last[0].to_json()
