"""Folders as others save them: read right, or refused in one line that quotes what was found, in every tool."""

import copy
import json
import os
import shutil
from pathlib import Path

import pytest
import torch
import transformers
from checkpoints import change_config
from conftest import write_tiny_checkpoint
from safetensors.torch import load_file, save_file
from transformers import BertTokenizer

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import load_checkpoint, save_checkpoint
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.model.label_names import parse_label
from bertmini_demo.model.model_config import memory_megabytes
from bertmini_demo.results import LABELS
from bertmini_demo.settings import Settings
from bertmini_demo.training.starting_point import HEADS, read_classifier_start

PAIR = ("A man sleeps in the park.", "The dog is walking asleep.")
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 44000000\n"


@pytest.fixture
def folder(tiny_folder, tmp_path):
    """A copy of the tiny checkpoint without its manifest, as foreign ones come."""
    copied = Path(shutil.copytree(tiny_folder, tmp_path / "copy"))
    (copied / MANIFEST).unlink()
    return copied


def refused(folder, reason, **settings):
    with pytest.raises(CheckpointError, match=reason) as caught:
        bertmini_demo.load_model(str(folder), settings=Settings(**settings))
    assert "\n" not in str(caught.value)


def change_json(file, change):
    values = json.loads(file.read_text())
    change(values)
    file.write_text(json.dumps(values))


def as_pickle(folder, change):
    """The weights as a pytorch_model.bin of what ``change`` makes of them."""
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(change(state), folder / "pytorch_model.bin")


# Names of weights


@pytest.mark.parametrize("prefix", ["module.", "model.", "_orig_mod.", "module._orig_mod.", "model.module."])
def test_prefixes_of_wrappers_are_taken_off_and_said(folder, tiny, prefix):
    state = load_file(folder / "model.safetensors")
    save_file({prefix + name: value for name, value in state.items()}, folder / "model.safetensors")
    model = bertmini_demo.load_model(str(folder))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert all(repr(f"{part}.") in model.notes[0] for part in prefix.strip(".").split("."))


@pytest.mark.parametrize(
    "keys", [("model_state_dict",), ("state_dict",), ("model",), ("state_dict", "model")]
)
def test_weights_inside_what_a_training_loop_saved_are_found(folder, tiny, keys):
    def change(state):
        for key in keys:
            state = {"epoch": 3, key: state}
        return state

    as_pickle(folder, change)
    model = bertmini_demo.load_model(str(folder))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert repr(keys[0]) in model.notes[0]


def test_the_names_of_the_first_release_are_understood(folder, tiny):
    def old(name):
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    as_pickle(folder, lambda state: {old(name): value for name, value in state.items()})
    assert bertmini_demo.load_model(str(folder)).predict(*PAIR).logits == tiny.predict(*PAIR).logits


@pytest.mark.parametrize("wrong", ["student.", "net.bert_model.", "backbone."])
def test_names_that_cannot_be_matched_are_refused_and_quoted(folder, wrong):
    as_pickle(folder, lambda state: {wrong + name: value for name, value in state.items()})
    refused(folder, rf"weights are missing, .*; it holds {wrong}bert\.embeddings")
    with pytest.raises(CheckpointError, match=wrong):
        read_classifier_start(str(folder)).build(transformers.BertForSequenceClassification, new=HEADS)


# Training starts from the same reading


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


# The tokenizer


def tokens_of(folder, text):
    return bertmini_demo.load_model(str(folder)).encode(text, "a dog").tokens


@pytest.mark.parametrize(
    ("part", "changes", "text"),
    [
        ("normalizer", {"strip_accents": False}, "the caf\u00e9 is in"),
        ("normalizer", {"lowercase": False}, "The MAN sleeps"),
        ("normalizer", {"handle_chinese_chars": False}, "a \u732b\u732b dog"),
        ("pre_tokenizer", {"type": "WhitespaceSplit"}, "a man, a dog."),
        ("model", {"max_input_chars_per_word": 4}, "the woman sleeps"),
        ("model", {"continuing_subword_prefix": "@@"}, "the walking woman"),
    ],
)
def test_tokenizer_json_is_used_as_it_is(folder, part, changes, text):
    change_json(folder / "tokenizer.json", lambda values: values[part].update(changes))
    change_json(
        folder / "tokenizer_config.json",
        lambda values: [
            values.pop(name, None) for name in ("do_lower_case", "strip_accents", "tokenize_chinese_chars")
        ],
    )
    own = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    expected = own.backend_tokenizer.encode(text, "a dog").tokens
    assert list(tokens_of(folder, text)) == expected
    assert list(expected) != list(
        BertTokenizer.from_pretrained(folder).backend_tokenizer.encode(text, "a dog").tokens
    )
    saved = bertmini_demo.load_model(str(folder))
    save_checkpoint(saved.network, saved.tokenizer, folder / "saved")
    assert list(tokens_of(folder / "saved", text)) == expected


