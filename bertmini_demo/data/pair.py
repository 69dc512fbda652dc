"""A sentence pair of a file or table, and a row that is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

VALUE_SHOWN = 40  # characters of a value that a message quotes


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences, with a label or without.

    Attributes:
        label: one of label_words.KNOWN_LABELS; None where there is none, or none that is understood.
        line: where it begins, counted from 1; of a table, its row.
        label_text: the label as the file writes it; None where there is none.
        groups: what the pair is counted under, such as HANS's {"heuristic": ..., "subcase": ...}.
        probabilities: of results.LABELS, in their order, where a model or several annotators gave them.
    """

    premise: str
    hypothesis: str
    label: str | None = None
    line: int = 1
    label_text: str | None = field(default=None, compare=False)
    groups: Mapping[str, str] = field(default_factory=dict, hash=False)
    probabilities: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no pair, the line it begins on (from 1), and why."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


def quote(value: object) -> str:
    """A value of JSON as a message quotes it, on one line and cut after VALUE_SHOWN characters."""
    try:
        text = json.dumps(value)
    except RecursionError:
        text = f"a deeply nested {type(value).__name__}"
    return text if len(text) <= VALUE_SHOWN else text[:VALUE_SHOWN] + "…"
