"""Loading: what is damaged, foreign or dangerous is refused in one line; what is sound gives the same logits."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import huggingface_hub
import numpy as np
import pytest
import torch
import transformers
from checkpoints import as_pytorch_bin, change_config
from conftest import write_tiny_checkpoint
from safetensors import safe_open
from serving import ROOT
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model import checkpoint
from bertmini_demo.model.checkpoint import load_checkpoint, save_checkpoint
from bertmini_demo.model.checksums import MANIFEST, verify
from bertmini_demo.model.encoding import tensors
from bertmini_demo.model.files import METRICS, read_metrics
from bertmini_demo.model.masked_lm import PRETRAINED
from bertmini_demo.settings import Settings

MANIFEST_ENTRIES = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
LARGEST_FILE = 9_000_000  # bytes; the repository's own limit
PAIR = ("A man sleeps in the park.", "The dog is walking asleep.")


@pytest.fixture
def copy(tiny_folder, tmp_path):
    """A copy of the tiny checkpoint to do damage to."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


@pytest.fixture
def unsealed(copy):
    """The same without its manifest, as foreign checkpoints come."""
    (copy / MANIFEST).unlink()
    return copy


def refused(name, told):
    """Asserts one clear line that names the checkpoint, and returns it."""
    with pytest.raises(CheckpointError, match=told) as caught:
        load_checkpoint(str(name))
    message = str(caught.value)
    assert str(name) in message
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 600
    return message


def logits(folder):
    return bertmini_demo.load_model(str(folder)).predict(*PAIR).logits


# The manifest


def test_the_manifest_names_every_file_that_loading_reads(folder):
    names = {file.name for file in folder.iterdir()}
    read = {name for name in names if name.endswith(".safetensors")}
    read |= names & {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors.index.json"}
    assert set(json.loads((folder / MANIFEST).read_text())) == read
    assert not names & {"vocab.txt", "pytorch_model.bin"}  # would be read, and not be covered


@pytest.mark.parametrize("name", MANIFEST_ENTRIES)
@pytest.mark.parametrize("place", [0, 0.5, -1], ids=["first byte", "middle byte", "last byte"])
def test_one_flipped_byte_is_noticed_and_the_file_named(copy, name, place):
    content = bytearray((copy / name).read_bytes())
    content[int(place * len(content)) if place != -1 else -1] ^= 1
    (copy / name).write_bytes(content)
    assert str(copy / name) in refused(copy, "damaged")


@pytest.mark.parametrize("name", MANIFEST_ENTRIES)
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    assert str(copy / name) in refused(copy, "is missing")


@pytest.mark.parametrize("name", MANIFEST_ENTRIES)
@pytest.mark.parametrize("kept", [0, 0.5, 1], ids=["empty", "half", "all but a byte"])
def test_a_cut_file_is_noticed_and_named(copy, name, kept):
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: int(kept * (len(content) - 1))])
    assert str(copy / name) in refused(copy, "damaged")


def test_a_byte_of_any_shipped_file_is_noticed(shipped, tmp_path):
    """Each file of both manifests alone, in a folder of links to the others."""
    for source in (shipped.folder, PRETRAINED):
        for number, name in enumerate(json.loads((source / MANIFEST).read_text())):
            folder = tmp_path / f"{source.name}{number}"
            folder.mkdir()
            for file in source.iterdir():
                (folder / file.name).symlink_to(file)
            content = bytearray((source / name).read_bytes())
            content[(7919 * number) % len(content)] ^= 1
            (folder / name).unlink()
            (folder / name).write_bytes(content)
            with pytest.raises(CheckpointError, match="is damaged"):
                verify(folder, required=True)


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", "{}", "null"])
def test_a_damaged_manifest_is_refused(copy, content):
    (copy / MANIFEST).write_text(content)
    assert str(copy / MANIFEST) in refused(copy, "damaged")


def test_a_foreign_folder_needs_no_manifest(unsealed, tiny):
    assert logits(unsealed) == tiny.predict(*PAIR).logits


