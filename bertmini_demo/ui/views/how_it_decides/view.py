"""How it decides: the map is the stage, and a pressed part opens beside it."""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_filters import FILTERS
from bertmini_demo.figures.naming import depth_name
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import (
    head_answers,
    layer_answers,
    map_answer,
    plane_answers,
    word_answers,
)

NAME = "how_it_decides"
TITLE = "How it decides"
SCRIPT = "views/how_it_decides/client.js"
QUESTIONS = (
    *map_answer.QUESTIONS,
    *head_answers.QUESTIONS,
    *layer_answers.QUESTIONS,
    *word_answers.QUESTIONS,
    *plane_answers.QUESTIONS,
)


def template(analysis: Analysis, state: State) -> Markup:
    """The view's markup, the map of the first pair drawn."""
    model = analysis.model
    return render(
        "views/how_it_decides/template.html",
        wide=map_answer.draw(analysis, state, portrait=False, arrives=True),
        tall=map_answer.draw(analysis, state, portrait=True, arrives=True),
        layers=model.layers,
        heads=model.heads,
        depths=[(depth, depth_name(depth)) for depth in range(model.layers, -1, -1)],
        filters=FILTERS,
        role_rule=head_answers.ROLE_RULE,
    )
