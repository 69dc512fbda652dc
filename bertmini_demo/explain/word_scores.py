"""One score a word by each method, so that methods can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.explain.rank_correlation import kendall
from bertmini_demo.results import Attribution, Trace, frozen

ATTENTION, ROLLOUT = "attention", "rollout"  # read from one trace, beside the methods of attribution


@dataclass(frozen=True, slots=True, eq=False)
class WordScores:
    """One score a word, in the order of the pair's words.

    Attributes:
        method: a method of attribution, "attention" or "rollout".
        scores: (words,) in logits for signed methods, positive supports the target; never negative for unsigned
            ones: the norm of a gradient, or a share of attention from 0 to 1.
        signed: whether the scores have a direction.
        seconds: time it took.
    """

    method: str
    scores: np.ndarray
    signed: bool
    seconds: float

    @property
    def order(self) -> np.ndarray:
        """(words,) indices by falling score if signed, else by falling size; ties in reading order."""
        return np.argsort(-(self.scores if self.signed else np.abs(self.scores)), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class MethodAgreement:
    """Kendall's tau-b between methods; NaN if one of them gives all words the same score.

    Attributes:
        methods: the rows and columns of ``sizes``.
        sizes: (methods, methods) over absolute scores.
        signed_methods: those whose scores have a direction: the rows and columns of ``signed``.
        signed: (signed methods, signed methods) over the scores with their signs.
    """

    methods: tuple[str, ...]
    sizes: np.ndarray
    signed_methods: tuple[str, ...]
    signed: np.ndarray


def attribution_scores(attribution: Attribution) -> WordScores:
    """The word scores of an attribution: the sum over each word's pieces."""
    return WordScores(
        attribution.method, frozen(attribution.word_scores), attribution.signed, attribution.seconds
    )


def attention_scores(trace: Trace) -> tuple[WordScores, WordScores]:
    """What [CLS] attends to: in the last layer, as the mean of its heads, and through all layers by rollout.

    Neither depends on a label: both say what the state that the classifier reads is made of, not which label that supports.
    """
    rows = {
        ATTENTION: trace.attentions[-1].mean(axis=0, dtype=np.float64)[0],
        ROLLOUT: rollout(trace.attentions)[-1, 0],
    }
    return tuple(
        WordScores(
            name,
            frozen(np.array([row[list(word.positions)].sum() for word in trace.pair.words])),
            signed=False,
            seconds=trace.prediction.seconds,
        )
        for name, row in rows.items()
    )


def method_agreement(methods: Sequence[WordScores]) -> MethodAgreement:
    """Kendall's tau-b between the word scores of each two methods."""
    signed = [words for words in methods if words.signed]
    return MethodAgreement(
        methods=tuple(words.method for words in methods),
        sizes=_correlations([np.abs(words.scores) for words in methods]),
        signed_methods=tuple(words.method for words in signed),
        signed=_correlations([words.scores for words in signed]),
    )


def _correlations(scores: Sequence[np.ndarray]) -> np.ndarray:
    return frozen(np.array([[kendall(one, other) for other in scores] for one in scores]))
