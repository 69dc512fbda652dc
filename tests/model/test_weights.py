"""Weights of others: names that differ, damage, and what is no weights at all."""

import contextlib
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import torch
import transformers
from checkpoints import PAIR, as_pickle, as_pytorch_bin, change_config, logits, refused
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForMaskedLM

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import load_checkpoint, save_checkpoint
from bertmini_demo.settings import Settings
from bertmini_demo.training.starting_point import HEADS, read_classifier_start


def test_networks_are_built_one_at_a_time(unsealed, monkeypatch):
    meeting, real = (
        threading.Barrier(2, timeout=1),
        transformers.BertForSequenceClassification.from_pretrained,
    )

    def build(*arguments, **choices):
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait()
            met.append(True)
        return real(*arguments, **choices)

    met = []
    monkeypatch.setattr(transformers.BertForSequenceClassification, "from_pretrained", build)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load_checkpoint, [str(unsealed)] * 2))
    assert met == []


@pytest.mark.parametrize("prefix", ["module.", "model.", "_orig_mod.", "module._orig_mod.", "model.module."])
def test_prefixes_of_wrappers_are_taken_off_and_said(unsealed, tiny, prefix):
    state = load_file(unsealed / "model.safetensors")
    save_file({prefix + name: value for name, value in state.items()}, unsealed / "model.safetensors")
    model = bertmini_demo.load_model(str(unsealed))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert all(repr(f"{part}.") in model.notes[0] for part in prefix.strip(".").split("."))


@pytest.mark.parametrize(
    "keys", [("model_state_dict",), ("state_dict",), ("model",), ("state_dict", "model")]
)
def test_weights_inside_what_a_training_loop_saved_are_found(unsealed, tiny, keys):
    def change(state):
        for key in keys:
            state = {"epoch": 3, key: state}
        return state

    as_pickle(unsealed, change)
    model = bertmini_demo.load_model(str(unsealed))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert repr(keys[0]) in model.notes[0]


def test_the_names_of_the_first_release_are_understood(unsealed, tiny):
    def old(name):
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    as_pickle(unsealed, lambda state: {old(name): value for name, value in state.items()})
    assert bertmini_demo.load_model(str(unsealed)).predict(*PAIR).logits == tiny.predict(*PAIR).logits


@pytest.mark.parametrize("wrong", ["student.", "net.bert_model.", "backbone."])
def test_names_that_cannot_be_matched_are_refused_and_quoted(unsealed, wrong):
    as_pickle(unsealed, lambda state: {wrong + name: value for name, value in state.items()})
    refused(unsealed, rf"weights are missing, .*; it holds {wrong}bert\.embeddings")
    with pytest.raises(CheckpointError, match=wrong):
        read_classifier_start(str(unsealed)).build(transformers.BertForSequenceClassification, new=HEADS)


@pytest.mark.parametrize("kind", [torch.int8, torch.int32, torch.bool])
def test_quantised_weights_are_refused(unsealed, kind):
    state = load_file(unsealed / "model.safetensors")
    name = "bert.encoder.layer.0.attention.self.query.weight"
    save_file(state | {name: state[name].to(kind)}, unsealed / "model.safetensors")
    refused(unsealed, f"are quantised: {name} is {str(kind).removeprefix('torch.')}")


@pytest.mark.parametrize(
    "content", [b"\x80\x04K\x01.", b"", b"\x00" * 64], ids=["a number", "nothing", "zeros"]
)
def test_a_pickle_of_something_else_is_refused(unsealed, content):
    (unsealed / "model.safetensors").unlink()
    (unsealed / "pytorch_model.bin").write_bytes(content)
    refused(unsealed, "damaged|cannot be read|not weights by name")


def test_a_list_in_place_of_weights_is_refused(unsealed):
    as_pickle(unsealed, lambda state: list(state.values()))
    refused(unsealed, "holds a list, not weights by name")


def test_a_masked_language_model_is_refused_as_no_classifier(tmp_path, tiny):
    sizes = {key: value for key, value in tiny.network.config.to_dict().items() if "label" not in key}
    network = BertForMaskedLM(BertConfig(**sizes, num_labels=3))
    save_checkpoint(network, tiny.tokenizer, tmp_path)
    refused(tmp_path, "not a BERT classifier of .*: 4 weights are missing")


