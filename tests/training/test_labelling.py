"""The `label` command: what it writes, and that `distill` learns from it without the teachers."""

import json

import numpy as np
from made_up import rule_pairs

from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.corpus_files import read_graded
from bertmini_demo.training.distilling.teachers import ensemble_probabilities


def label(data, teachers, output, *options) -> int:
    command = ["label", "--data", data, "--teachers", *teachers, "--output", output]
    return main([str(word) for word in (*command, *options)])


def test_the_committees_mean_is_written_pair_by_pair_with_gold_labels(tmp_path, write_rows, teachers):
    rows = [*rule_pairs(20), {"premise": "the fox hears", "hypothesis": "the fox"}]
    output = tmp_path / "labelled.jsonl"
    assert label(write_rows(rows), teachers, output) == 0
    pairs = [Pair(row["premise"], row["hypothesis"], row.get("label")) for row in rows]
    expected = ensemble_probabilities([str(folder) for folder in teachers], pairs, length=128)
    written = read_graded(output)
    assert [(pair.premise, pair.hypothesis, pair.label) for pair in written] == [
        (pair.premise, pair.hypothesis, pair.label) for pair in pairs
    ]
    np.testing.assert_allclose([pair.probabilities for pair in written], expected, atol=1e-4)


def test_related_pairs_are_labelled_without_a_gold_label(tmp_path, write_rows, teachers):
    label(write_rows(rule_pairs(6)), teachers[:1], tmp_path / "labelled.jsonl", "--related", 4)
    rows = [json.loads(line) for line in (tmp_path / "labelled.jsonl").read_text().splitlines()]
    assert len(rows) == 10
    assert all("label" not in row and set(row["probabilities"]) == set(LABELS) for row in rows[6:])


def test_distill_learns_from_the_file_alone(tmp_path, write_rows, teachers, pretrained):
    label(write_rows(rule_pairs(12)), teachers, tmp_path / "labelled.jsonl")
    options = ["--data", tmp_path / "labelled.jsonl", "--model", pretrained, "--output", tmp_path / "student"]
    assert main([str(word) for word in ("distill", *options, "--epochs", 1)]) == 0


def test_a_teacher_that_cannot_be_read_leaves_no_file(tmp_path, write_rows, caplog):
    assert label(write_rows(rule_pairs(3)), ["./nowhere"], tmp_path / "labelled.jsonl") == 1
    assert "nowhere" in caplog.text
    assert not (tmp_path / "labelled.jsonl").exists()
