"""What the model returns: frozen dataclasses of plain values and read-only numpy arrays.

Layers, heads and positions count from 0. In attention, rows are queries (the position that attends) and columns are keys
(the position attended to).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

PREMISE, HYPOTHESIS = "premise", "hypothesis"
LABELS = ("entailment", "neutral", "contradiction")
TWO_LABELS = ("entailment", "not_entailment")


def fold_label(label: str, labels: Collection[str]) -> str:
    """The label in a set of labels: where the set has two, neutral and contradiction both become not_entailment."""
    return label if label in labels else TWO_LABELS[1]


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, made read-only."""
    array.setflags(write=False)
    return array


class Head(NamedTuple):
    """One attention head, counted from 0; it indexes arrays whose first axes are (layers, heads).

    Its text form is "layer-head", such as "1-0".
    """

    layer: int
    head: int

    def __str__(self) -> str:
        return f"{self.layer}-{self.head}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """The head that a text such as "1-0" names.

        Raises:
            ValueError: any other text.
        """
        layer, separator, head = text.partition("-")
        if not (separator and layer.isdecimal() and head.isdecimal()):
            raise ValueError(
                f"{text!r} names no head. Write the layer and the head, counted from 0, as in 1-0."
            )
        return cls(int(layer), int(head))


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word, number or punctuation mark as typed. "can't", "well-known" and "$1,234" are one word each.

    Attributes:
        text: as typed; of a word that the limit cuts through, the part that is read.
        sentence: "premise" or "hypothesis".
        positions: of its word pieces.
        start: where it begins in its sentence, in characters.
    """

    text: str
    sentence: str
    positions: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPair:
    """A sentence pair as the model reads it: [CLS] premise [SEP] hypothesis [SEP].

    Attributes:
        tokens: word pieces, special tokens included; a piece inside a word begins with "##".
        input_ids: (tokens,) int64, rows of the embedding table.
        segments: (tokens,) int64, 0 for [CLS] premise [SEP], 1 for hypothesis [SEP].
        words: the words of both sentences in order; special tokens belong to none.
        notes: plain sentences: what was cut, unknown, dropped, or read as a special token.
        cut: whether the limit left word pieces out.
    """

    premise: str
    hypothesis: str
    tokens: tuple[str, ...]
    input_ids: np.ndarray
    segments: np.ndarray
    words: tuple[Word, ...]
    notes: tuple[str, ...]
    cut: bool = False

    @property
    def special(self) -> tuple[bool, ...]:
        """True at [CLS] and the two [SEP]."""
        inside = {position for word in self.words for position in word.positions}
        return tuple(position not in inside for position in range(len(self.tokens)))


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The verdict on one pair.

    Attributes:
        label: the most probable label.
        probabilities: label to probability, in a fixed order; they sum to 1.
        logits: label to logit, the classifier's output before the softmax.
        tokens: the word pieces the model read.
        notes: plain sentences: the pair's, the model's where it fails its self-test, and a low margin.
        seconds: time of tokenisation and forward pass; in a batch, the mean.
    """

    label: str
    probabilities: dict[str, float]
    logits: dict[str, float]
    tokens: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Everything one forward pass computed for one pair.

    Attributes:
        attentions: (layers, heads, query tokens, key tokens) probabilities; each row sums to 1.
        hidden_states: (layers + 1, tokens, hidden); index 0 is the embeddings' sum, normalised.
    """

    pair: EncodedPair
    prediction: Prediction
    attentions: np.ndarray
    hidden_states: np.ndarray

    @property
    def tokens(self) -> tuple[str, ...]:
        """Word pieces, [CLS] and [SEP] included."""
        return self.pair.tokens


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """How much each word piece moved one output for one pair, by one method.

    Attributes:
        scores: (tokens,) in logits for signed methods (positive supports the target); the norm of a
            gradient, never negative, for unsigned ones.
        signed: whether the scores have a direction.
        target: the label explained.
        output: "logit" (of the target) or "margin" (its logit minus the highest other one).
        baseline: what replaces an absent word: "pad", "mask" or "zero"; None where the method has no baseline.
        baseline_probabilities: label to probability with every word absent; None where the method has no baseline.
        steps: points of the path, samples, orders of the words, or subsets; None where the method has no steps.
        inputs: how many inputs the network ran on for the scores, the pair and the baseline included.
        gradients: at how many of them the gradient was taken.
        standard_errors: (words,) of ``word_scores``, in logits, for methods that sample: 0 if all subsets were taken;
            None where the method does not sample.
        completeness_gap: |sum(scores) - dF| / max(|dF|, 0.1 logit), where dF = F(x) - F(baseline);
            None where the method promises no completeness.
        seconds: time it took.
    """

    pair: EncodedPair
    method: str
    target: str
    output: str
    baseline: str | None
    baseline_probabilities: dict[str, float] | None
    scores: np.ndarray
    signed: bool
    steps: int | None
    inputs: int
    gradients: int
    standard_errors: np.ndarray | None
    completeness_gap: float | None
    seconds: float

    @property
    def tokens(self) -> tuple[str, ...]:
        """Word pieces, [CLS] and [SEP] included."""
        return self.pair.tokens

    @property
    def baseline_label(self) -> str | None:
        """The label that the model predicts with every word absent; None where the method has no baseline."""
        shares = self.baseline_probabilities
        return max(shares, key=shares.get) if shares else None

    @property
    def word_scores(self) -> np.ndarray:
        """(words,) scores of each word's pieces added up, in the order of ``pair.words``."""
        return np.array([self.scores[list(word.positions)].sum() for word in self.pair.words])
