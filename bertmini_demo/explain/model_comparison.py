"""Two models on the same pairs: how often they agree, and where they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bertmini_demo.inference import NLIModel
from bertmini_demo.results import TWO_LABELS, Prediction, fold_label


@dataclass(frozen=True, slots=True, eq=False)
class ComparedPair:
    """The predictions of two models for one pair."""

    premise: str
    hypothesis: str
    first: Prediction
    second: Prediction

    @property
    def labels(self) -> tuple[str, str]:
        """Both labels, folded to those that both models have: see :func:`bertmini_demo.results.fold_label`."""
        few = min(len(self.first.probabilities), len(self.second.probabilities)) == len(TWO_LABELS)
        labels = self.first.label, self.second.label
        return tuple(fold_label(label, TWO_LABELS) for label in labels) if few else labels

    @property
    def agree(self) -> bool:
        """Whether both models predict the same label."""
        return self.labels[0] == self.labels[1]

    @property
    def confidence(self) -> float:
        """The lower of the two predicted labels' probabilities, from 0 to 1."""
        return min(side.probabilities[side.label] for side in (self.first, self.second))


def compare_predictions(
    first: NLIModel, second: NLIModel, pairs: Sequence[tuple[str, str]], *, limit: int | None = None
) -> Iterator[list[ComparedPair]]:
    """Both models' predictions, one batch of pairs after another, so that progress can be shown in between.

    Raises:
        InputError: a pair that one of them cannot read.
    """
    size = first.settings.batch_pairs
    for start in range(0, len(pairs), size):
        batch = pairs[start : start + size]
        predictions = (model.predict_batch(batch, limit=limit) for model in (first, second))
        yield [ComparedPair(*pair, *both) for pair, *both in zip(batch, *predictions, strict=True)]


def agreement(pairs: Sequence[ComparedPair]) -> float:
    """The share of pairs on which both predict the same label, from 0 to 1."""
    return sum(pair.agree for pair in pairs) / len(pairs)


def chance_agreement(pairs: Sequence[ComparedPair]) -> float:
    """The share of pairs, from 0 to 1, on which two models with these label frequencies would agree by chance.

    Paper: Cohen 1960, "A coefficient of agreement for nominal scales", https://doi.org/10.1177/001316446002000104
    """
    first, second = (Counter(pair.labels[side] for pair in pairs) for side in (0, 1))
    return sum(first[label] * second[label] for label in first) / len(pairs) ** 2


def label_counts(pairs: Sequence[ComparedPair]) -> Counter[tuple[str, str]]:
    """(label by the first model, label by the second) to the number of such pairs."""
    return Counter(pair.labels for pair in pairs)


def confident_disagreements(pairs: Sequence[ComparedPair], *, limit: int) -> list[ComparedPair]:
    """At most ``limit`` pairs on which the models differ, those of highest confidence first."""
    return sorted((pair for pair in pairs if not pair.agree), key=lambda pair: -pair.confidence)[:limit]