@pytest.mark.parametrize("size", [0, 5, 200, -100])
def test_truncated_safetensors_are_refused_without_a_manifest_too(unsealed, size):
    file = unsealed / "model.safetensors"
    file.write_bytes(file.read_bytes()[:size])
    refused(unsealed, "weights .* cannot be read")


def test_a_folder_without_weights_is_refused(unsealed):
    (unsealed / "model.safetensors").unlink()
    refused(unsealed, "no model.safetensors and no pytorch_model.bin: no weights. It holds config.json, ")


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        ("{", "index.json cannot be read: JSONDecodeError"),
        ("[]", "index.json cannot be read: it holds no JSON object"),
        ("{}", "has no weight_map"),
        ('{"weight_map": {}}', "has no weight_map"),
        (
            '{"weight_map": {"bert": "model-00001-of-00001.safetensors"}}',
            "00001.safetensors, which is missing",
        ),
        ('{"weight_map": {"bert": "../model.safetensors"}}', "files beside it"),
        ('{"weight_map": {"bert": "/etc/passwd"}}', "files beside it"),
        ('{"weight_map": {"bert": "evil.pkl"}}', "files beside it"),
        ('{"weight_map": {"bert": null}}', "files beside it"),
    ],
)
def test_an_index_of_shards_is_refused_by_what_it_names(unsealed, index, reason):
    (unsealed / "model.safetensors").rename(unsealed.parent / "model.safetensors")
    (unsealed / "model.safetensors.index.json").write_text(index)
    refused(unsealed, reason)


def test_weights_that_are_no_numbers_are_refused(tmp_path, tiny_folder):
    loaded = load_checkpoint(str(tiny_folder))
    with torch.no_grad():
        loaded.network.bert.pooler.dense.bias[3] = torch.nan
    save_checkpoint(loaded.network, loaded.tokenizer, tmp_path)
    refused(tmp_path, "bert.pooler.dense.bias holds values that are not finite")


def test_an_old_checkpoint_of_a_pickle_and_a_bare_vocabulary_gives_the_same_logits(unsealed, tiny):
    as_pytorch_bin(unsealed)
    change_config(unsealed, model_type=..., dtype=..., architectures=...)
    assert {file.name for file in unsealed.iterdir()} == {"config.json", "vocab.txt", "pytorch_model.bin"}
    assert logits(unsealed) == tiny.predict(*PAIR).logits


class Code:
    """Creates a file when unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("write", ["torch.save", "pickle"])
def test_code_in_a_pickle_is_refused_and_does_not_run(unsealed, tmp_path, write):
    as_pytorch_bin(unsealed)
    marker, file = tmp_path / "ran", unsealed / "pytorch_model.bin"
    state = {"bert.embeddings.word_embeddings.weight": Code(marker)}
    if write == "torch.save":
        torch.save(state, file)
    else:
        file.write_bytes(pickle.dumps(state, protocol=2))
    refused(unsealed, "other objects beside weights; nothing in it was run")
    assert not marker.exists()
    pickle.loads(pickle.dumps(state))  # noqa: S301 - the payload does work where it is let
    assert marker.exists()


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"PK\x03\x04" + b"\0" * 100])
def test_a_damaged_pickle_is_refused(unsealed, content):
    as_pytorch_bin(unsealed)
    (unsealed / "pytorch_model.bin").write_bytes(content)
    refused(unsealed, "damaged|cannot be read")


def test_a_pickle_that_would_unpack_to_more_than_allowed_is_refused(unsealed):
    as_pytorch_bin(unsealed)
    with ZipFile(unsealed / "pytorch_model.bin", "w", ZIP_DEFLATED) as packed:
        packed.writestr("archive/data/0", bytes(3_000_000))
    assert (unsealed / "pytorch_model.bin").stat().st_size < 10_000
    with pytest.raises(CheckpointError, match="would unpack to 3 MB; the limit is 2 MB"):
        load_checkpoint(str(unsealed), settings=Settings(model_megabytes=2))


def test_what_is_no_weight_beside_the_weights_is_left_out(unsealed):
    expected = logits(unsealed)
    places = torch.arange(64)[None]
    as_pickle(unsealed, lambda state: state | {"epoch": 3, "bert.embeddings.position_ids": places})
    assert logits(unsealed) == expected
