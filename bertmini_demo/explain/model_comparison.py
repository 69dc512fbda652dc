"""Two models on the same pairs: how often they agree, and where they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bertmini_demo.inference import NLIModel
from bertmini_demo.results import TWO_LABELS, Prediction, fold_label


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What two models say of one pair."""

    premise: str
    hypothesis: str
    first: Prediction
    second: Prediction

    @property
    def answers(self) -> tuple[str, str]:
        """Both labels, in words that both models have: see :func:`bertmini_demo.results.fold_label`."""
        few = min(len(self.first.probabilities), len(self.second.probabilities)) == len(TWO_LABELS)
        labels = self.first.label, self.second.label
        return tuple(fold_label(label, TWO_LABELS) for label in labels) if few else labels

    @property
    def same(self) -> bool:
        return self.answers[0] == self.answers[1]

    @property
    def sureness(self) -> float:
        """The lower of the two probabilities of the labels given, from 0 to 1."""
        return min(side.probabilities[side.label] for side in (self.first, self.second))


def ask_both(
    first: NLIModel, second: NLIModel, pairs: Sequence[tuple[str, str]], *, limit: int | None = None
) -> Iterator[list[Opinion]]:
    """What both say, one batch of pairs after another, so that progress can be shown in between.

    Raises:
        InputError: a pair that one of them cannot read.
    """
    size = first.settings.batch_pairs
    for start in range(0, len(pairs), size):
        batch = pairs[start : start + size]
        answers = (model.predict_batch(batch, limit=limit) for model in (first, second))
        yield [Opinion(*pair, *both) for pair, *both in zip(batch, *answers, strict=True)]


def agreement(opinions: Sequence[Opinion]) -> float:
    """The share of pairs on which both say the same, from 0 to 1."""
    return sum(opinion.same for opinion in opinions) / len(opinions)


def agreement_by_chance(opinions: Sequence[Opinion]) -> float:
    """How often they would agree if each gave its labels as often as it does, but to pairs at random (Cohen 1960)."""
    first, second = (Counter(opinion.answers[side] for opinion in opinions) for side in (0, 1))
    return sum(first[label] * second[label] for label in first) / len(opinions) ** 2


def crossed(opinions: Sequence[Opinion]) -> Counter[tuple[str, str]]:
    """How many pairs got which label from the first and which from the second."""
    return Counter(opinion.answers for opinion in opinions)


def surest_differences(opinions: Sequence[Opinion], *, most: int) -> list[Opinion]:
    """Pairs on which they differ, those first of which both are surest."""
    return sorted((one for one in opinions if not one.same), key=lambda one: -one.sureness)[:most]
