"""Carries a model over to the vocabulary of another BERT, without training it anew.

Layers and classifier stay. A piece that both vocabularies have keeps its vector. A new piece gets the mean of two guesses:
its vector in the other BERT under a linear map, fitted by ridge regression on the shared pieces, and the mean of the old
pieces that it was split into.
"""

import argparse
import logging
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertTokenizer,
)

from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.files import read_stages
from bertmini_demo.training.distilling.teachers import read_encoder
from bertmini_demo.training.starting_point import read_start
from bertmini_demo.training.training_record import write_stages

log = logging.getLogger(__name__)

RIDGE = 10.0  # penalty with the smallest held-out error, of 0.01 to 100
VOCABULARY_SIZED = (
    "bert.embeddings.word_embeddings.weight",
    "cls.predictions.bias",
    "cls.predictions.decoder.weight",
    "cls.predictions.decoder.bias",
)
RARE = 0.05  # new pieces are rare, so their output bias is this quantile of the old ones


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``transfer``."""
    parser.add_argument("--model", required=True, help="folder or Hub name of the model to carry over")
    parser.add_argument("--vocabulary", required=True, help="folder or Hub name of the BERT to take it from")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")


def run(arguments: argparse.Namespace) -> None:
    """Carries a classifier or a masked-language model over, as its config names it."""
    start, other = read_start(arguments.model), read_start(arguments.vocabulary)
    old, new = start.tokenizer, other.tokenizer
    guide = read_encoder(other).get_input_embeddings()
    kind = (
        BertForMaskedLM
        if "BertForMaskedLM" in (start.config.architectures or ())
        else BertForSequenceClassification
    )
    network = start.build(kind)
    save_checkpoint(carried_over(network, old, new, guide.weight.detach()), new, arguments.output)
    count = len(new) - len(shared_pieces(old, new))
    write_stages(
        arguments.output,
        [*read_stages(start.folder), {"command": "transfer", "pieces": len(new), "new_pieces": count}],
    )
    log.info("%d of %d pieces are new", count, len(new))


def carried_over(
    network: BertForMaskedLM | BertForSequenceClassification,
    old: BertTokenizer,
    new: BertTokenizer,
    guide: Tensor,
) -> BertForMaskedLM | BertForSequenceClassification:
    """The same layers behind new word embeddings.

    Args:
        guide: (new vocabulary, guide's hidden) the word embeddings of the BERT whose vocabulary it is.

    Raises:
        DataError: the vocabularies share too few pieces to fit the map.
    """
    table = network.get_input_embeddings().weight.detach()
    vectors = new_vectors(table, old, new, guide)
    config = {**network.config.to_dict(), "vocab_size": len(vectors), "pad_token_id": new.pad_token_id}
    result = type(network)(BertConfig(**config))
    weights = {name: weight for name, weight in network.state_dict().items() if name not in VOCABULARY_SIZED}
    result.load_state_dict(weights, strict=False)
    result.get_input_embeddings().weight.data.copy_(vectors)
    if isinstance(network, BertForMaskedLM):
        bias = network.cls.predictions.bias.detach()
        result.cls.predictions.bias.data.fill_(bias.quantile(RARE))
        before, after = places(old, new)
        result.cls.predictions.bias.data[after] = bias[before]
    return result


def new_vectors(table: Tensor, old: BertTokenizer, new: BertTokenizer, guide: Tensor) -> Tensor:
    """(new vocabulary, hidden) float32 word embeddings; ``table``: (old vocabulary, hidden) the old ones.

    Raises:
        DataError: the vocabularies share fewer pieces than the map has inputs.
    """
    before, after = places(old, new)
    if len(before) <= guide.shape[1]:
        raise DataError(
            f"The vocabularies share {len(before)} word pieces; to fit a map from {guide.shape[1]} dimensions takes more."
        )
    inputs = np.hstack([guide.double().numpy(), np.ones((len(guide), 1))])
    shared, targets = inputs[after], table[before].double().numpy()
    gram = shared.T @ shared + RIDGE * np.eye(shared.shape[1])
    vectors = torch.from_numpy(inputs @ np.linalg.solve(gram, shared.T @ targets)).float()
    pieces = old.get_vocab()  # builds a dictionary at each call
    for piece, index in new.get_vocab().items():
        if parts := split_into(piece, pieces):
            vectors[index] = (vectors[index] + table[parts].mean(0)) / 2
    vectors[after] = table[before]
    return vectors


def shared_pieces(old: BertTokenizer, new: BertTokenizer) -> list[str]:
    """The pieces in both vocabularies, sorted."""
    return sorted(set(old.get_vocab()) & set(new.get_vocab()))


def places(old: BertTokenizer, new: BertTokenizer) -> tuple[list[int], list[int]]:
    """Where each shared piece is in the old vocabulary, and where in the new one."""
    pieces = shared_pieces(old, new)
    return old.convert_tokens_to_ids(pieces), new.convert_tokens_to_ids(pieces)


def split_into(piece: str, vocabulary: dict[str, int]) -> list[int]:
    """The old pieces that a new one falls into, longest first as WordPiece cuts; empty where it cannot be cut."""
    inside = piece.startswith("##")
    text, parts, start = piece.removeprefix("##"), [], 0
    while start < len(text):
        prefix = "##" if inside or start else ""
        ends = range(len(text), start, -1)
        end = next((end for end in ends if prefix + text[start:end] in vocabulary), None)
        if end is None:
            return []
        parts.append(vocabulary[prefix + text[start:end]])
        start = end
    return parts
