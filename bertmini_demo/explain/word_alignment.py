"""Which position of one pair corresponds to which position of another, so that states can be exchanged between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, Word, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Positions of two pairs that correspond to one another, in order.

    Attributes:
        positions: (aligned, 2) int64, a position of the first pair and one of the second.
        left_out: word pieces of the first pair, then of the second, that have no counterpart.
    """

    positions: np.ndarray
    left_out: tuple[tuple[str, ...], tuple[str, ...]]


def align_pairs(first: EncodedPair, second: EncodedPair) -> Alignment:
    """Aligns two pairs word by word, premise with premise and hypothesis with hypothesis.

    Equal words are aligned along the longest common subsequence; between them, a word that was replaced is aligned with
    its replacement, in order. Words in several pieces are aligned piece by piece. Whatever then remains is left out.
    Special tokens are aligned with each other.
    """
    positions = [*zip(_specials(first), _specials(second), strict=True)]
    for sentence in (PREMISE, HYPOTHESIS):
        words = [word for word in first.words if word.sentence == sentence]
        others = [word for word in second.words if word.sentence == sentence]
        for place, other in align_words(_keys(first, words), _keys(second, others)):
            positions += zip(words[place].positions, others[other].positions, strict=False)
    positions.sort()
    aligned = np.array(positions, dtype=np.int64).reshape(-1, 2)
    left_out = tuple(
        tuple(token for position, token in enumerate(pair.tokens) if position not in column)
        for pair, column in ((first, set(aligned[:, 0].tolist())), (second, set(aligned[:, 1].tolist())))
    )
    return Alignment(frozen(aligned), left_out)


def align_words(first: Sequence, second: Sequence) -> Iterator[tuple[int, int]]:
    """Indices of equal items along the longest common subsequence, and of those replaced between them, in order."""
    before = (0, 0)
    for match in (*common_subsequence(first, second), (len(first), len(second))):
        yield from zip(range(before[0], match[0]), range(before[1], match[1]), strict=False)
        if match != (len(first), len(second)):
            yield match
        before = (match[0] + 1, match[1] + 1)


def common_subsequence(first: Sequence, second: Sequence) -> list[tuple[int, int]]:
    """Indices of the items of a longest common subsequence; of several, the one that starts earliest."""
    lengths = np.zeros((len(first) + 1, len(second) + 1), dtype=np.int64)  # of what is left from here on
    for i in reversed(range(len(first))):
        for j in reversed(range(len(second))):
            equal = first[i] == second[j]
            lengths[i, j] = 1 + lengths[i + 1, j + 1] if equal else max(lengths[i + 1, j], lengths[i, j + 1])
    matches, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            matches.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1, j] >= lengths[i, j + 1]:
            i += 1
        else:
            j += 1
    return matches


def _specials(pair: EncodedPair) -> list[int]:
    return [position for position, special in enumerate(pair.special) if special]


def _keys(pair: EncodedPair, words: Sequence[Word]) -> list[tuple[int, ...]]:
    """What makes two words equal: the pieces that the model reads."""
    return [tuple(pair.input_ids[list(word.positions)].tolist()) for word in words]
