"""Fine-tuning of a BERT for natural language inference on labelled sentence pairs."""

import argparse
import logging
from collections import Counter
from pathlib import Path

import torch
from transformers import BertForSequenceClassification, DataCollatorWithPadding

from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.training.corpora.corpus_files import (
    DATA_HELP,
    add_reading_arguments,
    check_labels,
    labelled_pairs,
    reading,
)
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs
from bertmini_demo.training.joint_objective import JointClassifier, MaskHalfOfTheRows
from bertmini_demo.training.loop import add_loop_arguments, processes, train
from bertmini_demo.training.option_types import integer, real
from bertmini_demo.training.starting_point import HEADS, read_classifier_start
from bertmini_demo.training.training_record import record_stage

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``finetune``."""
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        help=DATA_HELP,
    )
    parser.add_argument("--model", required=True, help="folder or Hub name to start from")
    parser.add_argument(
        "--epochs", type=real(0.001, 10_000), default=3.0, help="passes over the pairs (default: 3)"
    )
    parser.add_argument(
        "--length", type=integer(8, 512), default=128, help="word pieces a pair (default: 128)"
    )
    parser.add_argument(
        "--dropout", type=real(0, 0.99), default=0.1, help="dropout probability (default: 0.1)"
    )
    parser.add_argument(
        "--masking",
        type=real(0, 0.9),
        default=0.0,
        help="share of word pieces masked in half of the pairs and predicted as well as the label (default: 0)",
    )
    parser.add_argument("--hypothesis-only", action="store_true", help="blank the premises: a baseline")
    add_reading_arguments(parser)
    add_loop_arguments(parser, rate=1e-4, batch=32)


def run(arguments: argparse.Namespace) -> None:
    """Fine-tunes a BERT into a classifier of labelled pairs and saves it with a record of the training.

    Raises:
        DataError: a file that cannot be read, or pairs that lack one of the labels.
    """
    start = read_classifier_start(arguments.model)
    tokenizer = start.tokenizer
    pairs = labelled_pairs(arguments.data, blank_premises=arguments.hypothesis_only, **reading(arguments))
    check_labels(pairs)
    log.info("%d pairs: %s", len(pairs), dict(Counter(pair.label for pair in pairs)))
    torch.manual_seed(arguments.seed)
    kind = JointClassifier if arguments.masking else BertForSequenceClassification
    network = start.build(
        kind,
        new=HEADS,
        hidden_dropout_prob=arguments.dropout,
        attention_probs_dropout_prob=arguments.dropout,
    )
    rows = EncodedPairs(pairs, tokenizer, length=min(arguments.length, start.positions))
    result = train(
        network,
        rows,
        MaskHalfOfTheRows(tokenizer, share=arguments.masking)
        if arguments.masking
        else DataCollatorWithPadding(tokenizer),
        tokenizer,
        arguments,
        num_train_epochs=arguments.epochs,
    )
    if processes().is_main_process:
        if arguments.masking:
            network = network.as_classifier()
        save_checkpoint(network, tokenizer, arguments.output)
        record_stage(result, start=start.folder, arguments=arguments, processes=processes().num_processes)
