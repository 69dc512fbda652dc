"""One model from several fine-tunings of the same start: the mean of their weights.

Wortsman et al. 2022 ("Model soups", https://arxiv.org/abs/2203.05482): runs that left one point stay in one basin, and the
middle of them is often better than each, at no cost to whoever uses it.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForSequenceClassification

from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import RECORD, load_checkpoint, read_stages, save_checkpoint

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--models",
        nargs="+",
        type=Path,
        required=True,
        help="folders of classifiers fine-tuned from one start",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the averaged classifier")


def run(arguments: argparse.Namespace) -> None:
    checkpoints = [load_checkpoint(str(folder)) for folder in arguments.models]
    networks = [checkpoint.network for checkpoint in checkpoints]
    check_alike(networks, arguments.models)
    networks[0].load_state_dict(mean_of([network.state_dict() for network in networks]))
    save_checkpoint(networks[0], checkpoints[0].tokenizer, arguments.output)
    stages = joined([read_stages(folder) for folder in arguments.models])
    stages.append({"command": "average", "models": len(networks)})
    text = json.dumps({"stages": stages}, indent=1) + "\n"
    (arguments.output / RECORD).write_text(text, encoding="utf-8")
    log.info("the mean of %d models in %s", len(networks), arguments.output)


def check_alike(networks: Sequence[BertForSequenceClassification], folders: Sequence[Path]) -> None:
    """
    Raises:
        DataError: one of them has other sizes or other labels than the first.
    """
    first = facts(networks[0])
    for network, folder in zip(networks[1:], folders[1:], strict=True):
        if facts(network) != first:
            raise DataError(
                f"{folder} has other sizes or labels than {folders[0]}. Only fine-tunings of one model can be averaged."
            )


def facts(network: BertForSequenceClassification) -> tuple:
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    return shapes, network.config.id2label


def mean_of(weights: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each weight over the models, computed in float32; all have the same names and shapes."""
    return {name: torch.stack([one[name].float() for one in weights]).mean(0) for name in weights[0]}


def joined(records: Sequence[list[dict]]) -> list[dict]:
    """What all records begin with, once, then what each has of its own."""
    beside = zip(*records, strict=False)
    shared = len(list(takewhile(lambda stages: all(stage == stages[0] for stage in stages), beside)))
    return records[0][:shared] + [stage for stages in records for stage in stages[shared:]]
