"""Loading: what is damaged, foreign or dangerous is refused in one line; what is sound gives the same logits."""

import json
import os
import shutil
import subprocess
import sys

import huggingface_hub
import numpy as np
import pytest
import torch
import transformers
from checkpoints import MANIFEST_ENTRIES, PAIR, logits, refused
from conftest import write_tiny_checkpoint
from safetensors import safe_open
from serving import ROOT

from bertmini_demo.model import checkpoint
from bertmini_demo.model.checkpoint import load_checkpoint, save_checkpoint
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.model.encoding import tensors

LARGEST_FILE = 17_000_000  # bytes; the repository's own limit


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


def test_what_ships_has_a_name_of_its_own_and_a_folder_is_named_without_its_path(shipped, tiny):
    assert (shipped.name, tiny.name) == ("BERT-mini, shipped", tiny.folder.name)


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
