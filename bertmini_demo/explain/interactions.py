"""Which words work together: what two words do that neither does alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.explain.faithfulness import Value, value_of_words
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """The interaction of each word of the premise with each of the hypothesis.

    Attributes:
        target, output, removal: what is explained and how words are taken out.
        premise, hypothesis: indices in ``pair.words`` of the rows and columns.
        values: (premise words, hypothesis words) in logits; NaN in rows that are not worked out yet.
    """

    target: str
    output: str
    removal: str
    premise: tuple[int, ...]
    hypothesis: tuple[int, ...]
    values: np.ndarray


def interact(
    model: NLIModel, pair: EncodedPair, *, target: str, output: str, removal: str
) -> Iterator[Interactions]:
    """F(x) - F(x without i) - F(x without j) + F(x without both), premise by hypothesis; yields after each row.

    Above 0 the two words do more for the label together than each does alone; below 0 each does alone what the
    other does, too. It is the Shapley interaction index with the other words always there, not averaged over
    which of them are (Grabisch and Roubens 1999, https://doi.org/10.1007/s001820050125).

    Args:
        target, output: F; see ``attribution.attribute_pair``.
        removal: one of ``faithfulness.REMOVALS``.

    Raises:
        InputError: a choice that does not exist.
    """
    premise, hypothesis = (
        tuple(index for index, word in enumerate(pair.words) if word.sentence == sentence)
        for sentence in (PREMISE, HYPOTHESIS)
    )
    value = value_of_words(model, pair, target=target, output=output, removal=removal)
    values = np.full((len(premise), len(hypothesis)), np.nan)
    for row, found in enumerate(rows_of_interactions(value, premise, hypothesis)):
        values = values.copy()
        values[row] = found
        yield Interactions(target, output, removal, premise, hypothesis, frozen(values))


def rows_of_interactions(value: Value, rows: Sequence[int], columns: Sequence[int]) -> Iterator[np.ndarray]:
    """For each word of the rows, (columns,) its interactions with the words of the columns.

    Args:
        value: F, of sets of kept words.
        rows, columns: indices of words, together every word once.
    """
    words = len(rows) + len(columns)
    alone = value(np.concatenate([np.ones((1, words), bool), ~np.eye(words, dtype=bool)]))
    whole, without = alone[0], alone[1:]
    for row in rows:
        kept = np.ones((len(columns), words), bool)
        kept[:, row] = False
        kept[np.arange(len(columns)), list(columns)] = False
        yield whole - without[row] - without[list(columns)] + value(kept)