@pytest.mark.parametrize("place", ["tokenizer_config.json", "tokenizer.json"])
def test_the_length_limit_of_the_tokenizer_holds(folder, place):
    truncation = {"max_length": 12, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    change = {"truncation": truncation} if place == "tokenizer.json" else {"model_max_length": 12}
    change_json(folder / place, lambda values: values.update(change))
    pair = bertmini_demo.load_model(str(folder)).encode("the man runs " * 9, "a dog")
    assert len(pair.tokens) == 12
    assert any("Cut at 12 word pieces" in note for note in pair.notes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda t: t["model"].update(type="WordLevel", vocab=t["model"]["vocab"]),
            "WordLevel|cannot be read",
        ),
        (
            lambda t: t["post_processor"].update(pair=t["post_processor"]["pair"][::-1]),
            "joins two sentences as",
        ),
        (
            lambda t: t["post_processor"]["special_tokens"].pop("[CLS]"),
            r"joins sentences with \[CLS\], which",
        ),
        (lambda t: t["normalizer"].update(lowercase=False), "do_lower_case is True .* lowercase is False"),
        (lambda t: t["model"].update(unk_token="cat"), "unknown words as 'cat'"),
        (lambda t: (t["model"]["vocab"].pop("[SEP]"), t.update(added_tokens=[])), r"\[SEP\]|cannot be read"),
        (lambda t: t["model"]["vocab"].update(woolly=99_999), r"'woolly' \(number 99999\)"),
    ],
)
def test_a_tokenizer_that_cannot_be_heeded_is_refused_by_what_differs(folder, change, reason):
    change_json(folder / "tokenizer.json", change)
    refused(folder, reason)


def test_a_word_piece_too_many_is_named_by_its_line(folder, tiny):
    (folder / "tokenizer.json").unlink()
    vocabulary = tiny.tokenizer.get_vocab()
    lines = [*sorted(vocabulary, key=vocabulary.get), "", "woolly"]
    (folder / "vocab.txt").write_text("\n".join(lines) + "\n")
    count = len(vocabulary)
    refused(
        folder, rf"has {count + 2} word pieces .*: '' \(line {count + 1}\), 'woolly' \(line {count + 2}\)"
    )


def test_padding_and_truncation_of_the_folder_are_off(folder, tiny):
    """They would be shared by all threads, and pad each sentence of its own."""
    padding = {
        "strategy": {"Fixed": 40},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }
    change_json(folder / "tokenizer.json", lambda values: values.update(padding=padding))
    model = bertmini_demo.load_model(str(folder))
    assert model.encode(*PAIR).tokens == tiny.encode(*PAIR).tokens
    assert model.tokenizer.backend_tokenizer.padding is None
    assert model.tokenizer.backend_tokenizer.truncation is None


# The config


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"problem_type": "multi_label_classification"}, "problem_type .*'multi_label_classification'"),
        ({"problem_type": "regression"}, "problem_type .*'regression'"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "quantization_config .*bitsandbytes"),
        ({"is_decoder": True}, "is_decoder .* True"),
        ({"add_cross_attention": True, "is_decoder": True}, "True"),
        ({"pruned_heads": {"0": [1]}}, "pruned_heads"),
        ({"pad_token_id": 10**6}, r"pad_token_id .* is 1000000; the vocabulary has \d+"),
        ({"pad_token_id": -1}, "pad_token_id .* is -1"),
        ({"max_position_embeddings": 4}, "max_position_embeddings .* is 4; it must be 5 or more"),
        ({"num_attention_heads": 3}, "3 attention heads"),
        ({"id2label": ..., "label2id": ...}, "neither id2label nor num_labels, .* the weights have 3"),
        ({"id2label": "entailment"}, "cannot be read"),
        ({"vocab_size": None}, "cannot be read"),
        ({"torchscript": True}, "torchscript"),
    ],
)
def test_what_a_config_says_is_refused_by_name_and_value(folder, changes, reason):
    change_config(folder, **changes)
    refused(folder, reason)


@pytest.mark.parametrize(
    "changes", [{"return_dict": False}, {"use_cache": True}, {"output_attentions": True}]
)
def test_settings_that_change_no_number_are_read(folder, tiny, changes):
    change_config(folder, **changes)
    model = bertmini_demo.load_model(str(folder))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert model.trace(*PAIR).prediction.logits == pytest.approx(tiny.predict(*PAIR).logits, abs=1e-4)


def test_sixteen_positions_are_enough(tmp_path):
    write_tiny_checkpoint(tmp_path, max_position_embeddings=16)
    pair = bertmini_demo.load_model(str(tmp_path)).encode("the man runs " * 9, "a dog")
    assert len(pair.tokens) == 16


def test_code_named_in_the_config_is_not_kept(folder):
    change_config(folder, auto_map={"AutoModelForSequenceClassification": "evil.Evil"})
    model = bertmini_demo.load_model(str(folder))
    save_checkpoint(model.network, model.tokenizer, folder / "saved")
    assert "auto_map" not in (folder / "saved" / "config.json").read_text()


