"""Fine-tuning: it learns a rule, names its labels, and writes a checkpoint that the package accepts."""

import json

import pytest
import torch
from made_up import rule_pairs
from safetensors.torch import load_file

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.model.checksums import MANIFEST, digest
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.corpus_files import labelled_pairs
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs

GOOD = {"premise": "the fox hears the river", "hypothesis": "the fox hears", "label": "entailment"}


@pytest.fixture(scope="module")
def finetuned(tmp_path_factory, pretrained):
    """The folder of a tiny model trained for 200 steps on a rule that one word decides."""
    folder = tmp_path_factory.mktemp("finetuned")
    data = folder / "rule.jsonl"
    data.write_text("\n".join(map(json.dumps, rule_pairs(200))))
    options = ["--batch", "8", "--rate", "1e-2", "--epochs", "8", "--warmup", "10", "--dropout", "0.05"]
    command = ["finetune", "--model", str(pretrained), "--data", str(data), "--output", str(folder / "nli")]
    assert main([*command, *options]) == 0
    return folder / "nli"


def test_it_learns_a_rule_and_keeps_it_on_new_pairs(finetuned):
    model = bertmini_demo.load_model(str(finetuned))
    rows = rule_pairs(90, seed=1)
    answers = model.predict_batch([(row["premise"], row["hypothesis"]) for row in rows])
    hits = sum(answer.label == row["label"] for answer, row in zip(answers, rows, strict=True))
    assert hits / len(rows) > 0.9  # chance: a third


def test_the_loss_falls(finetuned):
    [stage] = json.loads((finetuned / "training.json").read_text())["stages"]
    steps, losses = zip(*stage["loss"], strict=True)
    assert steps == (100, 200)
    assert losses[1] < losses[0] / 2


def test_labels_are_named_in_the_shipped_order(finetuned):
    config = json.loads((finetuned / "config.json").read_text())
    assert config["id2label"] == {"0": "entailment", "1": "neutral", "2": "contradiction"}
    assert config["label2id"] == {"entailment": 0, "neutral": 1, "contradiction": 2}
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["hidden_dropout_prob"] == config["attention_probs_dropout_prob"] == 0.05


def test_weights_are_float16_with_a_manifest_that_holds(finetuned):
    weights = load_file(finetuned / "model.safetensors")
    assert {values.dtype for values in weights.values()} == {torch.float16}
    sums = json.loads((finetuned / MANIFEST).read_text())
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(sums)
    assert all(digest(finetuned / name) == expected for name, expected in sums.items())
    assert bertmini_demo.load_model(str(finetuned)).output_labels == (
        "entailment",
        "neutral",
        "contradiction",
    )


def test_rows_are_what_the_model_will_read_later(finetuned, tokenizer):
    """Training and inference encode a pair alike: the same ids and segments."""
    model = bertmini_demo.load_model(str(finetuned))
    pairs = [Pair(**row) for row in rule_pairs(12)]
    for pair, row in zip(pairs, EncodedPairs(pairs, tokenizer, length=64), strict=True):
        encoded = model.encode(pair.premise, pair.hypothesis)
        assert row["input_ids"] == encoded.input_ids.tolist()
        assert row["token_type_ids"] == encoded.segments.tolist()
        assert row["attention_mask"] == [1] * len(row["input_ids"])
        assert model.output_labels[row["labels"]] == pair.label


@pytest.mark.parametrize("length", range(7, 24))
@pytest.mark.parametrize("turned", [False, True])
def test_long_pairs_are_cut_as_the_model_will_cut_them(finetuned, tokenizer, length, turned):
    sentences = ["the fox hears the river the garden the lantern", "the fox hears the merchant"]
    premise, hypothesis = sentences[::-1] if turned else sentences
    [row] = EncodedPairs([Pair(premise, hypothesis, "neutral")], tokenizer, length=length)
    expected = bertmini_demo.load_model(str(finetuned)).encode(premise, hypothesis, limit=length)
    assert len(row["input_ids"]) == length
    assert row["input_ids"] == expected.input_ids.tolist()
    assert row["token_type_ids"] == expected.segments.tolist()


