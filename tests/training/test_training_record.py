"""The record of training: stages one after another, word pieces counted without padding, time that survives a kill."""

import json
import shutil

import pytest
from made_up import rule_pairs

from bertmini_demo.training.__main__ import main
from bertmini_demo.training.training_record import Clock


@pytest.fixture(scope="module")
def folders(tmp_path_factory, pretrained):
    """A classifier trained from a classifier trained from the tiny language model."""
    folder = tmp_path_factory.mktemp("stages")
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, rule_pairs(20))))
    for name, start in (("one", pretrained), ("two", folder / "one")):
        command = ["finetune", "--model", str(start), "--data", str(folder / "pairs.jsonl"), "--batch", "4"]
        assert main([*command, "--output", str(folder / name), "--epochs", "2", "--rate", "1e-4"]) == 0
    return folder


def stages(folder) -> list[dict]:
    return json.loads((folder / "training.json").read_text())["stages"]


def test_a_stage_takes_over_the_record_of_the_model_it_starts_from(folders):
    assert len(stages(folders / "one")) == 1
    first, second = stages(folders / "two")
    assert first == stages(folders / "one")[0]
    for stage in (first, second):
        assert (stage["command"], stage["data"], stage["processes"]) == ("finetune", ["pairs.jsonl"], 1)
        assert (stage["steps"], stage["epochs"], stage["settings"]["rate"]) == (10, 2, 1e-4)
        assert stage["hours"] >= 0
        assert stage["hardware"]


def test_word_pieces_are_counted_without_padding(folders, tokenizer):
    rows = rule_pairs(20)
    read = sum(len(tokenizer(row["premise"], row["hypothesis"])["input_ids"]) for row in rows)
    assert stages(folders / "one")[0]["word_pieces"] == 2 * read


def test_a_resumed_run_goes_on_counting(folders, tmp_path):
    output = tmp_path / "one"
    shutil.copytree(folders / "one", output)
    [state] = (output / "state").glob("checkpoint-*")
    kept = json.loads((state / "trainer_state.json").read_text())
    kept["stateful_callbacks"]["Clock"]["attributes"]["seconds"] = 7200
    (state / "trainer_state.json").write_text(json.dumps(kept))
    command = ["finetune", "--model", str(folders / "one"), "--data", str(folders / "pairs.jsonl")]
    assert main([*command, "--batch", "4", "--output", str(output), "--epochs", "3", "--rate", "1e-4"]) == 0
    assert 2 <= stages(output)[-1]["hours"] < 2.5


def test_a_clock_counts_from_where_it_was():
    clock = Clock.from_state({"args": {}, "attributes": {"seconds": 5.0}})
    assert clock.total() == 5.0
    clock.on_train_begin()
    assert clock.total() > 5.0
    assert clock.state()["attributes"]["seconds"] > 5.0
