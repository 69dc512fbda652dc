"""Distillation: a small BERT learns from larger ones, on text or on sentence pairs.

Turc et al. 2019 (https://arxiv.org/abs/1908.08962) made BERT-mini so: pretraining, then distillation.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from bertmini_demo.data.model_family import FAMILY
from bertmini_demo.errors import DataError
from bertmini_demo.training.corpora.corpus_files import add_reading_arguments, holds_pairs
from bertmini_demo.training.corpora.related_pairs import add_related_arguments
from bertmini_demo.training.distilling.pair_distillation import distill_on_pairs
from bertmini_demo.training.distilling.text_distillation import distill_on_text
from bertmini_demo.training.loop import add_loop_arguments
from bertmini_demo.training.option_types import integer, real

PAIR_SETTINGS = ("temperature", "gold", "epochs", "dropout", "related", "language_model")
TEXT_SETTINGS = ("steps", "mask", "size", "teacher_layer", "relation_heads", "relation_weight")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``distill``."""
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        help="files of pairs, with labels or without, for a classifier; or text, for a masked-language model",
    )
    parser.add_argument("--model", help="folder or Hub name of the student to start from")
    parser.add_argument(
        "--teachers",
        nargs="+",
        help="folders or Hub names: classifiers, whose mean probabilities teach pairs; one BERT on text",
    )
    parser.add_argument(
        "--length", type=integer(8, 512), default=128, help="word pieces a row (default: 128)"
    )
    add_reading_arguments(parser)
    add_loop_arguments(parser, rate=3e-4, batch=64)
    add_pair_arguments(parser.add_argument_group("on pairs"))
    add_text_arguments(parser.add_argument_group("on text"))


def add_pair_arguments(group: argparse._ArgumentGroup) -> None:
    """The options of PAIR_SETTINGS."""
    group.add_argument(
        "--temperature", type=real(0.01, 1000), default=2.0, help="of both distributions (default: 2)"
    )
    group.add_argument("--gold", type=real(0, 1), default=0.3, help="weight of gold labels (default: 0.3)")
    group.add_argument(
        "--epochs", type=real(0.001, 10_000), default=3.0, help="passes over the pairs (default: 3)"
    )
    group.add_argument(
        "--dropout", type=real(0, 0.99), default=0.1, help="dropout probability (default: 0.1)"
    )
    add_related_arguments(group)


def add_text_arguments(group: argparse._ArgumentGroup) -> None:
    """The options of TEXT_SETTINGS."""
    group.add_argument(
        "--steps", type=integer(1), default=10_000, help="optimizer steps in all (default: 10000)"
    )
    group.add_argument(
        "--mask", type=real(0.01, 0.9), default=0.2, help="share of positions to predict (default: 0.2)"
    )
    group.add_argument(
        "--size",
        choices=[member.name for member in FAMILY],
        default="mini",
        help="of a new student, where --model names none (default: mini)",
    )
    group.add_argument(
        "--teacher-layer",
        type=integer(-1000, 1000),
        default=-1,
        help="of the teacher, from 0, or from its last as -1 (default: -1)",
    )
    group.add_argument(
        "--relation-heads", type=integer(1, 1024), default=8, help="of the relations (default: 8)"
    )
    group.add_argument(
        "--relation-weight",
        type=real(0, 1000),
        default=1.0,
        help="of the relation loss; the masked-language loss has 1 (default: 1)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Distils on text or on pairs, as the files' names say.

    Raises:
        DataError: both kinds of file are named.
    """
    kinds = {holds_pairs(path) for path in arguments.data}
    if len(kinds) > 1:
        raise DataError("--data names text and pairs. Distil on text first, then on pairs from that model.")
    if kinds == {True}:
        distill_on_pairs(without(arguments, TEXT_SETTINGS))
    else:
        distill_on_text(without(arguments, PAIR_SETTINGS))


def without(arguments: argparse.Namespace, names: Iterable[str]) -> argparse.Namespace:
    """The arguments without those that play no part in this run, so that its record does not list them."""
    return argparse.Namespace(**{name: value for name, value in vars(arguments).items() if name not in names})
