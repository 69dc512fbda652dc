"""Distillation on sentence pairs: the student learns the teachers' probabilities (Hinton et al. 2015).

The student's loss on a pair is (1 - g) T² times the cross entropy with the teachers' probabilities, both at temperature T,
plus g times the cross entropy with the gold label. A pair without a gold label has g = 0.
"""

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForSequenceClassification, DataCollatorWithPadding
from transformers.modeling_outputs import SequenceClassifierOutput

from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.masked_lm import load_language_model
from bertmini_demo.results import LABELS
from bertmini_demo.training.corpora.corpus_files import read_graded, reading
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs
from bertmini_demo.training.corpora.related_pairs import related_pairs, with_replaced_words
from bertmini_demo.training.distilling.teachers import ensemble_probabilities
from bertmini_demo.training.loop import processes, train
from bertmini_demo.training.starting_point import HEADS, read_classifier_start
from bertmini_demo.training.training_record import record_stage

log = logging.getLogger(__name__)

SMALLEST = 1e-6  # probability, before a logarithm


def distill_on_pairs(arguments: argparse.Namespace) -> None:
    """Trains the classifier named by --model, or gives a plain BERT a new classifier.

    Raises:
        DataError: --model is missing, or pairs have no probabilities and no teacher is named.
    """
    if not arguments.model:
        raise DataError("On pairs the student starts from a model. Name one after --model.")
    start = read_classifier_start(arguments.model)
    tokenizer = start.tokenizer
    pairs = read_all(arguments)
    with processes().main_process_first():
        probabilities = soft_labels(
            pairs, arguments.teachers or [], length=arguments.length, folder=arguments.output / "teachers"
        )
    labelled = sum(pair.label is not None for pair in pairs)
    log.info("%d pairs, %d of them with a gold label", len(pairs), labelled)
    torch.manual_seed(arguments.seed)
    student = start.build(
        BertForSequenceClassification,
        new=HEADS,
        hidden_dropout_prob=arguments.dropout,
        attention_probs_dropout_prob=arguments.dropout,
    )
    targets = np.stack([probabilities, gold_labels(pairs)], axis=1)
    result = train(
        student,
        EncodedPairs(pairs, tokenizer, length=min(arguments.length, start.positions), targets=targets),
        DataCollatorWithPadding(tokenizer),
        tokenizer,
        arguments,
        loss=distillation_loss(arguments.temperature, gold_weight=arguments.gold),
        num_train_epochs=arguments.epochs,
    )
    if processes().is_main_process:
        save_checkpoint(student, tokenizer, arguments.output)
        record_stage(result, start=start.folder, arguments=arguments, processes=processes().num_processes)


def read_all(arguments: argparse.Namespace) -> list[Pair]:
    """The pairs of all files, then --related unlabelled ones made from them; the same in each run."""
    pairs = [pair for path in arguments.data for pair in read_graded(path, **reading(arguments))]
    if not arguments.related:
        return pairs
    given = [(pair.premise, pair.hypothesis) for pair in pairs]
    replaced = []
    if arguments.language_model:
        model = load_language_model(Path(arguments.language_model))
        replaced = with_replaced_words(given, model.network, model.tokenizer, seed=arguments.seed)
    made = related_pairs(given, replaced, limit=arguments.related)
    return pairs + [Pair(premise, hypothesis) for premise, hypothesis in made]


def soft_labels(pairs: Sequence[Pair], teachers: Sequence[str], *, length: int, folder: Path) -> np.ndarray:
    """(pairs, 3) probabilities in the order of LABELS: the file's own where it has them, else the teachers'.

    Raises:
        DataError: some pairs have no probabilities, and no teacher is named.
    """
    unknown = [index for index, pair in enumerate(pairs) if pair.probabilities is None]
    if unknown and not teachers:
        raise DataError(
            f"{len(unknown)} of {len(pairs)} pairs have no probabilities. Name a classifier after --teachers."
        )
    result = np.array([pair.probabilities or (np.nan,) * len(LABELS) for pair in pairs], dtype=np.float32)
    if unknown:
        result[unknown] = ensemble_probabilities(
            teachers, [pairs[index] for index in unknown], length=length, folder=folder
        )
    return result


def gold_labels(pairs: Sequence[Pair]) -> np.ndarray:
    """(pairs, 3) with a one for the gold label; a row of zeros where there is none."""
    return np.array([[label == pair.label for label in LABELS] for pair in pairs], dtype=np.float32)


def distillation_loss(temperature: float, *, gold_weight: float) -> Callable[..., Tensor]:
    """The loss for targets of shape (pairs, 2, 3): the teachers' probabilities and the gold label."""

    def loss(
        outputs: SequenceClassifierOutput,
        labels: Tensor,
        num_items_in_batch: Tensor | None = None,  # noqa: ARG001  the Trainer passes it
    ) -> Tensor:
        logits = outputs.logits.float()
        teacher, gold = labels.unbind(1)
        softened = (teacher.clamp(min=SMALLEST).log() / temperature).softmax(-1)
        soft = temperature**2 * cross_entropy(logits / temperature, softened, reduction="none")
        hard = cross_entropy(logits, gold, reduction="none")  # 0 where there is no gold label
        weight = gold_weight * gold.sum(-1)
        return ((1 - weight) * soft + gold_weight * hard).mean()

    return loss
