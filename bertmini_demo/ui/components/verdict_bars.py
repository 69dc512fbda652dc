"""The verdict: the label, a bar for each probability, and what the reader should know about the pair."""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import MEANINGS
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import VERDICT_LANE, Question, Reply
from bertmini_demo.ui.state import State


def verdict(analysis: Analysis, state: State) -> Reply:
    """The probabilities, and the pair's words in order, not yet coloured."""
    trace = analysis.trace(*state.pair)
    prediction = trace.prediction
    return {
        "verdict": {
            "label": prediction.label,
            "probabilities": prediction.probabilities,
            "meaning": MEANINGS[prediction.label],
            "notes": list(prediction.notes),
            "words": [{"text": word.text, "sentence": word.sentence} for word in trace.pair.words],
        }
    }


def verdict_html(analysis: Analysis, state: State) -> Markup:
    """The same, filled in by the server for the pair that the page opens with."""
    return render("components/verdict_bars.html", **verdict(analysis, state)["verdict"])


QUESTIONS = (Question("verdict", verdict, lane=VERDICT_LANE),)
