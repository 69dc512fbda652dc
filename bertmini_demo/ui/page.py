"""Puts the page together: one pair drives everything, and each tab computes only while it is open."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

import bertmini_demo
from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace
from bertmini_demo.ui.api import add_endpoints
from bertmini_demo.ui.attention import build_attention
from bertmini_demo.ui.handlers import Handlers, picked, picked_pair
from bertmini_demo.ui.heads import most_crossing_head
from bertmini_demo.ui.inputs import Inputs, build_gallery, build_inputs, look_for_html, validator
from bertmini_demo.ui.layers import build_layers
from bertmini_demo.ui.map import build_map
from bertmini_demo.ui.model import build_model
from bertmini_demo.ui.tabs import DETAILS, Panel, Tab, View
from bertmini_demo.ui.traps import build_traps
from bertmini_demo.ui.what_if import build_what_if
from bertmini_demo.ui.why import QUESTION, Question, build_why, current_attribution
from bertmini_demo.ui.words import build_words

# Three lanes: the verdict is one forward pass and waits for nothing slower; what panels show goes one at a time, so
# that it arrives in the order it was asked for; what has its own button waits for others of its kind only.
VERDICT = {"concurrency_id": "verdict", "concurrency_limit": 4}
REASONS = {"concurrency_id": "reasons", "concurrency_limit": 1}
LABORATORY = {"concurrency_id": "laboratory", "concurrency_limit": 1}
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
    row: gr.Tabs
    open_tab: gr.State
    opened: gr.State  # how many pairs were opened through the door
    shown: gr.State  # what each panel showed last
    question: Question
    head: gr.Dropdown
    tabs: tuple[Tab, ...]

    @property
    def pair(self) -> list[Component]:
        return [self.inputs.premise, self.inputs.hypothesis]

    @property
    def choices(self) -> dict[str, Component]:
        """What the reader chooses for all tabs, in the order of tabs.View."""
        question = {name: getattr(self.question, name) for name in QUESTION}
        return {"word": self.word, "detail": self.detail, **question, "head": self.head}

    @property
    def shared(self) -> list[Component]:
        """What every handler is given first: pair, open tab, what is shown, then the choices."""
        return [*self.pair, self.open_tab, self.shown, *self.choices.values()]

    @property
    def panels(self) -> list[tuple[str | None, Panel]]:
        """Every panel with the name of its tab; the sentences stand outside the tabs and are always seen."""
        sentences = Panel((self.words,), show_sentences, reads=(*QUESTION, "word", "pieces", "special"))
        return [(None, sentences), *((tab.name, panel) for tab in self.tabs for panel in tab.panels)]


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
    word, open_tab, shown, opened = gr.State(None), gr.State("why"), gr.State({}), gr.State(0)
    with gr.Tabs(elem_id="tabs", selected="why") as row:
        whole = build_map()
        why, question = build_why(model.labels)
        attention, head = build_attention(model.layers, model.heads, chosen=most_crossing_head(trace))
        layers = build_layers(model.layers, head=head)
        what_if = build_what_if()
        traps = build_traps(model)
        pieces = build_words()
        about = build_model(model)
    gr.HTML(foot(), elem_id="foot")
    return Parts(
        inputs=inputs,
        verdict=verdict,
        look_for=look_for,
        gallery=chips,
        words=words,
        detail=detail,
        word=word,
        row=row,
        open_tab=open_tab,
        opened=opened,
        shown=shown,
        question=question,
        head=head,
        tabs=(whole, why, attention, layers, what_if, traps, pieces, about),
    )


def show_sentences(analysis: Analysis, view: View) -> list:
    """Both sentences, coloured for the question asked."""
    attribution = current_attribution(analysis, view)
    return [
        rendering.sentences(
            attribution.pair, attribution, chosen=view.word, pieces=view.pieces, special=view.special
        )
    ]


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
    panels = parts.panels
    refresh = {
        "fn": handlers.refresh(panels, shared=len(parts.shared)),
        "inputs": [*parts.shared, *(control for _, panel in panels for control in panel.controls)],
        "outputs": [parts.shown, *(output for _, panel in panels for output in panel.outputs)],
        **REASONS,
        **checked,
    }
    inputs = parts.inputs
    anew = {"cancels": wire_actions(parts, handlers, **checked)}  # another pair ends the work for this one
    wire_door(parts, handlers, refresh, **anew)
    gr.on([inputs.premise.input, inputs.hypothesis.input], trigger_mode="always_last", **judge)
    asked = gr.on([inputs.analyze.click, inputs.premise.submit, inputs.hypothesis.submit], **judge, **anew)
    pairs = [
        inputs.swap.click(lambda one, other: (other, one), parts.pair, parts.pair, **AT_ONCE, **anew),
        parts.gallery.select(handlers.open_example, None, parts.pair, **AT_ONCE, **anew),
        *(
            listener.select(picked_pair, None, parts.pair, **AT_ONCE, **anew)
            for listener in picks(parts, "pair")
        ),
    ]
    for judged in (asked, *(opened.then(**judge) for opened in pairs)):
        judged.success(**refresh)
    inputs.clear.click(lambda: ("", ""), None, parts.pair, **AT_ONCE)

    for tab in parts.tabs:
        tab.item.select(lambda name=tab.name: name, None, parts.open_tab, **AT_ONCE).then(**refresh)
    for listener in (parts.words, *picks(parts, "word")):
        listener.select(handlers.choose_word, parts.word, parts.word, **AT_ONCE).then(**refresh)
    for kind, chosen in (("head", parts.head), ("label", parts.question.target)):
        for listener in picks(parts, kind):
            listener.select(picked, None, chosen, **AT_ONCE)
    question = parts.question
    for control in (
        *(question.method, question.target, question.output, question.baseline, parts.detail, parts.head),
        *(control for _, panel in panels for control in panel.controls),
    ):
        control.change(**refresh)
    page.load(**refresh)


def wire_door(parts: Parts, handlers: Handlers, refresh: dict, **anew: object) -> None:
    """A pick may take the page anywhere at once: to a pair, a tab and any of the choices."""
    tabs = tuple(tab.name for tab in parts.tabs)
    for listener in picks(parts, "open"):
        listener.select(
            handlers.open(parts.choices, tabs),
            [*parts.pair, parts.opened],
            [
                *parts.pair,
                parts.opened,
                parts.verdict,
                parts.look_for,
                parts.row,
                parts.open_tab,
                *parts.choices.values(),
            ],
            **VERDICT,
            **QUIET,
        ).success(**refresh)
    parts.opened.change(None, None, None, **anew, **AT_ONCE)


def wire_actions(parts: Parts, handlers: Handlers, **checked: object) -> list[Dependency]:
    """Each action runs from its own button until it is done or stopped; returns the runs, for others to cancel."""
    runs = []
    for action in (action for tab in parts.tabs for action in tab.actions):
        run = action.button.click(
            handlers.act(action, shared=len(parts.shared)),
            [*parts.shared, *action.controls],
            list(action.outputs),
            **LABORATORY,
            **checked,
        )
        action.stop.click(None, None, None, cancels=[run], **AT_ONCE)
        runs.append(run)
    return runs


def picks(parts: Parts, kind: str) -> list[Component]:
    """The components of all tabs that choose a word, a head, a label, a pair, or a place to go to."""
    return [component for tab in parts.tabs for component in tab.picks.get(kind, ())]


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
