"""Distillation on pairs: the loss by hand, that a student follows its teachers, and that a killed run goes on."""

import json
import math

import numpy as np
import pytest
import torch
from made_up import rule_pairs
from transformers.modeling_outputs import SequenceClassifierOutput

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.distilling.pair_distillation import distillation_loss, gold_labels

HALVES = {"entailment": 0.5, "neutral": 0.5, "contradiction": 0.0}


def distill(student, data, output, *options) -> int:
    command = ["distill", "--model", student, "--data", data, "--output", output, "--batch", 8, "--warmup", 5]
    return main([str(word) for word in (*command, *options)])


def loss_of(logits, teacher, gold, *, temperature: float, gold_weight: float) -> float:
    targets = torch.tensor([[teacher, gold]], dtype=torch.float32)
    outputs = SequenceClassifierOutput(logits=torch.tensor([logits]))
    return distillation_loss(temperature, gold_weight=gold_weight)(outputs, targets).item()


def test_the_loss_by_hand():
    """Logits (2 ln 2, 0, 0) at temperature 2 give (1/2, 1/4, 1/4); so do a teacher's (2/3, 1/6, 1/6)."""
    logits, teacher = [2 * math.log(2), 0.0, 0.0], [2 / 3, 1 / 6, 1 / 6]
    soft = 4 * 1.5 * math.log(2)  # T² times an entropy of 1.5 bits
    hard = math.log(6)  # at temperature 1 the student gives neutral 1/6
    gold, none = [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]
    assert loss_of(logits, teacher, gold, temperature=2, gold_weight=0.25) == pytest.approx(
        0.75 * soft + 0.25 * hard
    )
    assert loss_of(logits, teacher, none, temperature=2, gold_weight=0.25) == pytest.approx(soft)


def test_a_certain_teacher_gives_a_finite_loss():
    assert math.isfinite(
        loss_of([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], temperature=2, gold_weight=0.5)
    )


def test_a_missing_gold_label_is_a_row_of_zeros():
    pairs = [Pair("a", "b", "neutral"), Pair("a", "b")]
    np.testing.assert_array_equal(gold_labels(pairs), [[0, 1, 0], [0, 0, 0]])


def test_a_student_learns_the_probabilities_and_not_the_label(tmp_path, write_rows, pretrained):
    rows = [{**row, "label": "entailment", "probabilities": HALVES} for row in rule_pairs(60)]
    options = ["--epochs", 8, "--rate", 1e-2, "--gold", 0]
    assert distill(pretrained, write_rows(rows), tmp_path / "student", *options) == 0
    student = bertmini_demo.load_model(str(tmp_path / "student"))
    for row in rows[:6]:
        probabilities = student.predict(row["premise"], row["hypothesis"]).probabilities
        assert probabilities["entailment"] == pytest.approx(0.5, abs=0.1)
        assert probabilities["neutral"] == pytest.approx(0.5, abs=0.1)


def test_a_student_agrees_with_a_teacher_of_other_word_pieces_on_unlabelled_pairs(
    tmp_path, write_rows, pretrained, teachers
):
    """No pair has a label, so all that the student knows it has from the teacher."""
    rows = [{key: row[key] for key in ("premise", "hypothesis")} for row in rule_pairs(120)]
    options = ["--teachers", teachers[1], "--epochs", 12, "--rate", 1e-2, "--dropout", 0]
    assert distill(pretrained, write_rows(rows), tmp_path / "student", *options) == 0
    pairs = [(row["premise"], row["hypothesis"]) for row in rows]
    answers, truths = (
        [answer.label for answer in bertmini_demo.load_model(str(folder)).predict_batch(pairs)]
        for folder in (tmp_path / "student", teachers[1])
    )
    usual = max(map(truths.count, LABELS)) / len(truths)
    agreement = np.mean([answer == truth for answer, truth in zip(answers, truths, strict=True)])
    assert agreement > max(0.85, usual)


def test_a_run_started_again_reads_the_stored_probabilities(
    tmp_path, write_rows, pretrained, teachers, monkeypatch
):
    data, options = write_rows(rule_pairs(16)), ["--teachers", teachers[0], "--epochs"]
    assert distill(pretrained, data, tmp_path / "student", *options, 1, "--save-steps", 2) == 0

    def no_teacher(*given):
        assert not list(given[-1]), "a stored probability is computed again"

    monkeypatch.setattr("bertmini_demo.training.distilling.teachers.fill", no_teacher)
    assert distill(pretrained, data, tmp_path / "student", *options, 2) == 0
    [stage] = json.loads((tmp_path / "student" / "training.json").read_text())["stages"]
    assert (stage["command"], stage["steps"]) == ("distill", 4)
    assert stage["settings"]["temperature"] == 2.0
    assert not {"mask", "relation_heads"} & set(stage["settings"]), "settings of distillation on text"


def test_related_pairs_are_taught_too(tmp_path, write_rows, pretrained, teachers, caplog):
    caplog.set_level("INFO")
    options = ["--teachers", teachers[0], "--related", 10, "--epochs", 1]
    assert distill(pretrained, write_rows(rule_pairs(20)), tmp_path / "student", *options) == 0
    assert "30 pairs, 20 of them with a gold label" in caplog.text


@pytest.mark.parametrize(
    ("leave_out", "message"),
    [("--teachers", "Name a classifier after --teachers"), ("--model", "Name one after --model")],
)
def test_what_is_missing_is_named(tmp_path, write_rows, pretrained, teachers, caplog, leave_out, message):
    given = {"--model": pretrained, "--teachers": teachers[0]}
    given.pop(leave_out)
    options = [str(word) for pair in given.items() for word in pair]
    data = ["--data", str(write_rows(rule_pairs(3))), "--output", str(tmp_path / "student")]
    assert main(["distill", *options, *data]) == 1
    assert message in caplog.text


def test_text_and_pairs_at_once_are_refused(tmp_path, write_rows, pretrained, caplog):
    text = tmp_path / "text.txt"
    text.write_text("the fox hears the river\n")
    data = ["--data", str(write_rows(rule_pairs(3))), str(text), "--output", str(tmp_path / "student")]
    assert main(["distill", "--model", str(pretrained), *data]) == 1
    assert "text and pairs" in caplog.text
