"""Fine-tuning of a BERT for natural language inference on labelled sentence pairs."""

import argparse
import logging
from collections import Counter
from pathlib import Path

import torch
from torch.utils.data import Dataset
from transformers import (
    BertForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerBase,
)

from bertmini_demo.checkpoint import find, read_config, read_tokenizer, save_checkpoint
from bertmini_demo.errors import DataError
from bertmini_demo.results import LABELS
from bertmini_demo.training.files import Pair, read_pairs
from bertmini_demo.training.joint import JointClassifier, MaskHalfOfTheRows
from bertmini_demo.training.loop import add_loop_arguments, attention, processes, train
from bertmini_demo.training.record import record_stage

log = logging.getLogger(__name__)


class EncodedPairs(Dataset):
    """Labelled pairs as word pieces, tokenised once."""

    def __init__(self, pairs: list[Pair], tokenizer: PreTrainedTokenizerBase, *, length: int) -> None:
        encoded = tokenizer(
            [pair.premise for pair in pairs],
            [pair.hypothesis for pair in pairs],
            truncation="longest_first",
            max_length=length,
        )
        self.lengths = [len(ids) for ids in encoded["input_ids"]]
        self.rows = [
            {
                "input_ids": ids,
                "token_type_ids": types,
                "attention_mask": mask,
                "labels": LABELS.index(pair.label),
            }
            for ids, types, mask, pair in zip(
                encoded["input_ids"], encoded["token_type_ids"], encoded["attention_mask"], pairs, strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, list[int] | int]:
        return self.rows[index]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", nargs="+", type=Path, required=True, help="JSON-lines files of labelled pairs"
    )
    parser.add_argument("--model", required=True, help="folder or Hub name to start from")
    parser.add_argument("--epochs", type=float, default=3.0, help="passes over the pairs (default: 3)")
    parser.add_argument("--length", type=int, default=128, help="word pieces a pair (default: 128)")
    parser.add_argument("--dropout", type=float, default=0.1, help="dropout probability (default: 0.1)")
    parser.add_argument(
        "--masking",
        type=float,
        default=0.0,
        help="share of word pieces masked in half of the pairs and predicted beside the verdict (default: 0, none)",
    )
    parser.add_argument("--hypothesis-only", action="store_true", help="blank the premises: a baseline")
    add_loop_arguments(parser, rate=1e-4, batch=32)


def run(arguments: argparse.Namespace) -> None:
    start = find(arguments.model)
    tokenizer = read_tokenizer(start, read_config(start))
    pairs = labelled_pairs(arguments.data, blank_premises=arguments.hypothesis_only)
    log.info("%d pairs: %s", len(pairs), dict(Counter(pair.label for pair in pairs)))
    torch.manual_seed(arguments.seed)
    kind = JointClassifier if arguments.masking else BertForSequenceClassification
    network = kind.from_pretrained(
        start,
        dtype=torch.float32,
        attn_implementation=attention(),
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
        hidden_dropout_prob=arguments.dropout,
        attention_probs_dropout_prob=arguments.dropout,
    )
    found = train(
        network,
        EncodedPairs(pairs, tokenizer, length=arguments.length),
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
        record_stage(found, start=start, arguments=arguments, processes=processes().num_processes)


def labelled_pairs(paths: list[Path], *, blank_premises: bool = False) -> list[Pair]:
    """The pairs of all files whose label is one of the three.

    Raises:
        DataError: a file has none, or holds two-way labels only.
    """
    pairs = [pair for path in paths for pair in read_pairs(path) if pair.label in LABELS]
    if not pairs:
        raise DataError(f"None of the pairs has a label among {', '.join(LABELS)}.")
    if blank_premises:
        return [Pair("", pair.hypothesis, pair.label, pair.origin) for pair in pairs]
    return pairs
