"""Can you fool it? Example pairs that the model misjudges, and those it gets right without the premise."""

from collections.abc import Callable
from dataclasses import dataclass

from bertmini_demo.data.examples import WRONG, WRONG_REASON, Example, gallery, mark
from bertmini_demo.data.word_labels import words_of
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import Prediction
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

HEADINGS = ("Pair", "Expected", "It predicts", "Confidence", "Without the premise")
CHALLENGES = "challenges"  # under which the results about the model are kept


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """An example pair and what the model predicts.

    Attributes:
        alone: for the hypothesis without the premise.
        outcome: WRONG, WRONG_REASON, or None where it is right.
    """

    example: Example
    prediction: Prediction
    alone: Prediction
    outcome: str | None

    @property
    def confidence(self) -> float:
        """The probability of the predicted label."""
        return self.prediction.probabilities[self.prediction.label]


def fooled(analysis: Analysis, state: State) -> Reply:
    """Three challenges, each with the example pair that meets it best, and all pairs that fool the model."""
    judged = analysis.of_model.get((CHALLENGES,))
    if judged is None:
        judged = predict_examples(analysis)
        analysis.of_model.put((CHALLENGES,), judged)
    missed = sorted((one for one in judged if one.outcome), key=lambda one: (one.outcome, -one.confidence))
    open_one = next((one for one in judged if pair_of(one) == state.pair), None)
    return card(
        title=text.fooled_title(judged),
        says=text.fooled_says(judged, open_one),
        html=render(
            "views/trust/challenges.html",
            challenges=[(task, best(judged, meets)) for task, meets in TASKS.items()],
            missed=missed,
        ),
        table=(HEADINGS, [row_of(one) for one in judged]),
    )


def predict_examples(analysis: Analysis) -> tuple[Judged, ...]:
    """The example pairs, each with its prediction and that of its hypothesis alone."""
    pairs = [(example.premise, example.hypothesis) for example in gallery()]
    predictions = analysis.model.predict_batch(pairs)
    alone = analysis.model.predict_batch(pairs, empty_premise=True)
    return tuple(
        Judged(example, one, other, mark(example.label, verdict=one.label, alone=other.label))
        for example, one, other in zip(gallery(), predictions, alone, strict=True)
    )


def best(judged: tuple[Judged, ...], meets: Callable[[Judged], bool]) -> Judged | None:
    """The pair that meets a challenge with the highest confidence; None where none does."""
    return max(filter(meets, judged), key=lambda one: one.confidence, default=None)


def only_shared_words(one: Judged) -> bool:
    """Entailment is predicted and wrong, and every word of the hypothesis occurs in the premise."""
    shared = set(words_of(one.example.hypothesis)) <= set(words_of(one.example.premise))
    return one.outcome == WRONG and one.prediction.label == "entailment" and shared


def ignores_premise(one: Judged) -> bool:
    """A verdict, other than neutral, that is the same without the premise."""
    return one.outcome == WRONG_REASON or (
        one.outcome == WRONG and one.alone.label == one.prediction.label == "contradiction"
    )


def misses_entailment(one: Judged) -> bool:
    """The hypothesis follows, and something else is predicted."""
    return one.outcome == WRONG and one.example.label == "entailment"


TASKS: dict[str, Callable[[Judged], bool]] = {
    "Use only words of the premise, and get a wrong “entailment”": only_shared_words,
    "Find a hypothesis that gets the same verdict without its premise": ignores_premise,
    "Write a hypothesis that clearly follows, and get another verdict": misses_entailment,
}


def pair_of(one: Judged) -> tuple[str, str]:
    """Premise and hypothesis."""
    return one.example.premise, one.example.hypothesis


def row_of(one: Judged) -> tuple[str, ...]:
    """A row of the table: name, expected and predicted label, confidence, the prediction for the hypothesis alone."""
    return (
        one.example.name,
        label_name(one.example.label),
        label_name(one.prediction.label),
        percent(one.confidence),
        label_name(one.alone.label),
    )


QUESTIONS = (Question("trust.fooled", fooled),)