def test_the_shipped_folder_needs_its_manifest(copy, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", copy)
    assert load_checkpoint().name == "BERT-mini, shipped"
    (copy / MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=f"{MANIFEST} is missing"):
        load_checkpoint()


# Names


def test_a_folder_is_named_without_the_way_to_it(tiny_folder):
    """Every visitor reads the name: the folders of the operator's machine are none of their business."""
    assert load_checkpoint(str(tiny_folder)).name == tiny_folder.name
    assert load_checkpoint(os.path.relpath(tiny_folder)).name == tiny_folder.name


@pytest.mark.parametrize(
    "name", ["nowhere", "./nowhere/model", "../nowhere", "/nowhere/model", "a/b/c", "a b/c"]
)
def test_a_missing_folder_that_is_no_hub_name_is_said_to_be_neither(name):
    refused(name, "no folder .* not a Hub name of the form owner/name")


@pytest.mark.parametrize("name", ["owner/na--me", "owner/.x", "owner/name.git", "owner/..", "a/" + "b" * 120])
def test_a_name_the_hub_would_not_allow_is_refused_before_asking(name):
    refused(name, "no folder .* not a Hub name")


@pytest.mark.parametrize("file", ["config.json", "a file"])
def test_a_file_in_place_of_a_folder_is_refused(copy, file):
    (copy / file).touch()
    refused(copy / file, "no folder")


def test_an_empty_folder_is_no_checkpoint(tmp_path):
    refused(tmp_path, "no config.json")


def test_a_hub_name_offline_gives_one_clear_line(monkeypatch, tmp_path):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    refused("owner/name", "no folder .* could not be reached .*Check the name and the network")


# The config


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model_type": "roberta"}, "type 'roberta'; only bert"),
        ({"id2label": {"0": "a", "1": "b", "2": "c", "3": "d"}}, "4 labels; .* two or three"),
        ({"id2label": {"0": "a"}}, "1 labels; .* two or three"),
        ({"id2label": {"0": "a", "2": "b", "5": "c"}}, r"outputs \[0, 2, 5\]"),
        ({"id2label": ["a", "b", "c"]}, "config.json cannot be read"),
        ({"id2label": {"x": "a", "y": "b", "z": "c"}}, "config.json cannot be read"),
        ({"id2label": {"0": "a", "1": "b"}}, r"classifier\.\w+ is \(3.* where \(2.* is expected"),
        ({"hidden_size": "big"}, "config.json cannot be read"),
        ({"hidden_size": 64}, r"is \(.*32.* where \(.*64.* is expected"),
        ({"hidden_size": 33}, "33"),
        ({"num_hidden_layers": 4}, "weights are missing, bert.encoder.layer.3"),
        ({"hidden_act": "nonsense"}, "nonsense"),
        ({"num_hidden_layers": 2}, "has no place for 16 of them: bert.encoder.layer.2"),
        ({"num_hidden_layers": 0}, "num_hidden_layers .* is 0; it must be 1 or more"),
        ({"num_hidden_layers": 10**9}, "MB of memory; the limit is 1,500 MB"),
        ({"vocab_size": 10**9}, "MB of memory; the limit is 1,500 MB"),
        ({"type_vocab_size": 1}, "type_vocab_size .* is 1; it must be 2 or more"),
        (
            {"position_embedding_type": "relative_key"},
            "position_embedding_type .* is 'relative_key'; only 'absolute'",
        ),
    ],
)
def test_a_config_that_does_not_fit_is_refused_by_value(unsealed, changes, told):
    change_config(unsealed, **changes)
    refused(unsealed, told)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe\x00"])
def test_a_damaged_config_is_refused(unsealed, content):
    (unsealed / "config.json").write_bytes(content)
    assert "config.json" in refused(unsealed, "cannot be read")


def test_a_missing_model_type_is_taken_as_bert(unsealed, tiny):
    change_config(unsealed, model_type=..., architectures=...)
    assert logits(unsealed) == tiny.predict(*PAIR).logits


def test_code_named_in_the_config_is_not_run(unsealed, tiny, tmp_path):
    marker = tmp_path / "ran"
    (unsealed / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\nEvil = None\n")
    code = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForSequenceClassification"), "evil.Evil")
    change_config(unsealed, auto_map=code)
    settings = json.loads((unsealed / "tokenizer_config.json").read_text())
    settings["auto_map"] = {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}
    (unsealed / "tokenizer_config.json").write_text(json.dumps(settings))
    assert logits(unsealed) == tiny.predict(*PAIR).logits
    assert not marker.exists()


# The weights


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


# The tokenizer


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b'{"model": 1}', b"\xff\xfe\x00"])
def test_a_missing_or_damaged_tokenizer_is_refused(unsealed, content):
    (unsealed / "tokenizer.json").unlink()
    if content is not None:
        (unsealed / "tokenizer.json").write_bytes(content)
    refused(unsealed, "tokenizer")


def test_a_tokenizer_larger_than_the_embeddings_is_refused(unsealed, tiny):
    tokenizer = BertTokenizer.from_pretrained(unsealed)
    tokenizer.add_tokens(["extraordinary"])
    tokenizer.save_pretrained(unsealed)
    size = len(tiny.tokenizer)
    refused(unsealed, f"has {size + 1} word pieces but embeddings for {size}")


# What comes out


def test_stored_in_float16_but_run_in_float32_with_explicit_attention(model, folder):
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "pt") as content:
            assert {content.get_tensor(name).dtype for name in content.keys()} == {torch.float16}  # noqa: SIM118
    assert {weight.dtype for weight in model.network.state_dict().values()} == {torch.float32}
    assert model.network.config._attn_implementation == "eager"
    assert not any(module.training for module in model.network.modules())


