"""Workbench: Batch, Models and Train. It is built when it is first opened, and keeps the visitor's pair and model."""

from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import data_name
from bertmini_demo.model.files import read_metrics
from bertmini_demo.training.on_page.user_pairs import MIN_PAIRS
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import batch_answers, compare_answers, model_answers, train_answers

NAME = "workbench"
TITLE = "Workbench"
SCRIPT = "views/workbench/client.js"


def template(analysis: Analysis, state: State) -> Markup:  # noqa: ARG001
    """What the page holds of the view before it is opened."""
    return render("views/workbench/template.html")


def build(analysis: Analysis, state: State) -> Reply:  # noqa: ARG001
    """The view's markup, asked for when it is first opened."""
    model, settings = analysis.model, analysis.model.settings
    measured = read_metrics(model.folder).get("data", {})
    return {
        "html": render(
            "views/workbench/sections.html",
            settings=settings,
            model=model,
            measured=[(name, data_name(name)) for name in measured],
            runs=len(model_answers.runs_of(model)),
            example=train_answers.example_text(),
            minimum=MIN_PAIRS,
            steps=min(train_answers.STEPS, settings.train_steps),
            rates=train_answers.RATES,
            learns=train_answers.LEARNS,
            explained=batch_answers.explained_choices(settings),
        )
    }


QUESTIONS = (
    Question(f"{NAME}.build", build, pair=False),
    *batch_answers.QUESTIONS,
    *model_answers.QUESTIONS,
    *compare_answers.QUESTIONS,
    *train_answers.QUESTIONS,
)
