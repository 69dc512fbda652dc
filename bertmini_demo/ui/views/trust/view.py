"""Can you trust it? Traps, pairs that fool the model, accuracy and confidence, and what words alone give away."""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.hans.probe import PAIRS, heuristics, subcases
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import (
    fooling_answer,
    giveaway_answer,
    learning_answer,
    measured_answers,
    probing_answer,
    text,
    trap_answers,
    trap_builder,
)

NAME = "trust"
TITLE = "Can you trust it?"
SCRIPT = "views/trust/client.js"
QUESTIONS = (
    *trap_answers.QUESTIONS,
    *trap_builder.QUESTIONS,
    *fooling_answer.QUESTIONS,
    *measured_answers.QUESTIONS,
    *giveaway_answer.QUESTIONS,
    *probing_answer.QUESTIONS,
    *learning_answer.QUESTIONS,
)


def template(analysis: Analysis, state: State) -> Markup:  # noqa: ARG001
    """The view's markup; the choices of data sets are those that the operator's model was measured on."""
    return render(
        "views/trust/template.html",
        heuristics=heuristics(),
        pairs=PAIRS * len(subcases()),
        draws=trap_answers.DRAWS,
        measured=measured_answers.measured_sets(analysis.model.folder),
        tasks=list(probing_answer.TASKS),
        moments=learning_answer.recorded_moments(analysis),
        learned=text.LEARNED,
    )
