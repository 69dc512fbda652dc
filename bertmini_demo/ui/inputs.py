"""The two sentence fields, their buttons, and the gallery of example pairs."""

from dataclasses import dataclass

import gradio as gr

from bertmini_demo.errors import InputError
from bertmini_demo.examples import gallery
from bertmini_demo.inference import NLIModel
from bertmini_demo.rendering import escape, label_name

FINE = gr.validate(True, "")
CHOOSE = """
element.addEventListener('click', event => {
  const chip = event.target.closest('[data-example]');
  if (chip) trigger('select', {index: Number(chip.dataset.example)});
});
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


def build_gallery() -> gr.HTML:
    """Example pairs as buttons by group; a press triggers `select` with the example's index."""
    return gr.HTML(gallery_html(), js_on_load=CHOOSE, elem_id="gallery")


def gallery_html() -> str:
    groups: dict[str, list[str]] = {}
    for index, example in enumerate(gallery()):
        chip = f'<button type="button" data-example="{index}">{escape(example.name)}</button>'
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


def look_for_html(premise: str, hypothesis: str) -> str:
    """What people say about a gallery pair and what to look for in it; empty for a pair of one's own."""
    for example in gallery():
        if (example.premise, example.hypothesis) == (premise, hypothesis):
            return (
                f'<p class="look-for"><strong>People say {label_name(example.label)}.</strong> '
                f"{escape(example.look_for)}</p>"
            )
    return '<p class="look-for">Your own pair. Change one word at a time to see what the model goes by.</p>'


def validator(model: NLIModel):
    """Checks both fields before any work is queued; the message stands under the field it is about."""

    def check(premise: str, hypothesis: str, *others: object) -> list[dict]:
        fields = {"premise": premise, "hypothesis": hypothesis}
        return [*(finding(text, field) for field, text in fields.items()), *(FINE for _ in others)]

    def finding(text: str, field: str) -> dict:
        try:
            model.word_pieces(text, field=field)
        except InputError as error:
            return gr.validate(False, str(error))
        return FINE

    return check
