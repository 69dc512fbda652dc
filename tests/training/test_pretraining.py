"""Masked-language modelling: the short cut's loss against transformers' own, the start, and what is written."""

import json
import math
from argparse import Namespace

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoTokenizer, BertForMaskedLM, DataCollatorForLanguageModeling

from bertmini_demo.training.__main__ import main
from bertmini_demo.training.cooccurrence_vectors import SPREAD, ppmi_embeddings
from bertmini_demo.training.corpora.sequences import load_sequences
from bertmini_demo.training.pretraining import MaskedPositionsLM, as_published, sinusoids, start_model


@pytest.fixture(scope="module")
def text_file(tmp_path_factory, sentences):
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("\n\n".join("\n".join(sentences[start : start + 3]) for start in range(0, 120, 3)))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory, text_file, tokenizer):
    return load_sequences([text_file], tokenizer, length=24, folder=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def batch(data, tokenizer):
    torch.manual_seed(3)
    collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.2)
    return collate([data[index] for index in range(6)])


@pytest.fixture(scope="module")
def command(text_file, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save_pretrained(folder)
    return [
        "pretrain",
        "--data",
        str(text_file),
        "--tokenizer",
        str(folder),
        "--length",
        "24",
        "--warmup",
        "2",
    ]


def test_products_of_positions_depend_on_their_distance_alone():
    vectors = sinusoids(60, 32).double()
    products = vectors @ vectors.T
    for distance in (0, 1, 7, 40):
        along = products.diagonal(distance)
        assert along.numpy() == pytest.approx(along.mean().item(), rel=1e-4)
    assert products[0].argmax() == 0
    assert vectors.square().mean().sqrt().item() == pytest.approx(SPREAD, rel=1e-4)


def test_a_batch_masks_words_only_and_pads_what_is_short(batch, tokenizer):
    assert batch["attention_mask"].min() == 0, "no padding: the comparison below would prove less"
    masked = batch["labels"] != -100
    assert 0.05 < masked.float().mean() < 0.4
    for piece in (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id):
        assert not (batch["labels"][masked] == piece).any()


def test_loss_and_gradients_are_those_of_berts_own_class(pretrained, batch):
    short = MaskedPositionsLM.from_pretrained(pretrained).eval()
    whole = BertForMaskedLM.from_pretrained(pretrained).eval()
    losses = short(**batch).loss, whole(**batch).loss
    assert losses[0].item() == pytest.approx(losses[1].item(), abs=1e-5)
    for loss in losses:
        loss.backward()
    for (name, one), other in zip(short.named_parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6, msg=name)


def test_the_published_class_has_the_same_logits(pretrained, batch):
    model = MaskedPositionsLM.from_pretrained(pretrained, hidden_dropout_prob=0.0).eval()
    inputs = {key: value for key, value in batch.items() if key != "labels"}
    with torch.no_grad():
        logits = as_published(model).eval()(**inputs).logits
        torch.testing.assert_close(logits, model.cls(model.bert(**inputs)[0]), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "sizes"),
    [("tiny", (2, 2, 128, 512)), ("mini", (4, 4, 256, 1024)), ("medium", (8, 8, 512, 2048))],
)  # Turc et al. 2019, table 1
def test_a_new_model_has_the_published_sizes(data, tmp_path, size, sizes):
    arguments = Namespace(model=None, output=tmp_path, size=size)
    config = start_model(arguments, 600, data).config
    found = config.num_hidden_layers, config.num_attention_heads, config.hidden_size, config.intermediate_size
    assert found == sizes


def test_a_new_model_starts_from_counted_vectors(data, tmp_path):
    vocabulary = 300  # the reduction to 256 dimensions needs as many word pieces
    model = start_model(Namespace(model=None, output=tmp_path, size="mini"), vocabulary, data)
    assert model.config.max_position_embeddings == 512
    assert model.config.hidden_dropout_prob == model.config.attention_probs_dropout_prob == 0.0
    expected = ppmi_embeddings(data.pieces, vocabulary=vocabulary, dimensions=256)
    torch.testing.assert_close(model.bert.embeddings.word_embeddings.weight.data, expected)
    assert model.cls.predictions.decoder.weight is model.bert.embeddings.word_embeddings.weight


def test_the_command_learns_and_writes_what_transformers_reads(
    tmp_path, command, pretrained, batch, tokenizer, capfd
):
    options = ["--model", str(pretrained), "--steps", "60", "--batch", "8", "--rate", "1e-2"]
    assert main([*command, *options, "--output", str(tmp_path)]) == 0
    assert capfd.readouterr().out == ""
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["architectures"] == ["BertForMaskedLM"]
    assert config["hidden_dropout_prob"] == config["attention_probs_dropout_prob"] == 0.1
    model = AutoModelForMaskedLM.from_pretrained(tmp_path, dtype=torch.float32).eval()
    assert type(model) is BertForMaskedLM
    assert AutoTokenizer.from_pretrained(tmp_path).get_vocab() == tokenizer.get_vocab()
    with torch.no_grad():
        loss = model(**batch).loss.item()
    assert loss < math.log(len(tokenizer)) - 1.0, "no better than a guess among all word pieces"
    assert json.loads((tmp_path / "training.json").read_text())["stages"][-1]["steps"] == 60


def test_a_killed_run_goes_on_from_its_state(tmp_path, command, pretrained, otherwise_pretrained):
    """Masks are drawn anew after a kill, so only what hangs on the state is compared: the place and the weights."""
    options = ["--batch", "8", "--schedule", "constant_with_warmup", "--save-steps", "4"]
    start = [*command, *options, "--output", str(tmp_path)]
    assert main([*start, "--model", str(pretrained), "--steps", "4"]) == 0
    before = load_file(tmp_path / "state" / "checkpoint-4" / "model.safetensors")
    assert main([*start, "--model", str(otherwise_pretrained), "--steps", "5", "--rate", "1e-6"]) == 0
    after = load_file(tmp_path / "state" / "checkpoint-5" / "model.safetensors")
    moved = max((after[name] - before[name]).abs().max().item() for name in before)
    assert 0 < moved < 0.05
    assert json.loads((tmp_path / "training.json").read_text())["stages"][-1]["steps"] == 5


@pytest.mark.parametrize("missing", ["--data", "--tokenizer", "--model"])
def test_what_is_missing_is_named_in_one_line(tmp_path, command, pretrained, caplog, missing):
    options = [*command, "--model", str(pretrained), "--steps", "1", "--output", str(tmp_path)]
    options[options.index(missing) + 1] = "./missing.txt"
    assert main(options) == 1
    [error] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "missing.txt" in error.getMessage()
    assert "\n" not in error.getMessage()
