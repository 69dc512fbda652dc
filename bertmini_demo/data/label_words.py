"""The labels of natural language inference in the words of its data sets."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from bertmini_demo.results import LABELS, TWO_LABELS

ENTAILMENT, NEUTRAL, CONTRADICTION = LABELS
NOT_ENTAILMENT = TWO_LABELS[1]
KNOWN_LABELS = (*LABELS, NOT_ENTAILMENT)
SPELLINGS = {
    ENTAILMENT: "entailment entails entail entailed e yes true supports supported support implies implied a_entails_b",
    NEUTRAL: "neutral n unknown undef undetermined maybe not_enough_info not_enough_information nei unverifiable "
    "insufficient independent a_neutral_b",
    CONTRADICTION: "contradiction contradicts contradict contradictory contradicted c no false refutes refuted refute "
    "a_contradicts_b",
    NOT_ENTAILMENT: "not_entailment non_entailment nonentailment no_entailment not_entailed non_entailed not_entails "
    "unentailed",
}
WORDS = {word: label for label, words in SPELLINGS.items() for word in words.split()}
TWO_WAY_WORDS = ("no", "false")  # "does not follow" where a set has no third answer
NO_LABEL = ("", "-")  # SNLI's dash: annotators disagreed
NUMBER = re.compile(r"(-?\d+)(?:\.0+)?")
NUMBERED = re.compile(r"(\d+)\s*[=:]\s*([A-Za-z][A-Za-z _-]*)")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """A label or a column's name without case and outer spaces, its spaces and hyphens as underscores."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def label_of(text: str, *, order: Mapping[int, str] | None = None) -> str | None:
    """A label as one of KNOWN_LABELS; None where it is not understood.

    Args:
        order: what each number means. Without it no number is understood, since data sets count differently.
    """
    number = NUMBER.fullmatch(text.strip())
    if number:
        return (order or {}).get(int(number[1]))
    return WORDS.get(normalise(text))


def named_order(name: str) -> dict[int, str] | None:
    """The meaning of numbers that a column's name gives, as in "label (0=entailment, 1=neutral, 2=contradiction)"."""
    order = {int(number): WORDS.get(normalise(word)) for number, word in NUMBERED.findall(name)}
    return order if order and all(order.values()) else None


def order_of(labels: Sequence[str]) -> dict[int, str]:
    """The meaning of the numbers from 0 on, from labels in that order.

    Raises:
        ValueError: a word that is no label, or a label named twice.
    """
    order = [WORDS.get(normalise(label)) for label in labels]
    if len(order) < 2 or None in order or len(set(order)) < len(order):
        raise ValueError(
            f"the order of labels is {', '.join(labels)!r}; name each label once, from 0 on, as in "
            "“entailment,neutral,contradiction”."
        )
    return dict(enumerate(order))


def missing_labels(labels: Collection[str]) -> tuple[str, ...]:
    """The labels that a data set with these labels lacks: of two where it has not_entailment, else of three."""
    expected = TWO_LABELS if NOT_ENTAILMENT in labels else LABELS
    return tuple(label for label in expected if label not in labels)


def scored_labels(known: Collection[str]) -> tuple[str, ...]:
    """The labels that scoring distinguishes: three, or two where the model or the data has not_entailment.

    Args:
        known: the labels of both.
    """
    return TWO_LABELS if NOT_ENTAILMENT in known else LABELS
