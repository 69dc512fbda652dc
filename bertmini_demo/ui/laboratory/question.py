"""What is explained: the controls that say so, and the attribution they ask for."""

from dataclasses import dataclass

import gradio as gr

from bertmini_demo.attribution import METHODS
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.figures import rendering
from bertmini_demo.results import Attribution
from bertmini_demo.ui.laboratory.navigation import VERDICT
from bertmini_demo.ui.laboratory.tabs import View

QUESTION = ("method", "target", "output", "baseline")


@dataclass(frozen=True, slots=True)
class Question:
    """The controls that say what is explained. They colour the sentences above the tabs, too."""

    method: gr.Dropdown
    target: gr.Radio
    output: gr.Radio
    baseline: gr.Radio


def build_question(labels: tuple[str, ...]) -> Question:
    return Question(
        method=gr.Dropdown(
            [(rendering.method_name(name, title=True), name) for name in METHODS],
            value=METHODS[0],
            label="Method",
            min_width=240,
            elem_id="method",
        ),
        target=gr.Radio(
            target_choices(labels),
            value=VERDICT,
            label="Explain",
            elem_id="target",
        ),
        output=gr.Radio(
            [("Logit", OUTPUTS[0]), ("Margin over the next label", OUTPUTS[1])],
            value=OUTPUTS[0],
            label="Output",
            elem_id="output",
        ),
        baseline=gr.Radio(
            [(name.capitalize(), name) for name in BASELINES],
            value=BASELINES[0],
            label="An absent word is",
            elem_id="baseline",
        ),
    )


def target_choices(labels: tuple[str, ...]) -> list[tuple[str, str]]:
    """What can be explained: the verdict, whatever it is, or one of the labels."""
    return [("The verdict", VERDICT), *((rendering.label_name(label), label) for label in labels)]


def fit_target(analysis: Analysis) -> dict:
    """The labels of another model, its verdict chosen."""
    return gr.update(choices=target_choices(analysis.model.labels), value=VERDICT)


def current_target(analysis: Analysis, view: View) -> str:
    """The label to explain: the chosen one, or the model's verdict."""
    if view.target != VERDICT:
        return view.target
    return analysis.trace(view.premise, view.hypothesis).prediction.label


def current_attribution(analysis: Analysis, view: View) -> Attribution:
    """The attribution that the controls ask for, computed once per pair and choice."""
    return analysis.attribution(
        view.premise,
        view.hypothesis,
        method=view.method,
        target=current_target(analysis, view),
        output=view.output,
        baseline=view.baseline,
    )
