"""Averages the weights of several fine-tunings of one model.

Wortsman et al. 2022 ("Model soups", https://arxiv.org/abs/2203.05482): fine-tunings of one start lie in one basin of the
loss, and their mean is often better than each of them, at no cost at inference.
"""

import argparse
import logging
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForSequenceClassification

import bertmini_demo
from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.files import read_stages
from bertmini_demo.training.training_record import write_stages

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``average``."""
    parser.add_argument(
        "--models",
        nargs="+",
        type=Path,
        required=True,
        help="folders of classifiers fine-tuned from one start",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the averaged classifier")


def run(arguments: argparse.Namespace) -> None:
    """Saves the mean of the weights of classifiers of one shape (model soup, Wortsman et al. 2022,
    https://arxiv.org/abs/2203.05482).

    Raises:
        DataError: models of different shapes or labels.
    """
    models = [bertmini_demo.load_model(str(folder)) for folder in arguments.models]
    networks = [model.network for model in models]
    check_same_shape(networks, arguments.models)
    networks[0].load_state_dict(mean_weights([network.state_dict() for network in networks]))
    save_checkpoint(networks[0], models[0].tokenizer, arguments.output)
    stages = merged_stages([read_stages(folder) for folder in arguments.models])
    stages.append({"command": "average", "models": len(networks)})
    write_stages(arguments.output, stages)
    log.info("the mean of %d models in %s", len(networks), arguments.output)


def check_same_shape(networks: Sequence[BertForSequenceClassification], folders: Sequence[Path]) -> None:
    """
    Raises:
        DataError: a model differs from the first in its sizes or its labels.
    """
    first = signature(networks[0])
    for network, folder in zip(networks[1:], folders[1:], strict=True):
        if signature(network) != first:
            raise DataError(
                f"{folder} differs in its sizes or labels from {folders[0]}. Only fine-tunings of one model can be averaged."
            )


def signature(network: BertForSequenceClassification) -> tuple:
    """The shapes of all weights and the labels: what two models must share to be averaged."""
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    return shapes, network.config.id2label


def mean_weights(weights: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each weight over the models, computed in float32; all have the same names and shapes."""
    return {name: torch.stack([one[name].float() for one in weights]).mean(0) for name in weights[0]}


def merged_stages(records: Sequence[list[dict]]) -> list[dict]:
    """The stages that all records begin with, once, then the further ones of each."""
    columns = zip(*records, strict=False)
    shared = len(list(takewhile(lambda stages: all(stage == stages[0] for stage in stages), columns)))
    return records[0][:shared] + [stage for stages in records for stage in stages[shared:]]
