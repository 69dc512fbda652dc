"""Fine-tunes a copy of a classifier on a few pairs: in small steps, in bounded time, and never the classifier itself."""

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import Checkpoint
from bertmini_demo.model.encoding import padded
from bertmini_demo.model.fast_forward import verdict_logits

ALL, UPPER, CLASSIFIER = "all", "upper", "classifier"  # which weights learn
LARGEST_RATE = 0.01
BATCH = 16  # pairs a step
REPORTS = 12  # in all
REMEMBERED = 4  # pairs of which a copy keeps what was computed


@dataclass(frozen=True, slots=True)
class Plan:
    """How a copy is to be trained.

    Attributes:
        rate: the learning rate at the first step; it falls evenly to 0.
        learns: ALL weights; UPPER: the embeddings and the lower half of the blocks stay as they are; CLASSIFIER: all stay
            but the pooler and the last layer.
        seconds: after which training ends, wherever it is.
        seed: of the order of the pairs.
    """

    steps: int
    rate: float
    learns: str = ALL
    seconds: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InputError(f"Training takes 1 step or more, not {self.steps}.", field="steps")
        if not 0 < self.rate <= LARGEST_RATE:
            raise InputError(
                f"The learning rate is {self.rate}; it must be above 0 and at most {LARGEST_RATE}.",
                field="rate",
            )
        if self.learns not in (ALL, UPPER, CLASSIFIER):
            raise InputError(
                f"{self.learns!r} cannot be trained; choose {ALL}, {UPPER} or {CLASSIFIER}.", field="learns"
            )


@dataclass(frozen=True, slots=True)
class Report:
    """How far training has come.

    Attributes:
        loss: in nats, the mean over the steps since the report before.
        held_out: share of the held-out pairs that the copy gets right now, from 0 to 1.
        seconds: since training began.
    """

    step: int
    loss: float
    held_out: float
    seconds: float


def copy_of(model: NLIModel) -> NLIModel:
    """A classifier of the same weights that shares none of them. Its labels stay what they are in the model."""
    network = copy.deepcopy(model.network)
    settings = replace(model.settings, labels=model.output_labels, cached_pairs=REMEMBERED)
    name = f"your copy of {model.name}"
    return NLIModel(Checkpoint(network, model.tokenizer, model.output_labels, name, model.folder), settings)


def tune(
    copied: NLIModel, training: Sequence[Pair], held_out: Sequence[Pair], *, plan: Plan, stopped: Event
) -> Iterator[Report]:
    """Trains a copy in place and reports some 12 times on the way, and at the end.

    Dropout stays off, and the order of the pairs hangs on the seed alone: the same plan gives the same weights.

    Args:
        copied: what :func:`copy_of` gave.
        stopped: set from another thread, it ends training after the current step.

    Raises:
        InputError: a pair that cannot be read, or a loss that is no number any more.
    """
    started, losses = time.monotonic(), []
    rows = encoded(copied, training)
    optimizer = torch.optim.AdamW(free_weights(copied, plan.learns), lr=plan.rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / plan.steps)
    every = max(plan.steps // REPORTS, 1)
    for step, batch in enumerate(batches(len(rows), seed=plan.seed, count=plan.steps), start=1):
        losses.append(learn(copied, [rows[index] for index in batch], optimizer))
        schedule.step()
        late = time.monotonic() - started > plan.seconds
        if step % every == 0 or step == plan.steps or late or stopped.is_set():
            yield Report(
                step, sum(losses) / len(losses), accuracy(copied, held_out), time.monotonic() - started
            )
            losses.clear()
        if late or stopped.is_set():
            return


def free_weights(copied: NLIModel, learns: str) -> list[Tensor]:
    """The weights that learn; the others ask for no gradient."""
    bert, last = copied.network.bert, copied.network.classifier
    upper = bert.encoder.layer[copied.layers // 2 :]
    parts = {ALL: (bert, last), UPPER: (upper, bert.pooler, last), CLASSIFIER: (bert.pooler, last)}[learns]
    copied.network.requires_grad_(False)
    free = [weight for part in parts for weight in part.parameters()]
    for weight in free:
        weight.requires_grad_(True)
    return free


def encoded(model: NLIModel, pairs: Sequence[Pair]) -> list[tuple]:
    """Each pair as word pieces, with the place of its label among the outputs."""
    limit = model.settings.page_word_pieces
    return [
        (model.encode(pair.premise, pair.hypothesis, limit=limit), model.output_labels.index(pair.label))
        for pair in pairs
    ]


def batches(size: int, *, seed: int, count: int) -> Iterator[list[int]]:
    """Indices of the pairs of each step: all of them in a new order, again and again."""
    generator = torch.Generator().manual_seed(seed)
    waiting: list[int] = []
    for _ in range(count):
        while len(waiting) < BATCH:
            waiting += torch.randperm(size, generator=generator).tolist()
        yield waiting[:BATCH]
        del waiting[:BATCH]


def learn(copied: NLIModel, rows: Sequence[tuple], optimizer: torch.optim.Optimizer) -> float:
    """One step; returns the loss before it, in nats.

    Raises:
        InputError: the loss is no finite number; the weights are as before the step.
    """
    pairs, labels = zip(*rows, strict=True)
    inputs = padded(pairs, fill=copied.tokenizer.pad_token_id)
    logits = verdict_logits(
        copied.network,
        input_ids=inputs["input_ids"],
        segments=inputs["token_type_ids"],
        mask=inputs["attention_mask"],
    )
    loss = cross_entropy(logits, torch.tensor(labels))
    if not loss.isfinite():
        raise InputError("The loss is no number any more. Choose a smaller learning rate.", field="rate")
    loss.backward()
    clip_grad_norm_([weight for group in optimizer.param_groups for weight in group["params"]], 1.0)
    optimizer.step()
    optimizer.zero_grad()  # the memory, too, is given back
    return loss.item()


def answers(model: NLIModel, pairs: Sequence[Pair]) -> list[str]:
    """The verdict on each pair."""
    limit = model.settings.page_word_pieces
    predictions = model.predict_batch([(pair.premise, pair.hypothesis) for pair in pairs], limit=limit)
    return [prediction.label for prediction in predictions]


def accuracy(model: NLIModel, pairs: Sequence[Pair]) -> float:
    """The share of pairs whose verdict is their label, from 0 to 1."""
    return sum(answer == pair.label for answer, pair in zip(answers(model, pairs), pairs, strict=True)) / len(
        pairs
    )
