"""Verdict and masked pieces from one pass: the same classifier, and a mask that hides what it asks for."""

import json

import torch
from made_up import rule_pairs
from transformers import BertForMaskedLM, BertForSequenceClassification

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs
from bertmini_demo.training.joint_objective import MASK_WEIGHT, JointClassifier, MaskHalfOfTheRows


def rows(tokenizer, count=64):
    return list(EncodedPairs([Pair(**row) for row in rule_pairs(count)], tokenizer, length=64))


def test_half_of_the_rows_are_masked_and_each_mask_knows_what_it_hides(tokenizer):
    torch.manual_seed(0)
    found = rows(tokenizer)
    batch = MaskHalfOfTheRows(tokenizer, share=0.3)(found)
    changed = (batch["masked"] != -100).any(dim=1)
    assert 0.3 < changed.float().mean() < 0.7
    for row, ids, masked in zip(found, batch["input_ids"].tolist(), batch["masked"].tolist(), strict=True):
        whole = row["input_ids"] + [tokenizer.pad_token_id] * (len(ids) - len(row["input_ids"]))
        for place, piece in enumerate(whole):
            if masked[place] == -100:
                assert ids[place] == piece
            else:
                assert masked[place] == piece
                assert piece not in tokenizer.all_special_ids


def test_the_loss_is_the_sum_of_both_models_losses(tokenizer, pretrained):
    torch.manual_seed(0)
    joint = JointClassifier.from_pretrained(pretrained, dtype=torch.float32, num_labels=3).eval()
    batch = MaskHalfOfTheRows(tokenizer, share=0.3)(rows(tokenizer))
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")}
    language_model = BertForMaskedLM.from_pretrained(pretrained, dtype=torch.float32).eval()
    with torch.no_grad():
        verdicts = joint.as_classifier().eval()(**inputs, labels=batch["labels"])
        filled = language_model(**inputs, labels=batch["masked"])
        found = joint(**batch)
    torch.testing.assert_close(found.logits, verdicts.logits)
    torch.testing.assert_close(found.loss, verdicts.loss + MASK_WEIGHT * filled.loss)


def test_the_command_writes_a_plain_classifier(tmp_path, write_rows, pretrained):
    command = ["finetune", "--model", str(pretrained), "--data", str(write_rows(rule_pairs(12)))]
    output = tmp_path / "out"
    assert main([*command, "--output", str(output), "--epochs", "1", "--batch", "4", "--masking", "0.2"]) == 0
    config = json.loads((output / "config.json").read_text())
    assert config["architectures"] == ["BertForSequenceClassification"]
    _, report = BertForSequenceClassification.from_pretrained(output, output_loading_info=True)
    assert not any(report.values())
    assert bertmini_demo.load_model(str(output)).predict("the fox hears", "the fox never hears").label
