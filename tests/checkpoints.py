"""Turns checkpoints that the tests wrote into what others look like."""

import json
from pathlib import Path

import torch
from transformers import BertTokenizer

from bertmini_demo.model.checkpoint import load_checkpoint


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
