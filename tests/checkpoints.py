"""Turns checkpoints that the tests wrote into what others look like, and loads them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertTokenizer

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.settings import Settings

MANIFEST_ENTRIES = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
PAIR = ("A man sleeps in the park.", "The dog is walking asleep.")


def refused(folder: Path | str, reason: str | None, **settings: object) -> str:
    """Asserts that loading gives one clear line that names the checkpoint, and returns it."""
    with pytest.raises(CheckpointError, match=reason) as caught:
        bertmini_demo.load_model(str(folder), settings=Settings(**settings))
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 600
    return message


def logits(folder: Path) -> dict[str, float]:
    """What the checkpoint in a folder answers to PAIR."""
    return bertmini_demo.load_model(str(folder)).predict(*PAIR).logits


def change_config(folder: Path, **changes: object) -> None:
    """Sets values in config.json; ... takes one out."""
    path = folder / "config.json"
    values = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not ...}))


def as_pytorch_bin(folder: Path) -> None:
    """What older checkpoints look like: a pickle of tensors and a bare list of word pieces."""
    state = load_checkpoint(str(folder)).network.state_dict()
    vocabulary = BertTokenizer.from_pretrained(folder).get_vocab()
    for file in folder.iterdir():
        if file.name != "config.json":
            file.unlink()
    torch.save(state, folder / "pytorch_model.bin")
    (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n")


def as_pickle(folder: Path, change: Callable[[dict], object]) -> None:
    """The weights as a pytorch_model.bin of what ``change`` makes of them."""
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(change(state), folder / "pytorch_model.bin")


def change_json(file: Path, change: Callable[[dict], None]) -> None:
    """Changes what a JSON file holds."""
    values = json.loads(file.read_text(encoding="utf-8"))
    change(values)
    file.write_text(json.dumps(values))
