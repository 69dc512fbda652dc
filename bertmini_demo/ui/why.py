"""The tab Why?: which words moved the verdict, by which method, and how far the scores add up."""

from dataclasses import dataclass

import gradio as gr

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.attribution import BASELINES, METHODS, OUTPUTS
from bertmini_demo.figures.attribution import word_bars
from bertmini_demo.results import Attribution
from bertmini_demo.ui.tabs import Panel, Tab, View

VERDICT = "verdict"  # explain whatever label the model chose
QUESTION = ("method", "target", "output", "baseline")


@dataclass(frozen=True, slots=True)
class Question:
    """The controls that say what is explained. They colour the sentences above the tabs, too."""

    method: gr.Dropdown
    target: gr.Radio
    output: gr.Radio
    baseline: gr.Radio


def build_why(labels: tuple[str, ...]) -> tuple[Tab, Question]:
    with gr.Tab("Why?", id="why") as item:
        with gr.Row(elem_classes="controls"):
            question = build_question(labels)
        outputs = (
            gr.HTML(elem_id="strip"),
            gr.Plot(show_label=False, elem_id="bars", elem_classes="figure"),
            gr.HTML(elem_id="why-says"),
        )
    return Tab("why", item, panels=(Panel(outputs, show_why, reads=QUESTION),)), question


def build_question(labels: tuple[str, ...]) -> Question:
    return Question(
        method=gr.Dropdown(
            [(name.replace("_", " ").capitalize(), name) for name in METHODS],
            value=METHODS[0],
            label="Method",
            elem_id="method",
        ),
        target=gr.Radio(
            [("The verdict", VERDICT), *((rendering.label_name(label), label) for label in labels)],
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


def show_why(analysis: Analysis, view: View) -> list:
    """Strip, bars, and the sense in a sentence with the numbers as a table."""
    attribution = current_attribution(analysis, view)
    pair = attribution.pair
    words = [word.text for word in pair.words]
    sentences = [word.sentence for word in pair.words]
    scores = attribution.word_scores
    figure = word_bars(
        words,
        scores,
        signed=attribution.signed,
        sentences=sentences,
        target=rendering.label_name(attribution.target),
    )
    numbers = rendering.table(
        ("Sentence", "Word", "Score"),
        (
            (sentence, word, f"{score:.4f}")
            for sentence, word, score in zip(sentences, words, scores, strict=True)
        ),
        caption="The scores as a table",
    )
    return [rendering.strip(attribution), figure, rendering.strongest(attribution) + numbers]
