"""Puts the page together: one pair drives everything, and each tab computes only while it is open."""

from dataclasses import dataclass

import gradio as gr

import bertmini_demo
from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace
from bertmini_demo.ui.api import add_endpoints
from bertmini_demo.ui.attention import AttentionTab, build_attention, most_crossing_head
from bertmini_demo.ui.handlers import DETAILS, Handlers
from bertmini_demo.ui.inputs import Inputs, build_gallery, build_inputs, look_for_html, validator
from bertmini_demo.ui.why import WhyTab, build_why

# Two lanes: the verdict is one forward pass and waits for nothing slower; reasons and figures share the other,
# one at a time, so that they arrive in the order they were asked for.
VERDICT = {"concurrency_id": "verdict", "concurrency_limit": 4}
REASONS = {"concurrency_id": "reasons", "concurrency_limit": 1}
QUIET = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE = {"queue": False, **QUIET}

# A pressed word is chosen; while what is typed differs from what is coloured, the words are marked as stale.
WORDS = """
element.addEventListener('click', event => {
  const word = event.target.closest('[data-word]');
  if (word) trigger('select', {index: Number(word.dataset.word)});
});
const compare = () => {
  const shown = element.querySelector('.sentences').dataset;
  const typed = name => document.querySelector(`#${name} textarea`)?.value;
  element.classList.toggle('stale', ['premise', 'hypothesis'].some(name => typed(name) !== shown[name]));
};
document.addEventListener('input', compare);
watch('value', compare);
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events connect."""

    inputs: Inputs
    verdict: gr.HTML
    look_for: gr.HTML
    gallery: gr.HTML
    words: gr.HTML
    detail: gr.CheckboxGroup
    word: gr.State
    open_tab: gr.State
    why: WhyTab
    attention: AttentionTab

    @property
    def pair(self) -> list[gr.components.Component]:
        return [self.inputs.premise, self.inputs.hypothesis]

    @property
    def view(self) -> list[gr.components.Component]:
        """All that decides what is shown, in the order of handlers.View."""
        everywhere = [*self.pair, self.open_tab, self.word, self.detail]
        return [*everywhere, *self.why.controls, *self.attention.controls]


def build_page(model: NLIModel) -> gr.Blocks:
    """The whole page for one model, with the named HTTP endpoints beside it."""
    analysis = Analysis(model)
    with gr.Blocks(title="BERT-mini, opened up", analytics_enabled=False) as page:
        first = gallery()[0]
        parts = lay_out(model, analysis.trace(first.premise, first.hypothesis))
        wire(page, parts, Handlers(analysis))
        add_endpoints(analysis, fast=VERDICT["concurrency_id"], slow=REASONS["concurrency_id"])
    return page


def lay_out(model: NLIModel, trace: Trace) -> Parts:
    """All components, filled in for the first pair."""
    gr.HTML(header(model), elem_id="header")
    chips = build_gallery()
    with gr.Row(elem_id="top"):
        with gr.Column(scale=5, min_width=300):
            inputs = build_inputs(trace.pair.premise, trace.pair.hypothesis)
        with gr.Column(scale=4, min_width=300):
            verdict = gr.HTML(rendering.verdict(trace.prediction), elem_id="verdict")
            look_for = gr.HTML(look_for_html(trace.pair.premise, trace.pair.hypothesis), elem_id="look-for")
    words = gr.HTML(rendering.sentences(trace.pair), js_on_load=WORDS, elem_id="sentences")
    detail = gr.CheckboxGroup(
        list(DETAILS), value=[], label="Show", show_label=False, container=False, elem_id="detail"
    )
    word, open_tab = gr.State(None), gr.State("why")
    with gr.Tabs(elem_id="tabs"):
        why = build_why(model.labels)
        attention = build_attention(model.layers, model.heads, chosen=most_crossing_head(trace))
    gr.HTML(foot(), elem_id="foot")
    return Parts(inputs, verdict, look_for, chips, words, detail, word, open_tab, why, attention)


def wire(page: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    """Connects what the reader does with what is shown."""
    checked = {"validator": validator(handlers.analysis.model), **QUIET}
    judge = {
        "fn": handlers.judge,
        "inputs": parts.pair,
        "outputs": [parts.verdict, parts.look_for, parts.word],
        **VERDICT,
        **checked,
    }
    why, attention = parts.why, parts.attention
    closeup = {"inputs": parts.view, "outputs": attention.closeup, **REASONS, **checked}
    explain = {
        "fn": handlers.explain,
        "inputs": parts.view,
        "outputs": [parts.words, *why.outputs, *attention.overview, *attention.closeup],
        **REASONS,
        **checked,
    }
    inputs = parts.inputs
    gr.on([inputs.premise.input, inputs.hypothesis.input], trigger_mode="always_last", **judge)
    asked = gr.on([inputs.analyze.click, inputs.premise.submit, inputs.hypothesis.submit], **judge)
    swapped = inputs.swap.click(lambda one, other: (other, one), parts.pair, parts.pair, **AT_ONCE)
    chosen = parts.gallery.select(handlers.open_example, None, parts.pair, **AT_ONCE)
    for judged in (asked, swapped.then(**judge), chosen.then(**judge)):
        judged.success(**explain)
    inputs.clear.click(lambda: ("", ""), None, parts.pair, **AT_ONCE)
    page.load(**explain)

    for control in (*why.controls, parts.detail):
        control.change(**explain)
    for name, tab in (("why", why), ("attention", attention)):
        tab.item.select(lambda name=name: name, None, parts.open_tab, **AT_ONCE).then(**explain)
    picked = parts.words.select(handlers.choose_word, parts.word, parts.word, **AT_ONCE)
    picked.then(handlers.colour, parts.view, parts.words, **REASONS, **checked).then(
        handlers.closeup, **closeup
    )
    attention.listener.select(handlers.pick_head, None, attention.head, **AT_ONCE)
    attention.head.change(lambda head: head, attention.head, attention.listener, **AT_ONCE)
    for control in attention.controls:
        control.change(handlers.closeup, **closeup)


def header(model: NLIModel) -> str:
    return (
        "<h1>BERT-mini, opened up</h1>"
        "<p>Type two sentences: see what a small BERT decides about them, which words made it decide so, "
        "and where each of its heads looks.</p>"
        f'<p class="model">Model: {rendering.escape(model.name)}, {model.layers} layers, {model.heads} heads, '
        f"{model.parameters / 1e6:.1f} million parameters</p>"
    )


def foot() -> str:
    version = bertmini_demo.__version__
    return (
        "<p>What you type is held in this server’s memory while it is analysed; it is neither logged nor stored. "
        f"BERT-mini demo {version}, MIT licence. To cite: “BERT-mini demo, version {version}”, with "
        "Devlin et al. 2019 (BERT) and Turc et al. 2019 (BERT-mini).</p>"
    )