def test_hypothesis_only_rows_hold_no_piece_of_the_premise(write_rows, tokenizer):
    rows = rule_pairs(9)
    pairs = labelled_pairs([write_rows(rows)], blank_premises=True)
    for source, row in zip(rows, EncodedPairs(pairs, tokenizer, length=64), strict=True):
        hypothesis = tokenizer(source["hypothesis"], add_special_tokens=False)["input_ids"]
        separator = tokenizer.sep_token_id
        assert row["input_ids"] == [tokenizer.cls_token_id, separator, *hypothesis, separator]
        assert row["token_type_ids"] == [0, 0] + [1] * (len(hypothesis) + 1)


def test_hypothesis_only_is_what_the_option_does(tmp_path, write_rows, pretrained):
    """Two sets that differ in their premises only end at the same weights."""
    weights = []
    for number, change in enumerate((str, lambda premise: "the river guards " + premise)):
        rows = [{**row, "premise": change(row["premise"])} for row in rule_pairs(16)]
        output = tmp_path / str(number)
        command = [
            "finetune",
            "--model",
            str(pretrained),
            "--data",
            str(write_rows(rows)),
            "--output",
            str(output),
        ]
        assert main([*command, "--hypothesis-only", "--epochs", "1", "--batch", "4"]) == 0
        weights.append(load_file(output / "model.safetensors"))
    assert all(torch.equal(values, weights[1][name]) for name, values in weights[0].items())


def test_two_way_labels_are_left_out(write_rows):
    path = write_rows([GOOD, {**GOOD, "label": "not_entailment"}])
    assert [pair.label for pair in labelled_pairs([path])] == ["entailment"]


def test_two_way_labels_alone_are_refused(write_rows):
    with pytest.raises(DataError, match="entailment, neutral, contradiction"):
        labelled_pairs([write_rows([{**GOOD, "label": "not_entailment"}] * 3)])


@pytest.mark.parametrize("missing", ["--data", "--model"])
def test_what_is_missing_is_named_in_one_line(tmp_path, write_rows, pretrained, caplog, missing):
    data = write_rows([GOOD])
    options = ["finetune", "--data", str(data), "--model", str(pretrained), "--output", str(tmp_path / "out")]
    options[options.index(missing) + 1] = "./missing.jsonl"
    assert main(options) == 1
    [error] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "missing.jsonl" in error.getMessage()
    assert "\n" not in error.getMessage()


def test_standard_output_stays_empty(tmp_path, write_rows, pretrained, capfd):
    command = ["finetune", "--model", str(pretrained), "--data", str(write_rows(rule_pairs(6)))]
    assert main([*command, "--output", str(tmp_path / "out"), "--epochs", "1", "--batch", "2"]) == 0
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "train_loss" in captured.err


@pytest.mark.parametrize("label", ["entails", "neutral", "C"])
def test_one_label_is_refused_and_a_missing_one_is_said(tmp_path, write_rows, pretrained, caplog, label):
    command = ["finetune", "--model", str(pretrained), "--output", str(tmp_path / "out")]
    same = write_rows([{**row, "label": label} for row in rule_pairs(6)])
    assert main([*command, "--data", str(same)]) == 1
    assert "All 6 pairs are labelled" in caplog.records[-1].getMessage()
    assert not (tmp_path / "out").exists()


def test_a_label_that_no_pair_has_is_said_before_training(tmp_path, write_rows, pretrained, caplog):
    rows = [{**row, "label": ("entails", "neutral")[place % 2]} for place, row in enumerate(rule_pairs(6))]
    command = ["finetune", "--model", str(pretrained), "--data", str(write_rows(rows))]
    assert main([*command, "--output", str(tmp_path / "out"), "--epochs", "1", "--batch", "4"]) == 0
    assert "No pair is labelled contradiction" in caplog.text
