"""How far ways of scoring words agree: one score a word by each of them, and rank correlations between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.results import Attribution, Trace

ATTENTION, ROLLOUT = (
    "attention",
    "rollout",
)  # what can be read from one trace, beside the methods of attribution


@dataclass(frozen=True, slots=True, eq=False)
class WordScores:
    """One score a word, in the order of the pair's words.

    Attributes:
        method: a method of attribution, or "attention" or "rollout".
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
        """(words,) indices, the word that counts most first: by score if signed, else by size; ties as they are read."""
        return np.argsort(-(self.scores if self.signed else np.abs(self.scores)), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Kendall's tau-b between ways of scoring; NaN where a way gives all words the same score.

    Attributes:
        methods: all of them, as in the rows and columns of ``sizes``.
        sizes: (methods, methods) over absolute scores.
        signed_methods: those whose scores have a direction, as in the rows and columns of ``signed``.
        signed: (signed methods, signed methods) over the scores with their signs.
    """

    methods: tuple[str, ...]
    sizes: np.ndarray
    signed_methods: tuple[str, ...]
    signed: np.ndarray


def attributed_words(attribution: Attribution) -> WordScores:
    """The scores of an attribution, each word's pieces added up."""
    return WordScores(
        attribution.method, _frozen(attribution.word_scores), attribution.signed, attribution.seconds
    )


def attended_words(trace: Trace) -> tuple[WordScores, WordScores]:
    """What [CLS] looks at: in the last layer, as the mean of its heads, and through all layers by rollout.

    Neither asks for a label: both say where the position read by the classifier takes from, not what for.
    """
    rows = {
        ATTENTION: trace.attentions[-1].mean(axis=0, dtype=np.float64)[0],
        ROLLOUT: rollout(trace.attentions)[-1, 0],
    }
    return tuple(
        WordScores(
            name,
            _frozen(np.array([row[list(word.positions)].sum() for word in trace.pair.words])),
            signed=False,
            seconds=trace.prediction.seconds,
        )
        for name, row in rows.items()
    )


def agreement(found: Sequence[WordScores]) -> Agreement:
    """How far each two ways of scoring put the words in the same order."""
    signed = [words for words in found if words.signed]
    return Agreement(
        methods=tuple(words.method for words in found),
        sizes=_between([np.abs(words.scores) for words in found]),
        signed_methods=tuple(words.method for words in signed),
        signed=_between([words.scores for words in signed]),
    )


def kendall(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-b: of all pairs of words, how many two rankings put in the same order, less those they do not.

    From -1 (reversed) over 0 (unrelated) to 1 (the same order). Ties count for neither side (Kendall 1945,
    https://doi.org/10.1093/biomet/33.3.239).

    Args:
        one, other: (words,).

    Returns:
        NaN where one of the two has nothing but ties.
    """
    signs, others = (np.sign(np.subtract.outer(values, values)) for values in (one, other))
    untied = np.count_nonzero(signs) * np.count_nonzero(others)
    return float((signs * others).sum() / np.sqrt(untied)) if untied else np.nan


def chance_spread(words: int) -> float:
    """The standard deviation of Kendall's tau between two unrelated orders of so many words, at least two.

    Kendall 1938, https://doi.org/10.1093/biomet/30.1-2.81
    """
    return float(np.sqrt(2 * (2 * words + 5) / (9 * words * (words - 1))))


def _between(scores: Sequence[np.ndarray]) -> np.ndarray:
    return _frozen(np.array([[kendall(one, other) for other in scores] for one in scores]))


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
