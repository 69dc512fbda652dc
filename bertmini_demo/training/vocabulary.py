"""A WordPiece vocabulary of lower-case pieces (Schuster & Nakajima 2012; Devlin et al. 2019)."""

import argparse
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers.implementations import BertWordPieceTokenizer
from transformers import BertTokenizer

from bertmini_demo.training.corpora.corpus_files import holds_pairs, read_documents, read_unlabelled
from bertmini_demo.training.option_types import integer

log = logging.getLogger(__name__)

SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ALPHABET = 300  # single characters in the vocabulary; others become [UNK], which leaves room for words
POSITIONS = 512


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``vocabulary``."""
    parser.add_argument("--data", nargs="+", type=Path, required=True, help="text, or files of pairs")
    parser.add_argument("--output", type=Path, required=True, help="folder for the tokenizer")
    parser.add_argument(
        "--size", type=integer(10, 1_000_000), default=16_384, help="number of word pieces (default: 16384)"
    )


def run(arguments: argparse.Namespace) -> None:
    """Trains a WordPiece tokenizer on text and saves it."""
    tokenizer = train_vocabulary(sentences(arguments.data), size=arguments.size)
    tokenizer.save_pretrained(arguments.output)
    log.info("%d word pieces written to %s", len(tokenizer), arguments.output)


def sentences(paths: Iterable[Path]) -> Iterator[str]:
    """Every line of text files and both sentences of each pair."""
    for path in paths:
        if holds_pairs(path):
            for pair in read_unlabelled(path):
                yield pair.premise
                yield pair.hypothesis
        else:
            for document in read_documents(path):
                yield from document


def train_vocabulary(text: Iterable[str], *, size: int) -> BertTokenizer:
    """Learns ``size`` word pieces from an iterable of sentences; ids 0 to 4 are BERT's special tokens.

    The library breaks ties between equally frequent pieces by a hash that changes from run to run, so a second
    run differs in some rare pieces and in the ids: keep the folder that belongs to a checkpoint.
    """
    learner = BertWordPieceTokenizer(lowercase=True)
    learner.train_from_iterator(
        text,
        vocab_size=size,
        min_frequency=2,
        limit_alphabet=ALPHABET,
        special_tokens=SPECIAL_TOKENS,
        show_progress=False,  # it writes to standard output
    )
    return BertTokenizer(vocab=learner.get_vocab(), do_lower_case=True, model_max_length=POSITIONS)
