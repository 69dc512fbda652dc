"""The verdict: the label, a bar for each probability, and what the reader should know about the pair."""

from markupsafe import Markup

from bertmini_demo.data.examples import WRONG, WRONG_REASON, gallery, mark
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import MEANINGS, label_name
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import VERDICT_LANE, Question, Reply
from bertmini_demo.ui.state import State

OUTCOMES = {
    WRONG: "The model disagrees.",
    WRONG_REASON: "The model agrees, but it gives the same answer without the premise.",
    None: "The model agrees.",
}


def verdict(analysis: Analysis, state: State) -> Reply:
    """The probabilities, and the pair's words in order, not yet coloured."""
    trace = analysis.trace(*state.pair)
    prediction = trace.prediction
    return {
        "verdict": {
            "label": prediction.label,
            "probabilities": prediction.probabilities,
            "meaning": MEANINGS[prediction.label],
            "notes": [*expectation(analysis, state), *prediction.notes],
            "words": [{"text": word.text, "sentence": word.sentence} for word in trace.pair.words],
        }
    }


def expectation(analysis: Analysis, state: State) -> list[str]:
    """The label expected of an example pair, how the prediction compares with it, and what to look for; else nothing."""
    example = next((one for one in gallery() if (one.premise, one.hypothesis) == state.pair), None)
    if example is None:
        return []
    predicted = analysis.trace(*state.pair).prediction.label
    (alone,) = analysis.model.predict_batch([state.pair], empty_premise=True)
    outcome = mark(example.label, verdict=predicted, alone=alone.label)
    return [f"Expected: {label_name(example.label)}. {OUTCOMES[outcome]} {example.look_for}"]


def verdict_html(analysis: Analysis, state: State) -> Markup:
    """The same, filled in by the server for the pair that the page opens with."""
    return render("components/verdict_bars.html", **verdict(analysis, state)["verdict"])


QUESTIONS = (Question("verdict", verdict, lane=VERDICT_LANE),)
