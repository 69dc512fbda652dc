"""Facts and measurements of a model, and another one fetched."""

import json

import pytest
from conftest import write_tiny_checkpoint
from workbench_answers import ask

import bertmini_demo
from bertmini_demo.data import model_family
from bertmini_demo.ui.page import build_answers

MEASURED = {
    "pairs": 8,
    "accuracy": 0.625,
    "confusion": {
        "entailment": {"entailment": 4, "neutral": 0, "contradiction": 0},
        "neutral": {"entailment": 1, "neutral": 0, "contradiction": 3},
        "contradiction": {"entailment": 0, "neutral": 0, "contradiction": 0},
    },
    "calibration": {"expected_calibration_error": 0.123, "bins": []},
    "empty_premise_accuracy": 0.4,
}


STAGE = {
    "command": "finetune",
    "steps": 2,
    "word_pieces": 3_000_000,
    "hours": 1.25,
    "hardware": "<b>",
    "loss": [[1, 1.0], [2, 0.5]],
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A model that comes with measurements and a record."""
    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("measured"))
    metrics = {
        "data": {"mnli_dev_matched": MEASURED, "hans": {**MEASURED, "accuracy": 0.5}},
        "hypothesis_only_classifier": {"mnli_dev_matched": 0.53},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "training.json").write_text(json.dumps({"stages": [STAGE]}))
    return build_answers(bertmini_demo.load_model(str(folder)))


def test_a_model_without_files_says_so_and_borrows_no_numbers(answers):
    assert "without measurements" in ask(answers, "accuracy")[-1]["error"]["message"]
    assert "without a record" in ask(answers, "record")[-1]["error"]["message"]
    assert len(json.loads(ask(answers, "family")[-1]["figure"])["data"]) == 1  # no mark of its own
    html = ask(answers, "build")[-1]["html"]
    assert "workbench.accuracy" not in html
    assert "workbench.record" not in html


def test_the_measured_numbers_are_those_beside_the_model(measured):
    reply = ask(measured, "accuracy")[-1]
    assert all(
        text in reply["html"]
        for text in ("MultiNLI dev, matched", "62.5\u00a0%", "40.0\u00a0%", "53.0\u00a0%", "12.3\u00a0%")
    )
    assert reply["says"] == "It gets 62.5\u00a0% of MultiNLI dev, matched right, and 50.0\u00a0% of HANS."
    confusion = ask(measured, "confusion", measured_on="mnli_dev_matched")[-1]
    assert "predict contradiction for pairs labelled neutral (75\u00a0% of them)" in confusion["says"]
    assert ask(measured, "confusion", measured_on="<b>")[-1]["error"]["field"] == "measured_on"
    own = json.loads(ask(measured, "family")[-1]["figure"])["data"][1]
    assert own["y"] == [62.5]
    build = ask(measured, "build")[-1]["html"]
    assert "1 run" in build


def test_the_record_of_training_is_a_table(measured):
    reply = ask(measured, "record")[-1]
    assert "1 run of training read 3 million word pieces in 1.2 hours" in reply["says"]
    assert reply["table"]["rows"] == [["1. fine-tuning", "2", "3.0", "1.25", "<b>", "0.500"]]


def test_speeds_are_measured_once(answers, monkeypatch):
    monkeypatch.setattr(model_family, "MIN_SECONDS", 0.001)
    monkeypatch.setattr(model_family, "FAMILY", model_family.FAMILY[:2])
    monkeypatch.setattr("bertmini_demo.ui.views.workbench.model_answers.FAMILY", model_family.FAMILY)
    *way, first = ask(answers, "family_speed")
    assert [reply["progress"] for reply in way] == [0.5, 1.0]
    assert "times as long as BERT-tiny" in first["says"]
    assert ask(answers, "family_speed") == [first]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Write the name"), ("no/such", "not among the models"), ("copy-abc", "no such copy")],
)
def test_a_model_that_cannot_be_fetched_is_refused_beside_its_field(answers, name, message):
    error = ask(answers, "fetch", wanted=name)[-1]["error"]
    assert message in error["message"]
    assert error["field"] in ("wanted", "model")
