"""Tiny random classifiers that teach in tests."""

from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from bertmini_demo.results import LABELS


def write_teacher(folder: Path, tokenizer: BertTokenizer, *, seed: int, names=LABELS) -> Path:
    """A 1-layer classifier with large weights, so that its answers differ from pair to pair."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=48,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.3,
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def other_tokenizer(tokenizer: BertTokenizer) -> BertTokenizer:
    """Most of the same pieces in another order, and a few longer ones of its own."""
    special, pieces = (
        tokenizer.convert_ids_to_tokens(range(5)),
        tokenizer.convert_ids_to_tokens(range(5, len(tokenizer))),
    )
    vocabulary = [*special, "lantern", "violin", "##chant", *reversed(pieces)]
    return BertTokenizer(vocab={piece: index for index, piece in enumerate(vocabulary)}, do_lower_case=True)
