"""The sizes of BERT: what each costs, its published accuracy, and its speed on this machine.

Sizes and the GLUE figures of tiny to medium: Turc et al. 2019 (https://arxiv.org/abs/1908.08962; figures in the
README of google-research/bert); base: Devlin et al. 2019, the mean of 100 fine-tunings in McCoy et al. 2020
(https://arxiv.org/abs/1911.02969).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from transformers import BertConfig, BertForSequenceClassification

PIECES = 30_522  # in the vocabulary of all five
HEAD_SIZE = 64
LENGTH = 32  # word pieces of a pair, in measurements
BATCH = 16
MIN_SECONDS = 0.3  # of measuring, for each figure
WEIGHT_BYTES = 4  # float32


@dataclass(frozen=True, slots=True)
class Member:
    """One size of the family.

    Attributes:
        mnli: (matched, mismatched) accuracy on MultiNLI's test set, in %; for base the dev set's matched mean alone.
    """

    name: str
    layers: int
    hidden: int
    mnli: tuple[float, ...]

    @property
    def heads(self) -> int:
        """Attention heads in each layer."""
        return self.hidden // HEAD_SIZE

    @property
    def config(self) -> BertConfig:
        """The configuration of a classifier of this size."""
        return BertConfig(
            vocab_size=PIECES,
            hidden_size=self.hidden,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            intermediate_size=4 * self.hidden,
            num_labels=3,
        )

    @property
    def parameters(self) -> int:
        """Weights of the classifier, counted without making them."""
        with torch.device("meta"):
            return sum(weight.numel() for weight in BertForSequenceClassification(self.config).parameters())

    @property
    def megabytes(self) -> float:
        """Of the weights in float32."""
        return self.parameters * WEIGHT_BYTES / 1e6


FAMILY = (
    Member("tiny", 2, 128, (70.2, 70.3)),
    Member("mini", 4, 256, (74.8, 74.3)),
    Member("small", 4, 512, (77.6, 77.0)),
    Member("medium", 8, 512, (80.0, 79.1)),
    Member("base", 12, 768, (84.3,)),
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one member on this machine, at LENGTH word pieces.

    Attributes:
        milliseconds: for one pair alone.
        pairs_per_second: in batches of BATCH.
    """

    member: Member
    milliseconds: float
    pairs_per_second: float


def measure_family() -> Iterator[Speed]:
    """Measures one member after another, the smallest first, with random weights: speed does not depend on them."""
    for member in FAMILY:
        network = BertForSequenceClassification(member.config).eval()
        alone, together = (seconds_a_pass(network, rows) for rows in (1, BATCH))
        yield Speed(member, 1000 * alone, BATCH / together)


def seconds_a_pass(network: BertForSequenceClassification, rows: int) -> float:
    """The median time of a forward pass of ``rows`` made-up pairs."""
    ids = torch.ones(rows, LENGTH, dtype=torch.int64)
    inputs = {"input_ids": ids, "token_type_ids": torch.zeros_like(ids), "attention_mask": ids}
    times: list[float] = []
    with torch.inference_mode():
        network(**inputs)
        while sum(times) < MIN_SECONDS or len(times) < 3:
            started = time.perf_counter()
            network(**inputs)
            times.append(time.perf_counter() - started)
    return sorted(times)[len(times) // 2]
