"""How predictions compare with labels: accuracy, confusion, calibration, the most confident mistakes."""

import heapq
import math
from collections.abc import Sequence

import numpy as np

from bertmini_demo.results import Prediction, fold_label

BINS = 15
Z95 = 1.959964  # standard normal quantile of a two-sided 95 % interval
MIN_CALIBRATION_PAIRS = 100  # below it a bin holds a handful of pairs, and its accuracy says nothing


def wilson_interval(hits: float, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, from 0 to 1 (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953).

    Args:
        hits: how many of ``total`` independent trials succeeded; ``total`` is at least 1.
    """
    share = hits / total
    centre = share + Z95**2 / (2 * total)
    spread = Z95 * math.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    scale = 1 + Z95**2 / total
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


class Tally:
    """Counts predictions one by one, in constant memory; shares and probabilities are from 0 to 1.

    Attributes:
        labels: those that are distinguished, see :func:`label_words.scored_labels`; of two, neutral and contradiction
            count as one.
        confusion: (labels, labels) counts; rows are labels given, columns labels predicted.
    """

    def __init__(self, labels: Sequence[str], *, max_mistakes: int = 0) -> None:
        self.labels = tuple(labels)
        self.confusion = np.zeros((len(labels), len(labels)), dtype=int)
        self._bins = np.zeros((BINS, 3))  # pairs, and the sums of confidence and of right predictions
        self._mistakes: list[tuple[float, int, object]] = []  # a heap, the least confident first
        self._max_mistakes = max_mistakes

    def add(self, truth: str, prediction: Prediction, item: object = None) -> None:
        """Counts one prediction.

        Args:
            truth: the label given.
            item: kept where it is among the most confident mistakes.
        """
        truth, answer = fold_label(truth, self.labels), fold_label(prediction.label, self.labels)
        confidence = prediction.probabilities[prediction.label]
        self.confusion[self.labels.index(truth), self.labels.index(answer)] += 1
        self._bins[min(int(confidence * BINS), BINS - 1)] += (1, confidence, truth == answer)
        if truth != answer and self._max_mistakes:
            mistake = (confidence, -self.pairs, item)  # of two equally confident ones the earlier
            push = heapq.heappush if len(self._mistakes) < self._max_mistakes else heapq.heappushpop
            push(self._mistakes, mistake)

    @property
    def pairs(self) -> int:
        """How many were counted."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Of at least one pair."""
        return float(self.confusion.trace() / self.pairs)

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy."""
        return wilson_interval(self.confusion.trace(), self.pairs)

    @property
    def mistakes(self) -> list:
        """The items of the most confident mistakes, the most confident first."""
        return [item for _, _, item in sorted(self._mistakes, key=lambda one: one[:2], reverse=True)]

    def classification(self) -> dict:
        """Accuracy with its interval, precision and recall by label, and confusion[label][prediction] as counts, as plain
        JSON values."""
        hits = self.confusion.diagonal()
        return {
            "accuracy": round(self.accuracy, 4),
            "accuracy_interval": rounded_interval(self.accuracy_interval),
            "precision": shares(hits, self.confusion.sum(axis=0), self.labels),
            "recall": shares(hits, self.confusion.sum(axis=1), self.labels),
            "confusion": {
                truth: dict(zip(self.labels, map(int, row), strict=True))
                for truth, row in zip(self.labels, self.confusion, strict=True)
            },
        }

    def calibration(self) -> dict | None:
        """Expected calibration error of the predicted label over equally wide bins (Guo et al. 2017,
        https://arxiv.org/abs/1706.04599), and the bins with the 95 % interval of each accuracy.

        None of fewer than MIN_CALIBRATION_PAIRS. Where two labels are scored out of a model's three it means nothing.
        """
        if self.pairs < MIN_CALIBRATION_PAIRS:
            return None
        filled = self._bins[self._bins[:, 0] > 0]
        means = filled[:, 1:] / filled[:, :1]
        errors = np.abs(means[:, 0] - means[:, 1]) * filled[:, 0] / filled[:, 0].sum()
        return {
            "expected_calibration_error": round(float(errors.sum()), 4),
            "bins": [
                {
                    "pairs": int(pairs),
                    "confidence": round(float(confidence), 4),
                    "accuracy": round(float(accuracy), 4),
                    "interval": rounded_interval(wilson_interval(accuracy * pairs, int(pairs))),
                }
                for pairs, (confidence, accuracy) in zip(filled[:, 0], means, strict=True)
            ],
        }


def rounded_interval(interval: tuple[float, float]) -> list[float]:
    """Both ends with four decimals, as plain JSON values."""
    return [round(float(end), 4) for end in interval]


def shares(hits: np.ndarray, totals: np.ndarray, labels: Sequence[str]) -> dict[str, float | None]:
    """Hits as a share of each label's total; None where there is none of it."""
    return {
        label: round(float(hit / total), 4) if total else None
        for label, hit, total in zip(labels, hits, totals, strict=True)
    }
