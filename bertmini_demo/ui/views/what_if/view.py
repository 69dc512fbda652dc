"""What if: heads switched off, two pairs compared from the inside, variants made by rule.

The switches are first: they need a few forward passes of this pair, while the other pair has to be searched for.
"""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import beside_answers, head_switches, patching_answers, variant_answers

NAME = "what_if"
TITLE = "What if?"
SCRIPT = "views/what_if/client.js"
QUESTIONS = (
    *patching_answers.QUESTIONS,
    *head_switches.QUESTIONS,
    *variant_answers.QUESTIONS,
    *beside_answers.QUESTIONS,
)


def template(analysis: Analysis, state: State) -> Markup:  # noqa: ARG001
    """The view's markup; its cards ask for what they show."""
    return render("views/what_if/template.html")
