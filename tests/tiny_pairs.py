"""Pairs in the tiny model's own words that a model can learn, and how to see whether it did."""

import torch

from bertmini_demo.data.pair import Pair
from bertmini_demo.inference import NLIModel

SUBJECTS = ("a man", "the woman", "a dog", "the cat")
PAIRS = [
    Pair(f"{who} {does} .", f"{who} is {word} .", label, line=number)
    for number, (who, does, (word, label)) in enumerate(
        (
            (who, does, told)
            for who in SUBJECTS
            for does in ("runs", "sleeps", "walks")
            for told in (("asleep", "contradiction"), ("in the park", "entailment"))
        ),
        start=1,
    )
]


def weights(model: NLIModel) -> dict[str, torch.Tensor]:
    """All weights as they are now."""
    return {name: value.clone() for name, value in model.network.state_dict().items()}
