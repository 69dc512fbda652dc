"""Fine-tuning starts from what a classifier knows already, in the shipped order of labels."""

import copy

import pytest
import torch
import transformers
from checkpoints import PAIR, change_config
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.results import LABELS
from bertmini_demo.training.starting_point import HEADS, read_classifier_start


def permuted(shipped, folder, order):
    network = copy.deepcopy(shipped.network)
    rows = [shipped.output_labels.index(label) for label in order]
    with torch.no_grad():
        for weight in (network.classifier.weight, network.classifier.bias):
            weight.copy_(weight[rows].clone())
    network.config.id2label = dict(enumerate(order))
    network.config.label2id = {label: place for place, label in enumerate(order)}
    save_checkpoint(network, shipped.tokenizer, folder)


@pytest.mark.parametrize(
    ("order", "name"),
    [
        (("contradiction", "entailment", "neutral"), None),
        (("neutral", "contradiction", "entailment"), "LABEL_{}"),
        (("contradiction", "neutral", "entailment"), "class {}"),
        (LABELS, None),
    ],
)
def test_training_starts_from_what_the_head_knows_in_the_shipped_order(shipped, tmp_path, order, name):
    permuted(shipped, tmp_path, order)
    if name:
        change_config(tmp_path, id2label={str(n): name.format(n) for n in range(3)}, label2id=...)
        (tmp_path / MANIFEST).unlink()
    network = read_classifier_start(str(tmp_path)).build(transformers.BertForSequenceClassification).eval()
    assert tuple(network.config.id2label[place] for place in range(3)) == LABELS
    again = tmp_path / "again"
    save_checkpoint(network, shipped.tokenizer, again)
    model = bertmini_demo.load_model(str(again))
    assert model.predict(*PAIR).logits == pytest.approx(shipped.predict(*PAIR).logits, abs=1e-4)
    assert torch.allclose(network.classifier.weight, shipped.network.classifier.weight)


def test_a_head_of_another_task_is_left_out(tmp_path):
    write_tiny_checkpoint(
        tmp_path, id2label={0: "no", 1: "yes"}, label2id={"no": 0, "yes": 1}, initializer_range=0.01
    )
    start = read_classifier_start(str(tmp_path))
    assert not any(name.startswith("classifier.") for name in start.state)
    assert start.build(transformers.BertForSequenceClassification, new=HEADS).classifier.out_features == 3
