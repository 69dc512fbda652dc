"""The tab Why?: which words moved the verdict, by which method, and how far the scores add up."""

from dataclasses import dataclass

import gradio as gr

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.attribution import BASELINES, METHODS, OUTPUTS
from bertmini_demo.figures.attribution import word_bars
from bertmini_demo.results import Attribution, Trace

VERDICT = "verdict"  # explain whatever label the model chose


@dataclass(frozen=True, slots=True)
class WhyTab:
    """The tab's controls, which also colour the sentences above, and its outputs."""

    item: gr.Tab
    controls: list[gr.components.Component]  # method, target, output, baseline
    outputs: list[gr.components.Component]


def build_why(labels: tuple[str, ...]) -> WhyTab:
    with gr.Tab("Why?", id="why") as item:
        with gr.Row(elem_classes="controls"):
            method = gr.Dropdown(
                [(name.replace("_", " ").capitalize(), name) for name in METHODS],
                value=METHODS[0],
                label="Method",
                elem_id="method",
            )
            target = gr.Radio(
                [("The verdict", VERDICT), *((rendering.label_name(label), label) for label in labels)],
                value=VERDICT,
                label="Explain",
                elem_id="target",
            )
            output = gr.Radio(
                [("Logit", OUTPUTS[0]), ("Margin over the next label", OUTPUTS[1])],
                value=OUTPUTS[0],
                label="Output",
                elem_id="output",
            )
            baseline = gr.Radio(
                [(name.capitalize(), name) for name in BASELINES],
                value=BASELINES[0],
                label="An absent word is",
                elem_id="baseline",
            )
        outputs = [
            gr.HTML(elem_id="strip"),
            gr.Plot(show_label=False, elem_id="bars", elem_classes="figure"),
            gr.HTML(elem_id="why-says"),
        ]
    return WhyTab(item, [method, target, output, baseline], outputs)


def current_attribution(
    analysis: Analysis, trace: Trace, method: str, target: str, output: str, baseline: str
) -> Attribution:
    """The attribution that the tab's controls ask for, computed once per pair and choice."""
    return analysis.attribution(
        trace.pair.premise,
        trace.pair.hypothesis,
        method=method,
        target=trace.prediction.label if target == VERDICT else target,
        output=output,
        baseline=baseline,
    )


def show_why(attribution: Attribution) -> list:
    """Values for the tab's outputs: strip, bars, and the sense in a sentence with the numbers as a table."""
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
