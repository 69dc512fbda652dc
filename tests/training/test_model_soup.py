"""The mean of several fine-tunings: of their weights, of nothing else, and only where they belong together."""

import json

import pytest
import torch
from made_up import rule_pairs
from safetensors.torch import load_file

from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.files import read_stages
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.model_soup import merged_stages


@pytest.fixture(scope="module")
def runs(tmp_path_factory, pretrained):
    """Two short fine-tunings of one tiny model, with different seeds."""
    folder = tmp_path_factory.mktemp("runs")
    data = folder / "rule.jsonl"
    data.write_text("\n".join(map(json.dumps, rule_pairs(32))))
    command = ["finetune", "--model", str(pretrained), "--data", str(data), "--epochs", "1", "--rate", "1e-3"]
    for seed in ("1", "2"):
        assert main([*command, "--output", str(folder / seed), "--seed", seed, "--batch", "8"]) == 0
    return [folder / "1", folder / "2"]


def weights(folder):
    return {name: weight for file in folder.glob("*.safetensors") for name, weight in load_file(file).items()}


def average(*folders, output) -> int:
    return main(["average", "--models", *map(str, folders), "--output", str(output)])


def test_each_weight_lies_half_way(runs, tmp_path):
    assert average(*runs, output=tmp_path / "mean") == 0
    one, other, mean = map(weights, (*runs, tmp_path / "mean"))
    assert mean.keys() == one.keys()
    moved = 0
    for name, weight in mean.items():
        low, high = (
            torch.minimum(one[name], other[name]).float(),
            torch.maximum(one[name], other[name]).float(),
        )
        torch.testing.assert_close(
            weight.float(), low + (high - low) / 2, rtol=2e-3, atol=1e-6
        )  # float16 files
        moved += int((low < high).sum())
    assert moved > 0
    load_checkpoint(str(tmp_path / "mean"))  # whole, by its own checksums


def test_the_record_tells_the_common_start_once_and_each_run(runs, tmp_path, pretrained):
    average(*runs, output=tmp_path / "mean")
    stages = read_stages(tmp_path / "mean")
    start = read_stages(pretrained)
    assert stages[: len(start)] == start
    assert [stage["command"] for stage in stages[len(start) :]] == ["finetune", "finetune", "average"]
    assert [stage["settings"]["seed"] for stage in stages[len(start) : -1]] == [1, 2]


def test_records_that_share_nothing_follow_each_other():
    assert merged_stages([[{"a": 1}], [{"b": 1}, {"a": 1}]]) == [{"a": 1}, {"b": 1}, {"a": 1}]


def test_models_of_other_labels_are_refused(runs, tmp_path, caplog):
    other = tmp_path / "other"
    other.mkdir()
    for file in runs[1].iterdir():
        if file.is_file() and file.name != "manifest.json":
            (other / file.name).write_bytes(file.read_bytes())
    config = json.loads((other / "config.json").read_text())
    config["id2label"] = {"0": "contradiction", "1": "neutral", "2": "entailment"}
    config["label2id"] = {label: int(number) for number, label in config["id2label"].items()}
    (other / "config.json").write_text(json.dumps(config))
    assert average(runs[0], other, output=tmp_path / "mean") == 1
    assert "differs in its sizes or labels" in caplog.text
    assert not (tmp_path / "mean").exists()
