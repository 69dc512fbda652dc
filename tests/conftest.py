"""Models the tests share: a tiny random BERT written to disk, and the shipped checkpoint."""

import os

# Several test processes and apps share the cores: more threads than one each would mostly wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertTokenizer

import bertmini_demo
from bertmini_demo.model.checkpoint import SHIPPED, save_checkpoint
from bertmini_demo.model.masked_lm import PRETRAINED, load_language_model

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = (
    "a the man woman dog cat is was not no asleep awake runs sleeps walk ##ing ##s park in . , ? ' t doesn"
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write_tiny_checkpoint(
    folder: Path, *, seed: int = 0, kind: type = BertForSequenceClassification, **changes
) -> Path:
    """A 3-layer, 2-head BERT with random weights large enough for attention to differ from uniform."""
    pieces = dict.fromkeys([*SPECIAL, *WORDS.split(), *LETTERS, *(f"##{letter}" for letter in LETTERS)])
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    sizes = {
        "vocab_size": len(vocabulary),
        "hidden_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "initializer_range": 0.3,
        "id2label": {0: "entailment", 1: "neutral", 2: "contradiction"},
        "label2id": {"entailment": 0, "neutral": 1, "contradiction": 2},
    }
    torch.manual_seed(seed)
    network = kind(BertConfig(**{**sizes, **changes}))
    save_checkpoint(network, BertTokenizer(vocab=vocabulary, do_lower_case=True), folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    return bertmini_demo.load_model(str(tiny_folder))


@pytest.fixture(scope="session")
def shipped():
    return bertmini_demo.load_model()


@pytest.fixture(scope="session", params=["tiny", "shipped"])
def model(request):
    """Each test of a property runs on both models."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def tiny_language_folder(tmp_path_factory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny_language"), seed=1, kind=BertForMaskedLM)


@pytest.fixture(scope="session")
def tiny_language(tiny_language_folder):
    """A masked-language model with the tiny classifier's word pieces and sizes."""
    return load_language_model(tiny_language_folder)


@pytest.fixture(scope="session")
def shipped_language():
    if not PRETRAINED.is_dir():
        pytest.skip("no masked-language model is shipped")
    return load_language_model()


@pytest.fixture(scope="session")
def folder(model, tiny_folder) -> Path:
    """The folder the model was loaded from."""
    return tiny_folder if model.name == tiny_folder.name else SHIPPED
