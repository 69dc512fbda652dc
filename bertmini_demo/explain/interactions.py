"""Interactions of two words: their joint effect on an output beyond the sum of their separate effects."""

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
        values: (premise words, hypothesis words) in logits; NaN in rows that are not computed yet.
    """

    target: str
    output: str
    removal: str
    premise: tuple[int, ...]
    hypothesis: tuple[int, ...]
    values: np.ndarray


def word_interactions(
    model: NLIModel, pair: EncodedPair, *, target: str, output: str, removal: str
) -> Iterator[Interactions]:
    """F(x) - F(x without i) - F(x without j) + F(x without both), premise by hypothesis; yields after each row.

    Above 0 the two words support the label more together than apart; below 0 they are redundant: each has alone the effect
    of the other. It is the Shapley interaction index with all other words present, not averaged over subsets of
    them (Grabisch and Roubens 1999, https://doi.org/10.1007/s001820050125).

    Args:
        target, output: F; see ``attribution.AttributionChoices``.
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
    for row, effects in enumerate(rows_of_interactions(value, premise, hypothesis)):
        values = values.copy()
        values[row] = effects
        yield Interactions(target, output, removal, premise, hypothesis, frozen(values))


def rows_of_interactions(value: Value, rows: Sequence[int], columns: Sequence[int]) -> Iterator[np.ndarray]:
    """Yields for each row's word its interactions with the columns' words, (columns,) in the unit of F.

    Args:
        value: (sets, words) bool, True for a present word -> (sets,) F.
        rows, columns: indices of words, together every word once.
    """
    words = len(rows) + len(columns)
    alone = value(np.concatenate([np.ones((1, words), bool), ~np.eye(words, dtype=bool)]))
    full, without = alone[0], alone[1:]
    for row in rows:
        present = np.ones((len(columns), words), bool)
        present[:, row] = False
        present[np.arange(len(columns)), list(columns)] = False
        yield full - without[row] - without[list(columns)] + value(present)
