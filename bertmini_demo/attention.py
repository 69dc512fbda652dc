"""What can be computed from attention weights alone: rollout, filters, whole words, and a summary of each head.

Functions of arrays, in numpy. Rows are queries (the position that looks) and columns are keys (the position
looked at); a row of the model's attention sums to 1. Attention says where a head reads from. It is not by
itself a reason for the verdict (Jain & Wallace 2019, https://arxiv.org/abs/1902.10186).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.results import EncodedPair

FILTERS = ("all", "premise to hypothesis", "hypothesis to premise", "within a sentence")


@dataclass(frozen=True, slots=True, eq=False)
class HeadSummaries:
    """What each head does on one pair. Every array is (layers, heads).

    Each number is a mean over the query rows of the word pieces. [CLS] and [SEP] count as keys but not as
    queries: they belong to no sentence, and a [SEP] that looks at itself would say little about the words.

    Attributes:
        entropy: spread of a row in nats, from 0 (one key) to ln(tokens) (all keys alike).
        distance: mean distance in positions between query and key, weighted by attention.
        to_cls: share of weight on [CLS], from 0 to 1, as all shares below.
        to_sep: share on the two [SEP].
        to_itself: share on the query's own position.
        to_repeats: share on the same word piece at other positions, in either sentence.
        to_other_sentence: share on word pieces of the sentence the query is not in.
    """

    entropy: np.ndarray
    distance: np.ndarray
    to_cls: np.ndarray
    to_sep: np.ndarray
    to_itself: np.ndarray
    to_repeats: np.ndarray
    to_other_sentence: np.ndarray


def rollout(attentions: np.ndarray) -> np.ndarray:
    """How much of each input position each output position is made of, were attention all that mixes them.

    Attention rollout, Abnar & Zuidema 2020 (https://arxiv.org/abs/2005.00928): heads averaged, half of each
    layer given to the residual connection, layers multiplied. It knows nothing of values or feed-forward parts.

    Args:
        attentions: (layers, heads, tokens, tokens).

    Returns:
        (layers, tokens, tokens): entry ``[l]`` runs from the embeddings to the output of layer ``l``, so
        ``[-1]`` is the whole network. From 0 to 1; rows sum to 1.
    """
    tokens = attentions.shape[-1]
    mixing = 0.5 * attentions.mean(axis=1, dtype=np.float64) + 0.5 * np.eye(tokens)
    mixing /= mixing.sum(axis=-1, keepdims=True)
    joint = [mixing[0]]
    for layer in mixing[1:]:
        joint.append(layer @ joint[-1])
    return np.stack(joint)


def hide(attention: np.ndarray, keep: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Leaves positions out, and says how much weight went with them.

    What stays is not scaled up again, so that each number shown is one the model computed.

    Args:
        attention: (..., tokens, tokens).
        keep: (tokens,) True for positions to show; at least one.

    Returns:
        (..., kept, kept) the weights between kept positions, and (...) the share of weight, from 0 to 1, that
        the kept rows give to hidden columns: one number a head.
    """
    kept = np.asarray(keep, dtype=bool)
    rows = attention[..., kept, :]
    return rows[..., kept], rows[..., ~kept].sum(axis=-1).mean(axis=-1)


def filter_mask(segments: Sequence[int], name: str, *, special: Sequence[bool] | None = None) -> np.ndarray:
    """Which (query, key) cells one of ``FILTERS`` shows.

    [CLS] and [SEP] belong to no sentence: only "all" shows their cells. The other three filters together
    show each cell between two word pieces exactly once.

    Args:
        segments: (tokens,) 0 in the premise, 1 in the hypothesis; words may stand in for tokens.
        special: (tokens,) True at [CLS] and [SEP]; None where there are none.

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
    raise ValueError(f"no filter is called {name!r}; choose one of {', '.join(FILTERS)}")


def word_groups(pair: EncodedPair) -> tuple[tuple[int, ...], ...]:
    """Positions of each word, with [CLS] and [SEP] as words of their own, in reading order."""
    special = [(position,) for position, outside in enumerate(pair.special) if outside]
    return tuple(sorted([*special, *(word.positions for word in pair.words)]))


def merge_words(attention: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """Attention between words: averaged over the pieces that look, added over the pieces looked at.

    As in Clark et al. 2019 (https://arxiv.org/abs/1906.04341, section 4.1).

    Args:
        attention: (..., tokens, tokens).
        groups: positions of each word's pieces, as :func:`word_groups` gives them.

    Returns:
        (..., words, words). Where the groups cover all positions, rows keep their sums.
    """
    member = np.zeros((len(groups), attention.shape[-1]))
    for word, positions in enumerate(groups):
        member[word, list(positions)] = 1
    return (member / member.sum(axis=1, keepdims=True)) @ attention @ member.T


def head_summaries(
    attentions: np.ndarray, tokens: Sequence[str], *, segments: Sequence[int], special: Sequence[bool]
) -> HeadSummaries:
    """Where each head looks and how sharply; the numbers are defined in :class:`HeadSummaries`.

    Args:
        attentions: (layers, heads, tokens, tokens).
        segments: (tokens,) 0 in the premise, 1 in the hypothesis.
        special: (tokens,) True at [CLS], which comes first, and at both [SEP].
    """
    words = ~np.asarray(special, dtype=bool)
    pieces, segments, places = np.asarray(tokens), np.asarray(segments), np.arange(len(tokens))
    weights = attentions[..., words, :].astype(np.float64)  # (layers, heads, word queries, keys)
    same = np.equal.outer(places, places)

    def over_rows(values: np.ndarray) -> np.ndarray:
        means = values.sum(axis=-1).mean(axis=-1)
        means.setflags(write=False)
        return means

    def share(cells: np.ndarray) -> np.ndarray:  # (tokens, tokens), True where a query's weight counts
        return over_rows(weights * cells[words])

    return HeadSummaries(
        entropy=over_rows(-weights * np.log(np.where(weights > 0, weights, 1.0))),
        distance=over_rows(weights * np.abs(np.subtract.outer(places, places))[words]),
        to_cls=share(np.broadcast_to(places == 0, same.shape)),
        to_sep=share(np.broadcast_to(~words & (places > 0), same.shape)),
        to_itself=share(same),
        to_repeats=share(np.equal.outer(pieces, pieces) & ~same),
        to_other_sentence=share(np.not_equal.outer(segments, segments) & words),
    )
