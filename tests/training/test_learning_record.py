"""What is recorded of a model in training is what that model does, and the training goes on as without it."""

import copy
import json

import numpy as np
import pytest
import torch
from conftest import write_tiny_checkpoint
from transformers import BertConfig, BertForMaskedLM, Trainer, TrainerState, TrainingArguments

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.data.learning import read_learning
from bertmini_demo.explain.hans.probe import ENTAILED, run_probe, subcases
from bertmini_demo.training.learning_record import (
    TRAPS,
    LearningRecorder,
    moment_of,
    negated_pairs,
    new_record,
    steps_of,
)

POSITIONS = 512
ROWS = [
    {
        "input_ids": torch.tensor([2, 5 + row, 6, 3, 8, 3]),
        "token_type_ids": torch.tensor([0, 0, 0, 0, 1, 1]),
        "labels": torch.tensor(row % 3),
    }
    for row in range(12)
]


def as_read(tmp_path, model, *moments):
    record = new_record(model.tokenizer, positions=POSITIONS) | {"moments": list(moments)}
    (tmp_path / "learning.json").write_text(json.dumps(record), encoding="utf-8")
    return read_learning(tmp_path / "learning.json")


def test_a_classifiers_moment_is_what_it_says_and_where_it_looks(shipped, tmp_path):
    pairs = [
        ("A man sleeps.", "A man is awake.", "contradiction"),
        ("A man sleeps.", "A man eats.", "entailment"),
    ]
    learning = as_read(tmp_path, shipped, moment_of(shipped.network, shipped.tokenizer, step=7, pairs=pairs))
    (moment,) = learning.moments
    assert (moment.stage, moment.step, moment.answers) == ("fine-tuning", 7, ())
    assert moment.right == 0.5
    for row, example in list(zip(moment.verdicts, gallery(), strict=True))[::7]:
        probabilities = shipped.predict(example.premise, example.hypothesis).probabilities
        assert row == pytest.approx([probabilities[label] for label in learning.labels], abs=6e-4)
    for place, tokens in enumerate(learning.tokens):
        trace = shipped.trace(*learning.examples[place])
        assert tokens == trace.tokens
        assert np.abs(moment.attentions[place] - trace.attentions).max() <= 0.5 / 255 + 1e-5
        assert np.array(moment.roles[place]).shape == (shipped.layers, shipped.heads)


def test_negations_and_traps_are_counted_as_the_probe_counts_them(shipped, tmp_path):
    (moment,) = as_read(tmp_path, shipped, moment_of(shipped.network, shipped.tokenizer, step=0)).moments
    probed = run_probe(shipped, count=TRAPS).accuracy
    hard = [share for name, share in probed.items() if subcases()[name].label != ENTAILED]
    assert moment.traps == pytest.approx(np.mean(hard), abs=1e-4)
    negated = negated_pairs()
    assert (
        "Two boys are playing soccer on a grassy field.",
        "Two boys are not playing soccer on a grassy field.",
    ) in negated
    answers = [shipped.predict(*pair).label == "contradiction" for pair in negated]
    assert moment.negations == pytest.approx(np.mean(answers), abs=1e-4)


def test_a_language_models_moment_holds_its_answers(shipped_language, tmp_path):
    learning = as_read(
        tmp_path, shipped_language, moment_of(shipped_language.network, shipped_language.tokenizer, step=0)
    )
    (moment,) = learning.moments
    assert (moment.stage, moment.verdicts) == ("pretraining", None)
    for sentence, answer in list(zip(learning.sentences, moment.answers, strict=True))[::20]:
        assert shipped_language.fill_text(sentence)[0].candidates[0].piece == answer
    assert 0.3 < moment.right < 1
    assert moment.attentions[0].sum(axis=-1) == pytest.approx(1, abs=0.1)


def test_twenty_moments_stay_small(shipped):
    text = json.dumps(moment_of(shipped.network, shipped.tokenizer, step=0))
    assert 20 * len(text) < 1_500_000


