"""How verdicts compare with what people say: accuracy, confusion, calibration, the surest mistakes."""

import heapq
from collections.abc import Iterable, Sequence

import numpy as np

from bertmini_demo.results import LABELS, TWO_LABELS, Prediction, fold_label

BINS = 15


def scored_labels(known: Iterable[str]) -> tuple[str, ...]:
    """The labels told apart: three, or two where the model or the data has no others.

    Args:
        known: the labels of both.
    """
    return TWO_LABELS if TWO_LABELS[1] in known else LABELS


class Tally:
    """Verdicts counted one by one, in constant memory; shares and probabilities are from 0 to 1.

    Attributes:
        labels: those told apart, see :func:`scored_labels`; where they are two, neutral and contradiction count as one.
        confusion: (labels, labels) counts; rows are what people say, columns what the model says.
    """

    def __init__(self, labels: Sequence[str], *, most_mistakes: int = 0) -> None:
        self.labels = tuple(labels)
        self.confusion = np.zeros((len(labels), len(labels)), dtype=int)
        self._bins = np.zeros((BINS, 3))  # pairs, and the sums of confidence and of right answers
        self._mistakes: list[tuple[float, int, object]] = []  # a heap, the least sure first
        self._most = most_mistakes

    def add(self, truth: str, prediction: Prediction, what: object = None) -> None:
        """Counts one verdict.

        Args:
            truth: what people say.
            what: kept where it is among the surest mistakes.
        """
        truth, answer = (fold_label(label, self.labels) for label in (truth, prediction.label))
        sure = prediction.probabilities[prediction.label]
        self.confusion[self.labels.index(truth), self.labels.index(answer)] += 1
        self._bins[min(int(sure * BINS), BINS - 1)] += (1, sure, truth == answer)
        if truth != answer and self._most:
            mistake = (sure, -self.pairs, what)  # the earlier one first where two are as sure
            push = heapq.heappush if len(self._mistakes) < self._most else heapq.heappushpop
            push(self._mistakes, mistake)

    @property
    def pairs(self) -> int:
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Of at least one pair."""
        return float(self.confusion.trace() / self.pairs)

    @property
    def mistakes(self) -> list:
        """What was given with the surest mistakes, the surest first."""
        return [what for _, _, what in sorted(self._mistakes, key=lambda one: one[:2], reverse=True)]

    def classification(self) -> dict:
        """Accuracy, precision and recall per label, and confusion[truth][answer] as counts, as plain JSON values."""
        hits = self.confusion.diagonal()
        return {
            "accuracy": round(self.accuracy, 4),
            "precision": shares(hits, self.confusion.sum(axis=0), self.labels),
            "recall": shares(hits, self.confusion.sum(axis=1), self.labels),
            "confusion": {
                truth: dict(zip(self.labels, map(int, row), strict=True))
                for truth, row in zip(self.labels, self.confusion, strict=True)
            },
        }

    def calibration(self) -> dict:
        """Expected calibration error of the top label over equally wide bins (Guo et al. 2017), and the bins.

        It is that of the verdicts given: of two labels out of a model of three it would say too little.
        """
        filled = self._bins[self._bins[:, 0] > 0]
        means = filled[:, 1:] / filled[:, :1]
        errors = np.abs(means[:, 0] - means[:, 1]) * filled[:, 0] / filled[:, 0].sum()
        return {
            "expected_calibration_error": round(float(errors.sum()), 4),
            "bins": [
                {"pairs": int(pairs), "confidence": round(float(sure), 4), "accuracy": round(float(right), 4)}
                for pairs, (sure, right) in zip(filled[:, 0], means, strict=True)
            ],
        }


def shares(hits: np.ndarray, totals: np.ndarray, labels: Sequence[str]) -> dict[str, float | None]:
    """Hits as a share of each label's total; None where there is none of it."""
    return {
        label: round(float(hit / total), 4) if total else None
        for label, hit, total in zip(labels, hits, totals, strict=True)
    }
