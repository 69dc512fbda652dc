"""What each head mostly attends to on one pair: shares, distances and entropies, and a short name made from them.

Functions of arrays, in numpy. Rows are queries, columns are keys. A role says where a head reads from; attention is
not by itself a reason for the verdict (Jain and Wallace 2019, https://arxiv.org/abs/1902.10186; Wiegreffe and Pinter
2019, https://arxiv.org/abs/1908.04626, discuss when it can be).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.results import Head

PLACES = {  # a share in HeadSummaries to the name of the place
    "to_cls": "[CLS]",
    "to_sep": "[SEP]",
    "to_itself": "itself",
    "to_repeats": "same word elsewhere",
    "to_previous": "previous piece",
    "to_next": "next piece",
}
SPECIAL = {"to_cls": "[CLS]", "to_sep": "[SEP]"}
SINK_SHARE = 1 / 2  # of a head's weight on [CLS] or [SEP], which are no words
UNIFORM, OTHER_SENTENCE, OWN_SENTENCE, MIXED = "everywhere", "other sentence", "own sentence", "mixed"
PLACE_SHARE = 1 / 3  # of the weight, on one place
UNIFORM_EVENNESS = 0.9  # of the largest possible entropy
OTHER_SHARE = 1 / 2  # of the weight; a uniform head gives the other sentence less, however long the two are
OWN_SHARE = 2 / 3


@dataclass(frozen=True, slots=True, eq=False)
class HeadSummaries:
    """What each head does on one pair. Every array is (layers, heads).

    Each number is a mean over the queries of the word pieces. [CLS] and [SEP] count as keys but not as queries: they
    belong to no sentence, and a [SEP] that attends to itself would say little about the words.

    Attributes:
        entropy: of a row, in nats, from 0 (one key) to ln(tokens) (uniform).
        evenness: entropy over ln(tokens), from 0 to 1, so that pairs of different lengths compare.
        distance: mean distance in positions between query and key, weighted by attention.
        to_cls: share of weight on [CLS], from 0 to 1, as all shares below.
        to_sep: share on the two [SEP].
        to_itself: share on the query's own position.
        to_repeats: share on the same word piece at other positions, in either sentence.
        to_previous, to_next: share on the position before and the one after, [CLS] and [SEP] included.
        to_other_sentence: share on word pieces of the sentence that the query is not in.
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
        """Share on word pieces of the sentence that the query is in, itself included."""
        return 1 - self.to_cls - self.to_sep - self.to_other_sentence


@dataclass(frozen=True, slots=True)
class AttentionSink:
    """Where heads leave weight that no word gets.

    Xiao et al. 2024 (https://arxiv.org/abs/2309.17453) name it; Clark et al. 2019 (https://arxiv.org/abs/1906.04341) offer
    "nothing to do" as a hypothesis. A share is an observation, not a reason.

    Attributes:
        token: "[CLS]" or "[SEP]".
        head: the head that gives it most.
        share: of that head's weight, from 0 to 1.
        heads: how many heads give it ``SINK_SHARE`` or more.
    """

    token: str
    head: Head
    share: float
    heads: int


def head_summaries(
    attentions: np.ndarray, tokens: Sequence[str], *, segments: Sequence[int], special: Sequence[bool]
) -> HeadSummaries:
    """Where each head attends and how sharply; :class:`HeadSummaries` defines the numbers.

    Args:
        attentions: (layers, heads, tokens, tokens).
        segments: (tokens,) 0 in the premise, 1 in the hypothesis.
        special: (tokens,) True at [CLS], which comes first, and at both [SEP].
    """
    words = ~np.asarray(special, dtype=bool)
    pieces, segments, positions = np.asarray(tokens), np.asarray(segments), np.arange(len(tokens))
    weights = attentions[..., words, :].astype(np.float64)  # (layers, heads, word queries, keys)
    offsets = np.subtract.outer(positions, positions)  # from a key to its query

    def share(cells: np.ndarray) -> np.ndarray:  # (tokens, tokens): how much a query's weight on a key counts
        return frozen_mean(np.einsum("lhqk,qk->lhq", weights, cells[words].astype(np.float64)))

    entropy = -(weights * np.log(np.where(weights > 0, weights, 1.0))).sum(axis=-1)
    return HeadSummaries(
        entropy=frozen_mean(entropy),
        evenness=frozen_mean(entropy / np.log(len(tokens))),
        distance=share(np.abs(offsets)),
        to_cls=share(np.broadcast_to(positions == 0, offsets.shape)),
        to_sep=share(np.broadcast_to(~words & (positions > 0), offsets.shape)),
        to_itself=share(offsets == 0),
        to_repeats=share(np.equal.outer(pieces, pieces) & (offsets != 0)),
        to_previous=share(offsets == 1),
        to_next=share(offsets == -1),
        to_other_sentence=share(np.not_equal.outer(segments, segments) & words),
    )


def head_role(summaries: HeadSummaries, head: Head) -> str:
    """What one head mostly attends to on this pair, as a short name.

    The first rule that holds gives the name: ``UNIFORM`` from an evenness of ``UNIFORM_EVENNESS`` on; the place of
    ``PLACES`` with the largest share, from ``PLACE_SHARE`` on (of equal shares, the first); ``OTHER_SENTENCE`` above
    ``OTHER_SHARE``; ``OWN_SENTENCE`` above ``OWN_SHARE``; otherwise ``MIXED``.
    """
    if summaries.evenness[head] >= UNIFORM_EVENNESS:
        return UNIFORM
    shares = {name: getattr(summaries, measure)[head] for measure, name in PLACES.items()}
    place = max(shares, key=shares.get)
    if shares[place] >= PLACE_SHARE:
        return place
    if summaries.to_other_sentence[head] > OTHER_SHARE:
        return OTHER_SENTENCE
    if summaries.to_own_sentence[head] > OWN_SHARE:
        return OWN_SENTENCE
    return MIXED


def attention_sink(summaries: HeadSummaries) -> AttentionSink:
    """The special token, [CLS] or [SEP], that one head gives the largest share of its weight to on this pair."""
    shares = {name: getattr(summaries, measure) for measure, name in SPECIAL.items()}
    token = max(shares, key=lambda name: shares[name].max())
    place = np.unravel_index(shares[token].argmax(), shares[token].shape)
    heads = int((shares[token] >= SINK_SHARE).sum())
    return AttentionSink(token, Head(*map(int, place)), float(shares[token][place]), heads)


def frozen_mean(rows: np.ndarray) -> np.ndarray:
    """(..., queries) -> (...): the mean over the last axis, read-only."""
    means = rows.mean(axis=-1)
    means.setflags(write=False)
    return means
