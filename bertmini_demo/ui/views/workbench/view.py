"""Workbench: Batch, Models and Train. It is built when it is first opened, and keeps the visitor's pair and model."""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import batch_answers

NAME = "workbench"
TITLE = "Workbench"
SCRIPT = "views/workbench/client.js"


def template(analysis: Analysis, state: State) -> Markup:  # noqa: ARG001
    """What the page holds of the view before it is opened."""
    return render("views/workbench/template.html")


def build(analysis: Analysis, state: State) -> Reply:  # noqa: ARG001
    """The view's markup, asked for when it is first opened."""
    settings = analysis.model.settings
    return {
        "html": render(
            "views/workbench/sections.html",
            settings=settings,
            explained=batch_answers.explained_choices(settings),
        )
    }


QUESTIONS = (Question(f"{NAME}.build", build, pair=False), *batch_answers.QUESTIONS)
