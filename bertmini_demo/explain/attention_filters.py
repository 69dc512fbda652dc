"""Which part of an attention matrix is shown: without some positions, one direction only, or by whole words.

Functions of arrays, in numpy. Rows are queries (the position that attends), columns are keys (the position attended
to); a row of the model's attention sums to 1.
"""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.results import EncodedPair

FILTERS = ("all", "premise to hypothesis", "hypothesis to premise", "within a sentence")


def hide_positions(attention: np.ndarray, shown: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Leaves positions out, and measures how much weight is left out with them.

    The rest is not scaled up again, so that each number shown is one that the model computed.

    Args:
        attention: (..., tokens, tokens).
        shown: (tokens,) True for positions to show; at least one.

    Returns:
        (..., shown tokens, shown tokens) the weights between shown positions, and (...) the share of weight, from
        0 to 1, that the shown rows give to hidden columns: one number a head.
    """
    shown = np.asarray(shown, dtype=bool)
    rows = attention[..., shown, :]
    return rows[..., shown], rows[..., ~shown].sum(axis=-1).mean(axis=-1)


def filter_mask(segments: Sequence[int], name: str, *, special: Sequence[bool] | None = None) -> np.ndarray:
    """Which (query, key) cells one of ``FILTERS`` shows.

    [CLS] and [SEP] belong to no sentence: only "all" shows their cells. The other three filters together show each
    cell between two word pieces exactly once.

    Args:
        segments: (tokens,) 0 in the premise, 1 in the hypothesis; or one entry a word.
        special: (tokens,) True at [CLS] and [SEP]; None if there are none.

    Returns:
        (tokens, tokens) bool.

    Raises:
        ValueError: a name that is not in ``FILTERS``.
    """
    segments = np.asarray(segments)
    outside = np.zeros(len(segments), dtype=bool) if special is None else np.asarray(special, dtype=bool)
    premise, hypothesis = (segments == 0) & ~outside, (segments == 1) & ~outside
    if name == "all":
        return np.ones((len(segments), len(segments)), dtype=bool)
    if name == "premise to hypothesis":
        return np.outer(premise, hypothesis)
    if name == "hypothesis to premise":
        return np.outer(hypothesis, premise)
    if name == "within a sentence":
        return np.outer(premise, premise) | np.outer(hypothesis, hypothesis)
    raise ValueError(f"There is no filter {name!r}. Choose one of: {', '.join(FILTERS)}.")


def word_groups(pair: EncodedPair) -> tuple[tuple[int, ...], ...]:
    """Positions of each word's pieces, with [CLS] and each [SEP] as a word, in reading order."""
    special = [(position,) for position, outside in enumerate(pair.special) if outside]
    return tuple(sorted([*special, *(word.positions for word in pair.words)]))


def merge_words(attention: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """Attention between words: the mean over a query word's pieces, the sum over a key word's pieces.

    Paper: Clark et al. 2019, "What does BERT look at?", section 4.1, https://arxiv.org/abs/1906.04341

    Args:
        attention: (..., tokens, tokens).
        groups: positions of each word's pieces, as :func:`word_groups` returns them.

    Returns:
        (..., words, words). If the groups cover all positions, rows keep their sums.
    """
    member = np.zeros((len(groups), attention.shape[-1]))
    for word, positions in enumerate(groups):
        member[word, list(positions)] = 1
    return (member / member.sum(axis=1, keepdims=True)) @ attention @ member.T
