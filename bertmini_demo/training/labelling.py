"""Writes what fine-tuned classifiers make of sentence pairs, for a smaller one to learn from: distillation.

Hinton et al. 2015 (https://arxiv.org/abs/1503.02531): how sure a teacher is of each label tells more than the label alone.
Turc et al. 2019 (https://arxiv.org/abs/1908.08962) made BERT-mini so, and found that pairs nobody labelled help, too.
"""

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm
from transformers import BertForSequenceClassification, DataCollatorWithPadding, PreTrainedTokenizerBase

from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import Checkpoint, config_labels, load_checkpoint
from bertmini_demo.results import LABELS
from bertmini_demo.training.corpus_files import DATA_HELP, add_reading_arguments, labelled_pairs, reading
from bertmini_demo.training.encoded_pairs import EncodedPairs
from bertmini_demo.training.loop import bfloat16_pays

log = logging.getLogger(__name__)

BATCH = 512
SIBLINGS = 2  # hypotheses of the same premise that each one is set against
DIGITS = 4  # of a probability in the file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", type=Path, required=True, help=DATA_HELP)
    add_reading_arguments(parser)
    parser.add_argument(
        "--teachers", nargs="+", required=True, help="folders or Hub names of classifiers; they vote"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON-lines file for the pairs")
    parser.add_argument(
        "--related",
        action="store_true",
        help="also pairs made from these: sentences swapped, and hypotheses of one premise side by side",
    )
    parser.add_argument("--length", type=int, default=128, help="word pieces a pair (default: 128)")


def run(arguments: argparse.Namespace) -> None:
    pairs = labelled_pairs(arguments.data, **reading(arguments))
    if arguments.related:
        pairs += related_pairs(pairs)
    teachers = [load_checkpoint(name) for name in arguments.teachers]
    check_alike(teachers, arguments.teachers)
    rows = EncodedPairs(pairs, teachers[0].tokenizer, length=arguments.length)
    means = mean_probabilities([teacher.network for teacher in teachers], rows, teachers[0].tokenizer)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with arguments.output.open("w", encoding="utf-8") as file:
        for pair, mean in zip(pairs, means.tolist(), strict=True):
            file.write(json.dumps(taught(pair, mean), ensure_ascii=False) + "\n")
    log.info("%d pairs in %s", len(pairs), arguments.output)


def taught(pair: Pair, mean: Sequence[float]) -> dict:
    """A pair with the teachers' probabilities and the label that they hold likeliest."""
    return {
        "premise": pair.premise,
        "hypothesis": pair.hypothesis,
        "label": LABELS[mean.index(max(mean))],
        "probabilities": {label: round(share, DIGITS) for label, share in zip(LABELS, mean, strict=True)},
    }


def related_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """New pairs of the same sentences: each pair swapped, and each hypothesis before the next ones of its premise.

    Their label is the pair's they were made from, and means nothing.
    """
    known = {(pair.premise, pair.hypothesis) for pair in pairs}
    made = []
    for premise, hypothesis, label in [*swapped(pairs), *siblings(pairs)]:
        if (premise, hypothesis) not in known:
            known.add((premise, hypothesis))
            made.append(Pair(premise, hypothesis, label))
    return made


def swapped(pairs: Sequence[Pair]) -> Iterator[tuple[str, str, str]]:
    return ((pair.hypothesis, pair.premise, pair.label) for pair in pairs)


def siblings(pairs: Sequence[Pair]) -> Iterator[tuple[str, str, str]]:
    families: dict[str, list[Pair]] = {}
    for pair in pairs:
        families.setdefault(pair.premise, []).append(pair)
    for family in families.values():
        for place, pair in enumerate(family):
            for step in range(1, min(SIBLINGS, len(family) - 1) + 1):
                other = family[(place + step) % len(family)]
                if other.hypothesis != pair.hypothesis:
                    yield pair.hypothesis, other.hypothesis, pair.label


def check_alike(teachers: Sequence[Checkpoint], names: Sequence[str]) -> None:
    """
    Raises:
        DataError: a teacher does not name the three labels, or reads other word pieces than the first.
    """
    for teacher, name in zip(teachers, names, strict=True):
        if sorted(config_labels(teacher.network.config) or ()) != sorted(LABELS):
            raise DataError(
                f"{name} does not name the labels {', '.join(LABELS)}. Fine-tune it with `finetune`."
            )
        if teacher.tokenizer.get_vocab() != teachers[0].tokenizer.get_vocab():
            raise DataError(
                f"{name} reads other word pieces than {names[0]}. Label with one of them at a time."
            )


@torch.inference_mode()
def mean_probabilities(
    networks: Sequence[BertForSequenceClassification], rows: EncodedPairs, tokenizer: PreTrainedTokenizerBase
) -> Tensor:
    """(pairs, 3) probabilities in the order of LABELS, the mean over the networks; on a GPU where there is one."""
    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    networks = [network.to(device).eval() for network in networks]
    columns = [[config_labels(network.config).index(label) for label in LABELS] for network in networks]
    order = sorted(range(len(rows)), key=rows.lengths.__getitem__)
    batches = DataLoader(Subset(rows, order), batch_size=BATCH, collate_fn=DataCollatorWithPadding(tokenizer))
    found = []
    for batch in tqdm(batches, unit=" batches", desc="teachers"):
        inputs = {name: values.to(device) for name, values in batch.items() if name != "labels"}
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_pays()):
            each = [
                network(**inputs).logits.float().softmax(-1)[:, column]
                for network, column in zip(networks, columns, strict=True)
            ]
        found.append(torch.stack(each).mean(0).cpu())
    means = torch.empty(len(rows), len(LABELS))
    means[torch.tensor(order)] = torch.cat(found)
    return means
