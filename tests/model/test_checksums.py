"""The manifest: one changed byte of any file is noticed and the file named."""

import json

import pytest
from checkpoints import MANIFEST_ENTRIES, PAIR, logits, refused

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model import checkpoint
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.checksums import MANIFEST, verify
from bertmini_demo.model.masked_lm import PRETRAINED


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
