"""Made-up text, pairs and tiny models that the training tests share."""

import json
import socket
import string
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from made_up import NOUNS, SIGNALS, VERBS, made_up_sentences
from teacher_models import other_tokenizer, write_teacher
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from bertmini_demo.results import LABELS
from bertmini_demo.training.vocabulary import SPECIAL_TOKENS


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: starts further processes; leave out with -m 'not slow'")


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    return made_up_sentences(120)


@pytest.fixture(scope="session")
def tokenizer() -> BertTokenizer:
    """Every made-up word is a piece, but for the long nouns, which fall into letters."""
    letters = string.ascii_lowercase
    pieces = [
        *SPECIAL_TOKENS,
        "the",
        *NOUNS,
        *VERBS,
        *SIGNALS,
        *letters,
        *(f"##{letter}" for letter in letters),
    ]
    return BertTokenizer(vocab={piece: index for index, piece in enumerate(pieces)}, do_lower_case=True)


@pytest.fixture(scope="session")
def pretrained(tokenizer, tmp_path_factory) -> Path:
    return write_pretrained(tmp_path_factory.mktemp("pretrained"), tokenizer, seed=0)


@pytest.fixture(scope="session")
def otherwise_pretrained(tokenizer, tmp_path_factory) -> Path:
    """The same sizes with other weights."""
    return write_pretrained(tmp_path_factory.mktemp("pretrained"), tokenizer, seed=1)


def write_pretrained(folder: Path, tokenizer: BertTokenizer, *, seed: int) -> Path:
    """Writes a random 2-layer masked-language model and its tokenizer."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.1,  # a model this narrow learns faster from it than from 0.02
    )
    BertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def write_rows(tmp_path):
    """Writes rows, dicts or raw lines, as a JSON-lines file and returns its path."""

    def write(rows: Iterable[dict | str], name: str = "pairs.jsonl") -> Path:
        path = tmp_path / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def teachers(tmp_path_factory, tokenizer) -> list[Path]:
    """Two classifiers; the second reads other word pieces and counts the labels in another order."""
    folder = tmp_path_factory.mktemp("teachers")
    return [
        write_teacher(folder / "one", tokenizer, seed=3),
        write_teacher(folder / "other", other_tokenizer(tokenizer), seed=13, names=LABELS[::-1]),
    ]
