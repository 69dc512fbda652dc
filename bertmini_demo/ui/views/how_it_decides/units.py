"""The rows and columns of an attention figure: words or word pieces, with or without special tokens."""

from dataclasses import dataclass

import numpy as np

from bertmini_demo.explain.attention_filters import hide_positions, merge_words, word_groups
from bertmini_demo.figures.naming import names_in_pair
from bertmini_demo.results import HYPOTHESIS, PREMISE, Trace


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Rows and columns in reading order.

    Attributes:
        groups: the positions that each covers.
        words: index in the pair's words; None for a special token.
    """

    groups: tuple[tuple[int, ...], ...]
    labels: list[str]
    segments: list[int]
    special: list[bool]
    words: list[int | None]

    @property
    def sentences(self) -> list[str]:
        """The sentence of each row: "premise" or "hypothesis"."""
        return [(PREMISE, HYPOTHESIS)[segment] for segment in self.segments]

    @property
    def names(self) -> list[str]:
        """The name of each row in a sentence, see :func:`bertmini_demo.figures.naming.names_in_pair`."""
        return names_in_pair(self.labels, self.sentences)

    def merge(self, attention: np.ndarray) -> np.ndarray:
        """(..., tokens, tokens) -> (..., units, units)."""
        return merge_words(attention, self.groups)

    def rows_of(self, word: int | None) -> list[int]:
        """The rows of a word: several where its pieces have one each, none where no word is chosen."""
        return [] if word is None else [row for row, one in enumerate(self.words) if one == word]

    def first_row_of(self, word: int | None) -> int | None:
        """The first row of a word; None where no word is chosen."""
        return next(iter(self.rows_of(word)), None)


def display_units(trace: Trace, *, pieces: bool, special: bool) -> Units:
    """A row for each word, or for each word piece where ``pieces``; for [CLS] and [SEP] too where ``special``."""
    pair = trace.pair
    groups = [(position,) for position in range(len(pair.tokens))] if pieces else word_groups(pair)
    kept = [group for group in groups if special or not pair.special[group[0]]]
    word_at = {position: index for index, word in enumerate(pair.words) for position in word.positions}
    words = [word_at.get(group[0]) for group in kept]
    return Units(
        groups=tuple(kept),
        labels=[
            pair.tokens[group[0]] if pieces or word is None else pair.words[word].text
            for group, word in zip(kept, words, strict=True)
        ],
        segments=[int(pair.segments[group[0]]) for group in kept],
        special=[pair.special[group[0]] for group in kept],
        words=words,
    )


def hidden_weight(trace: Trace, attention: np.ndarray, *, pieces: bool) -> np.ndarray:
    """(...) The share of the words' weight that goes to special tokens, from 0 to 1: what hiding them leaves out.

    Args:
        attention: (..., tokens, tokens), of heads or of rollout.
    """
    units = display_units(trace, pieces=pieces, special=True)
    _, hidden = hide_positions(units.merge(attention), [not special for special in units.special])
    return hidden
