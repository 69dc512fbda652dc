"""The two sentence fields, their buttons, and the gallery of example pairs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from bertmini_demo.data.examples import WRONG, WRONG_REASON, Example, mark
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import EncodedPair
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.latest import Latest

FINE = gr.validate(True, "")
GROUP = """
element.addEventListener('change', event => {
  const group = event.target.value;
  element.querySelectorAll('[data-group]').forEach(chips => { chips.hidden = chips.dataset.group !== group; });
});
"""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The components a pair is typed into."""

    premise: gr.Textbox
    hypothesis: gr.Textbox
    analyze: gr.Button
    swap: gr.Button
    clear: gr.Button


def build_inputs(premise_text: str, hypothesis_text: str) -> Inputs:
    premise = gr.Textbox(
        premise_text, label="Premise", info="What is taken as true", lines=1, max_lines=6, elem_id="premise"
    )
    hypothesis = gr.Textbox(
        hypothesis_text,
        label="Hypothesis",
        info="Does it follow?",
        lines=1,  # with more, Enter would start a new line
        max_lines=6,
        elem_id="hypothesis",
    )
    with gr.Row(elem_id="buttons"):
        analyze = gr.Button("Analyze", variant="primary", elem_id="analyze", min_width=120, scale=2)
        swap = gr.Button("Swap", elem_id="swap", min_width=80)
        clear = gr.Button("Clear", elem_id="clear", min_width=80)
    return Inputs(premise, hypothesis, analyze, swap, clear)


def build_gallery(examples: Sequence[Example]) -> gr.HTML:
    """Example pairs as buttons by group."""
    return gr.HTML(gallery_html(examples), js_on_load=OPEN_PAIR + GROUP, elem_id="gallery")


def gallery_html(examples: Sequence[Example]) -> str:
    groups: dict[str, list[str]] = {}
    for example in examples:
        pair = escape(json.dumps([example.premise, example.hypothesis]))
        chip = f'<button type="button" data-pair="{pair}">{escape(example.name)}</button>'
        groups.setdefault(example.group, []).append(chip)
    options = "".join(
        f'<option value="{number}">{escape(title)}</option>' for number, title in enumerate(groups)
    )
    rows = "".join(
        f'<div class="chips" role="group" data-group="{number}"{" hidden" if number else ""}>{"".join(chips)}</div>'
        for number, chips in enumerate(groups.values())
    )
    return (
        f'<div class="gallery"><label>Pairs to try <select aria-label="Kind of pair">{options}</select></label>'
        f"{rows}</div>"
    )


def look_for_html(premise: str, hypothesis: str, analysis: Analysis, examples: Sequence[Example]) -> str:
    """What people say about a gallery pair, whether the model agrees, and what to look for.

    Another line for a pair of one's own.
    """
    for example in examples:
        if (example.premise, example.hypothesis) == (premise, hypothesis):
            return (
                f'<p class="look-for" data-label="{example.label}"><strong>People say {label_name(example.label)}.</strong> '
                f"{agreement(example, analysis)} {escape(example.look_for)}</p>"
            )
    return '<p class="look-for">Your own pair. Change one word at a time to see what the model goes by.</p>'


def agreement(example: Example, analysis: Analysis) -> str:
    """Whether the model says what people say, and whether it needs the premise for it."""
    pair = example.premise, example.hypothesis
    verdict, alone = analysis.trace(*pair).prediction.label, analysis.compute(label_alone, *pair)
    return {
        WRONG: f"<strong>The model gets it wrong: {label_name(verdict)}.</strong>",
        WRONG_REASON: "<strong>So does the model, but of the hypothesis alone it says the same</strong>, so it need not "
        "have read the premise.",
        None: "So does the model.",
    }[mark(example.label, verdict=verdict, alone=alone)]


def label_alone(model: NLIModel, pair: EncodedPair) -> str:
    """What the model says of the hypothesis alone."""
    (prediction,) = model.predict_batch([("", pair.hypothesis)], empty_premise=True)
    return prediction.label


def validator(model: NLIModel, latest: Latest | None = None):
    """Checks both fields before any work is queued; the message stands under the field it is about.

    Args:
        latest: where a pair that can be read is noted as the one its visitor has at hand; none: it is not.
    """

    def check(premise: str, hypothesis: str, request: gr.Request, *others: object) -> list[dict]:
        fields = {"premise": premise, "hypothesis": hypothesis}
        found = [finding(text, field) for field, text in fields.items()]
        if latest and found == [FINE, FINE]:
            latest.note(request.session_hash, (premise, hypothesis))
        return [*found, *(FINE for _ in others)]

    def finding(text: str, field: str) -> dict:
        try:
            model.encoder.word_pieces(text, field=field)
        except InputError as error:
            return gr.validate(False, str(error))
        return FINE

    return check
