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

# How a head is named for what it mostly does: see head_role.
PLACES = {
    "to_cls": "[CLS]",
    "to_sep": "[SEP]",
    "to_itself": "itself",
    "to_repeats": "same word elsewhere",
    "to_previous": "previous piece",
    "to_next": "next piece",
}
EVERYWHERE, OTHER_SENTENCE, OWN_SENTENCE = "everywhere alike", "other sentence", "own sentence"
NO_ONE_THING = "no one thing"
PLACE_SHARE = 1 / 3  # of the weight, on one place
EVEN = 0.9  # of the greatest entropy there could be
OTHER_SHARE = 1 / 2  # of the weight; an even spread gives the other sentence less, however long the two are
OWN_SHARE = 2 / 3


@dataclass(frozen=True, slots=True, eq=False)
class HeadSummaries:
    """What each head does on one pair. Every array is (layers, heads).

    Each number is a mean over the query rows of the word pieces. [CLS] and [SEP] count as keys but not as
    queries: they belong to no sentence, and a [SEP] that looks at itself would say little about the words.

    Attributes:
        entropy: spread of a row in nats, from 0 (one key) to ln(tokens) (all keys alike).
        evenness: the same over ln(tokens), from 0 to 1, so that pairs of different length can be compared.
        distance: mean distance in positions between query and key, weighted by attention.
        to_cls: share of weight on [CLS], from 0 to 1, as all shares below.
        to_sep: share on the two [SEP].
        to_itself: share on the query's own position.
        to_repeats: share on the same word piece at other positions, in either sentence.
        to_previous, to_next: share on the position before and the one after, [CLS] and [SEP] included.
        to_other_sentence: share on word pieces of the sentence the query is not in.
    """

    entropy: np.ndarray
    evenness: np.ndarray
    distance: np.ndarray
    to_cls: np.ndarray
    to_sep: np.ndarray
    to_itself: np.ndarray
    to_repeats: np.ndarray
    to_previous: np.ndarray
    to_next: np.ndarray
    to_other_sentence: np.ndarray

    @property
    def to_own_sentence(self) -> np.ndarray:
        """Share on word pieces of the sentence the query is in, itself included."""
        return 1 - self.to_cls - self.to_sep - self.to_other_sentence


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
    steps = np.subtract.outer(places, places)  # from a key to its query

    def share(cells: np.ndarray) -> np.ndarray:  # (tokens, tokens), what a query's weight on a key counts for
        return frozen_mean(np.einsum("lhqk,qk->lhq", weights, cells[words].astype(np.float64)))

    entropy = -(weights * np.log(np.where(weights > 0, weights, 1.0))).sum(axis=-1)
    return HeadSummaries(
        entropy=frozen_mean(entropy),
        evenness=frozen_mean(entropy / np.log(len(tokens))),
        distance=share(np.abs(steps)),
        to_cls=share(np.broadcast_to(places == 0, steps.shape)),
        to_sep=share(np.broadcast_to(~words & (places > 0), steps.shape)),
        to_itself=share(steps == 0),
        to_repeats=share(np.equal.outer(pieces, pieces) & (steps != 0)),
        to_previous=share(steps == 1),
        to_next=share(steps == -1),
        to_other_sentence=share(np.not_equal.outer(segments, segments) & words),
    )


def frozen_mean(rows: np.ndarray) -> np.ndarray:
    """The mean over the last axis, read-only."""
    means = rows.mean(axis=-1)
    means.setflags(write=False)
    return means


def head_role(found: HeadSummaries, layer: int, head: int) -> str:
    """What one head mostly does on this pair, as a short name.

    It looks ``EVERYWHERE`` alike where its evenness is ``EVEN`` or more. Otherwise it is named for the place in
    ``PLACES`` that takes most of its weight, if that is a share of ``PLACE_SHARE`` or more; then for the
    ``OTHER_SENTENCE`` or its ``OWN_SENTENCE`` where that takes more than ``OTHER_SHARE`` or ``OWN_SHARE``. It does
    ``NO_ONE_THING`` where none of this holds. Of two places that take the same, the first in ``PLACES`` is named.
    """
    if found.evenness[layer, head] >= EVEN:
        return EVERYWHERE
    shares = {name: getattr(found, measure)[layer, head] for measure, name in PLACES.items()}
    place = max(shares, key=shares.get)
    if shares[place] >= PLACE_SHARE:
        return place
    if found.to_other_sentence[layer, head] > OTHER_SHARE:
        return OTHER_SENTENCE
    if found.to_own_sentence[layer, head] > OWN_SHARE:
        return OWN_SENTENCE
    return NO_ONE_THING