def test_the_auto_classes_of_transformers_give_the_same_logits(model, folder):
    network = transformers.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        output = network.eval()(**tokenizer(*PAIR, return_tensors="pt")).logits[0].numpy()
    answer = model.predict(*PAIR).logits
    names = [network.config.id2label[index].lower() for index in range(network.config.num_labels)]
    assert dict(zip(names, map(float, output), strict=True)) == pytest.approx(answer, abs=1e-5)


def test_shipped_files_stay_under_the_limit_of_the_repository(shipped):  # noqa: ARG001
    assert all(file.stat().st_size < LARGEST_FILE for file in checkpoint.SHIPPED.iterdir())


def test_a_checkpoint_of_the_shipped_size_is_cut_into_shards_and_comes_back(tmp_path):
    sizes = {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 1024}
    write_tiny_checkpoint(tmp_path, vocab_size=16_384, initializer_range=0.02, **sizes)
    shards = sorted(tmp_path.glob("*.safetensors"))
    assert len(shards) > 1
    assert all(file.stat().st_size < LARGEST_FILE for file in tmp_path.iterdir())
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert {*(shard.name for shard in shards), "model.safetensors.index.json"} <= set(manifest)
    assert np.isfinite(list(logits(tmp_path).values())).all()
    with shards[-1].open("r+b") as content:
        content.seek(-1, 2)
        content.write(b"\x01")
    assert str(shards[-1]) in refused(tmp_path, "damaged")


def test_saving_over_a_larger_checkpoint_leaves_nothing_of_it(tmp_path, tiny):
    sizes = {"hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 4, "intermediate_size": 1024}
    write_tiny_checkpoint(tmp_path, **sizes)
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    write_tiny_checkpoint(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {*MANIFEST_ENTRIES, MANIFEST}
    assert logits(tmp_path) == tiny.predict(*PAIR).logits


def test_a_checkpoint_half_written_when_the_process_was_killed_is_refused(tmp_path, tiny_folder):
    """Stopped after any number of whole files and half of the next, in the order in which they are written."""
    written = sorted(tiny_folder.iterdir(), key=lambda file: (file.name == MANIFEST, file.stat().st_mtime_ns))
    assert {file.name for file in written} == {*MANIFEST_ENTRIES, MANIFEST}
    for count, half in enumerate(written):
        folder = tmp_path / str(count)
        folder.mkdir()
        for file in written[:count]:
            shutil.copy(file, folder)
        content = half.read_bytes()
        (folder / half.name).write_bytes(content[: len(content) // 2])
        refused(folder, None)


def test_an_older_checkpoint_half_written_over_is_refused(copy, tmp_path):
    newer = write_tiny_checkpoint(tmp_path / "newer", seed=5)
    shutil.copy(newer / "model.safetensors", copy)  # killed before the rest and the manifest
    refused(copy, "damaged")


def test_a_full_disk_leaves_nothing_that_is_taken_for_whole(tmp_path):
    """A limit on the size of files, in a process of its own, stands for the disk."""
    folder = tmp_path / "full"
    code = (
        "import resource, signal, sys; from pathlib import Path; from conftest import write_tiny_checkpoint\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "write_tiny_checkpoint(Path(sys.argv[1]))"
    )
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env=os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "File too large" in done.stderr
    refused(folder, None)


def test_saving_keeps_the_logits_but_for_rounding_to_float16(tmp_path, model, folder):
    loaded = load_checkpoint(str(folder))
    save_checkpoint(loaded.network, loaded.tokenizer, tmp_path)
    assert logits(tmp_path) == model.predict(*PAIR).logits  # rounded once already
    assert {weight.dtype for weight in loaded.network.state_dict().values()} == {torch.float32}


def test_loading_a_folder_opens_no_connection(monkeypatch, model, folder):
    import socket

    def refuse(*_arguments):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert logits(folder) == model.predict(*PAIR).logits


def test_loaded_networks_answer_through_tensors_alone(model):
    with torch.no_grad():
        output = model.network(**tensors(model.encode(*PAIR))).logits[0].tolist()
    assert dict(zip(model.output_labels, output, strict=True)) == pytest.approx(
        model.predict(*PAIR).logits, abs=1e-5
    )  # predict takes a shorter way, equal to rounding


@pytest.mark.parametrize("content", [None, "", "{", "[1]", "[" * 100_000, "\udc80"])
def test_measurements_that_are_missing_or_unreadable_are_none(copy, content):
    if content is not None:
        (copy / METRICS).write_bytes(content.encode(errors="surrogateescape"))
    assert read_metrics(copy) == {}


def test_measurements_are_read_where_the_model_came_from(copy):
    (copy / METRICS).write_text('{"data": {}}')
    assert read_metrics(bertmini_demo.load_model(str(copy)).folder) == {"data": {}}