def test_moments_are_closest_at_the_start_and_hold_both_ends():
    assert steps_of(100_000)[:3] == (0, 1235, 4938)
    assert steps_of(100_000)[-1] == 100_000
    assert len(steps_of(100_000)) == 10
    assert steps_of(3) == (0, 1, 2, 3)
    assert steps_of(0) == (0,)


def trained(folder, tmp_path, *, callbacks, steps):
    """A tiny classifier after some steps."""
    model = bertmini_demo.load_model(str(folder))
    network = copy.deepcopy(model.network)
    network.config.id2label = dict(enumerate(model.output_labels))
    arguments = TrainingArguments(
        output_dir=str(tmp_path / "state"),
        per_device_train_batch_size=4,
        max_steps=steps,
        use_cpu=True,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        learning_rate=0.01,
        seed=3,
    )
    Trainer(model=network, args=arguments, train_dataset=ROWS, callbacks=callbacks).train()
    return network


def test_a_training_is_recorded_at_its_moments_and_is_not_changed_by_it(tiny_roomy_folder, tmp_path):
    tokenizer = bertmini_demo.load_model(str(tiny_roomy_folder)).tokenizer
    file = tmp_path / "run" / "learning.json"
    recorder = LearningRecorder(file, tokenizer, moments=3)
    network = trained(tiny_roomy_folder, tmp_path, callbacks=[recorder], steps=8)
    moments = read_learning(file).moments
    assert [moment.step for moment in moments] == [0, 2, 8]
    assert (moments[0].verdicts != moments[-1].verdicts).any()
    alone = trained(tiny_roomy_folder, tmp_path, callbacks=[], steps=8)
    for name, weight in alone.state_dict().items():
        assert torch.equal(weight, network.state_dict()[name]), name
    last = moment_of(network, tokenizer, step=8)
    assert moments[-1].verdicts.tolist() == last["verdicts"]


def test_a_run_that_begins_again_replaces_its_own_moments_only(tiny_roomy_folder, tmp_path):
    tokenizer = bertmini_demo.load_model(str(tiny_roomy_folder)).tokenizer
    file = tmp_path / "learning.json"
    record = new_record(tokenizer, positions=POSITIONS)
    other = {
        "stage": "pretraining",
        "step": 5,
        "attentions": [],
        "roles": [],
        "verdicts": None,
        "answers": [],
        "right": 0,
        "negations": None,
        "traps": None,
    }
    file.write_text(
        json.dumps(record | {"moments": [other, other | {"stage": "fine-tuning"}]}), encoding="utf-8"
    )
    trained(tiny_roomy_folder, tmp_path, callbacks=[LearningRecorder(file, tokenizer, moments=2)], steps=2)
    assert [(one.stage, one.step) for one in read_learning(file).moments] == [
        ("pretraining", 5),
        ("fine-tuning", 0),
        ("fine-tuning", 2),
    ]


def test_pretraining_comes_before_fine_tuning_whichever_was_recorded_first(tiny_roomy_folder, tmp_path):
    tokenizer = bertmini_demo.load_model(str(tiny_roomy_folder)).tokenizer
    file = tmp_path / "learning.json"
    record = new_record(tokenizer, positions=POSITIONS)
    later = moment_of(trained(tiny_roomy_folder, tmp_path, callbacks=[], steps=1), tokenizer, step=1)
    file.write_text(json.dumps(record | {"moments": [later]}), encoding="utf-8")
    recorder = LearningRecorder(file, tokenizer, moments=1)
    network = BertForMaskedLM(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
        )
    )
    recorder.on_train_begin(None, TrainerState(max_steps=0, is_world_process_zero=True), None, model=network)
    assert [one.stage for one in read_learning(file).moments] == ["pretraining", "fine-tuning"]


@pytest.fixture(scope="module")
def tiny_roomy_folder(tmp_path_factory):
    """A tiny classifier whose positions hold the example pairs letter by letter."""
    return write_tiny_checkpoint(tmp_path_factory.mktemp("roomy"), max_position_embeddings=POSITIONS)
