"""The gallery: example pairs by phenomenon, read from assets/examples.json."""

import json
from dataclasses import dataclass
from functools import cache

from bertmini_demo.settings import ASSETS

WRONG, WRONG_REASON = "wrong", "right for the wrong reason"
UNDECIDED = ("neutral", "not_entailment")  # the right labels of a hypothesis without a premise


@dataclass(frozen=True, slots=True)
class Example:
    """One pair, the label its author expects, and what to look for.

    Attributes:
        shipped: how the shipped model answers: WRONG, WRONG_REASON, or None where it is right. The page computes this
            for the model in use; the mark helps authors of lessons to find such a pair.
    """

    group: str
    name: str
    premise: str
    hypothesis: str
    label: str
    look_for: str
    shipped: str | None = None


@cache
def gallery() -> tuple[Example, ...]:
    """All examples in the order of the page, which opens with the first."""
    groups = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))["groups"]
    return tuple(Example(group=group["title"], **pair) for group in groups for pair in group["pairs"])


def mark(label: str, *, verdict: str, alone: str) -> str | None:
    """How a prediction compares with the expected label: WRONG, WRONG_REASON, or None where it is right.

    Without a premise nothing is entailed or contradicted. A model that predicts either for the hypothesis alone, and the
    same for the pair, need not have used the premise (Poliak et al. 2018, https://aclanthology.org/S18-2023/).

    Args:
        label: the expected one.
        verdict: the predicted one; not_entailment, of a model with two labels, is right for both others.
        alone: the one predicted for the hypothesis without the premise.
    """
    if verdict != label and not (verdict == "not_entailment" and label != "entailment"):
        return WRONG
    return WRONG_REASON if verdict == alone and verdict not in UNDECIDED else None
