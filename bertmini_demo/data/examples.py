"""The gallery: example pairs by phenomenon, read from assets/examples.json."""

import json
from dataclasses import dataclass
from functools import cache

from bertmini_demo.settings import ASSETS

WRONG, WRONG_REASON = "wrong", "right for the wrong reason"
NOTHING_SAID = ("neutral", "not_entailment")  # what is right to say of a hypothesis without a premise


@dataclass(frozen=True, slots=True)
class Example:
    """One pair, what people say about it, and what to look for.

    Attributes:
        shipped: what the shipped model makes of it: WRONG, WRONG_REASON, or None where it is right. The page works
            this out anew for the model in use; the mark is for whoever looks for such a pair.
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
    """All examples in the order they are shown; the first one opens with the page."""
    groups = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))["groups"]
    return tuple(Example(group=group["title"], **pair) for group in groups for pair in group["pairs"])


def mark(label: str, *, verdict: str, alone: str) -> str | None:
    """What to make of a verdict: WRONG, WRONG_REASON, or None where nothing speaks against it.

    With no premise nothing follows and nothing is contradicted. Whoever says so of the hypothesis alone, and says the
    same of the pair, need not have read the premise (Poliak et al. 2018, https://aclanthology.org/S18-2023/).

    Args:
        label: what people say.
        verdict: what a model says; not_entailment, of a model with two labels, is right for both others.
        alone: what it says of the hypothesis without the premise.
    """
    if verdict != label and not (verdict == "not_entailment" and label != "entailment"):
        return WRONG
    return WRONG_REASON if verdict == alone and verdict not in NOTHING_SAID else None