# Names of labels


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ENTAILMENT", "entailment"),
        ("Entails", "entailment"),
        ("entailed", "entailment"),
        ("contradictory", "contradiction"),
        ("Contradict", "contradiction"),
        ("not entailment", "not_entailment"),
        ("Non-Entailment", "not_entailment"),
        (" Neutral ", "neutral"),
        ("LABEL_0", None),
        ("positive", None),
        ("entailment!", None),
        ("", None),
    ],
)
def test_common_spellings_of_labels_are_understood(name, label):
    assert parse_label(name) == label


def test_names_in_other_spellings_count_as_names(folder, tiny):
    change_config(folder, id2label={"0": "Entails", "1": "NEUTRAL", "2": "contradictory"}, label2id=...)
    model = bertmini_demo.load_model(str(folder))
    assert (model.output_labels, model.label_source) == (tiny.output_labels, tiny.label_source)


def test_names_in_label2id_alone_are_heeded(folder, tiny):
    numbers = {label: place for place, label in enumerate(LABELS)}
    change_config(folder, id2label={str(n): f"LABEL_{n}" for n in range(3)}, label2id=numbers)
    assert bertmini_demo.load_model(str(folder)).label_source == tiny.label_source


def test_numbers_of_labels_that_make_no_sense_are_left_out(folder, tiny):
    change_config(folder, label2id={"entailment": [1], "neutral": {}, "contradiction": "two"})
    assert bertmini_demo.load_model(str(folder)).label_source == tiny.label_source


@pytest.mark.parametrize("names", [("good", "bad", "ugly"), ("entailment", "neutral", "neither")])
def test_names_that_are_not_known_are_quoted(folder, names):
    change_config(folder, id2label={str(n): name for n, name in enumerate(names)}, label2id=...)
    refused(folder, f"Its config names them {', '.join(names)}")


@pytest.mark.parametrize(
    "names",
    [("not_equivalent", "equivalent"), ("is_paraphrase", "not_paraphrase"), ("duplicate", "not duplicate")],
)
def test_a_paraphrase_head_is_named_as_such_unless_its_labels_are_given(tmp_path, names):
    write_tiny_checkpoint(
        tmp_path, id2label=dict(enumerate(names)), label2id={name: place for place, name in enumerate(names)}
    )
    refused(tmp_path, "paraphrases")
    given = Settings(labels=("Not-Entailment", "ENTAILMENT"))
    model = bertmini_demo.load_model(str(tmp_path), settings=given)
    assert model.output_labels == ("not_entailment", "entailment")


# Files


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
)
def test_a_pointer_of_a_large_file_store_is_named_as_such(folder, name):
    (folder / name).write_text(POINTER)
    refused(folder, f"{name} is a pointer of Git LFS: the file itself was not fetched")


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "vocab.txt", "model.safetensors", "pytorch_model.bin"]
)
@pytest.mark.parametrize("kind", ["pipe", "folder", "broken link"])
def test_what_is_no_file_is_refused_without_waiting_for_it(folder, name, kind):
    (folder / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "folder":
        (folder / name).mkdir()
    else:
        (folder / name).symlink_to(folder / "nowhere")
    refused(folder, f"{name} is not a regular file")


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(folder):
    with (folder / "tokenizer.json").open("r+b") as file:
        file.truncate(17_000_000)
    refused(folder, "tokenizer.json has 17 MB; at most 16")


@pytest.mark.parametrize("kind", [torch.int8, torch.int32, torch.bool])
def test_quantised_weights_are_refused(folder, kind):
    state = load_file(folder / "model.safetensors")
    name = "bert.encoder.layer.0.attention.self.query.weight"
    save_file(state | {name: state[name].to(kind)}, folder / "model.safetensors")
    refused(folder, f"are quantised: {name} is {str(kind).removeprefix('torch.')}")


@pytest.mark.parametrize(
    "content", [b"\x80\x04K\x01.", b"", b"\x00" * 64], ids=["a number", "nothing", "zeros"]
)
def test_a_pickle_of_something_else_is_refused(folder, content):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(content)
    refused(folder, "damaged|cannot be read|not weights by name")


def test_a_list_in_place_of_weights_is_refused(folder):
    as_pickle(folder, lambda state: list(state.values()))
    refused(folder, "holds a list, not weights by name")


def test_a_message_of_a_library_is_shown_whole_on_one_line(folder):
    (folder / "tokenizer.json").write_text('{"model": {"type": "WordPiece", "vocab": 5}}')
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(str(folder))
    assert not str(caught.value).endswith(":")
    assert "\n" not in str(caught.value)


# Memory


def test_a_weight_counts_four_bytes(folder, tiny):
    """The network runs in float32: a limit below its size refuses it, one above does not."""
    needed = memory_megabytes(tiny.network.config)
    assert needed == pytest.approx(4 * tiny.parameters / 1e6, rel=0.1)
    change_config(folder, num_hidden_layers=10_000)  # 4 bytes a weight: hundreds of MB
    refused(folder, "would take 328 MB of memory; the limit is 300 MB", model_megabytes=300)
    change_config(folder, num_hidden_layers=tiny.layers)
    assert bertmini_demo.load_model(str(folder), settings=Settings(model_megabytes=1)).layers == tiny.layers
