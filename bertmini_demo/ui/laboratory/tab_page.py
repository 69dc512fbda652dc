"""Puts the page together: one pair drives everything, and each tab computes only while it is open."""

from dataclasses import replace

import gradio as gr

from bertmini_demo.data.lessons import Lessons, read_lessons
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.inference import NLIModel
from bertmini_demo.ui.gradio_fixes.fixed_blocks import FixedBlocks
from bertmini_demo.ui.laboratory.attention import build_attention
from bertmini_demo.ui.laboratory.batch import build_batch
from bertmini_demo.ui.laboratory.classroom import build_guess
from bertmini_demo.ui.laboratory.exports import build_exports
from bertmini_demo.ui.laboratory.frame import foot
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.heads import most_crossing_head
from bertmini_demo.ui.laboratory.inputs import build_gallery, build_inputs
from bertmini_demo.ui.laboratory.layers import build_layers
from bertmini_demo.ui.laboratory.map import build_map
from bertmini_demo.ui.laboratory.model import build_model
from bertmini_demo.ui.laboratory.moving import MOVE
from bertmini_demo.ui.laboratory.picker import build_picker
from bertmini_demo.ui.laboratory.sharing import build_link, build_told
from bertmini_demo.ui.laboratory.sight import build_sight, build_view
from bertmini_demo.ui.laboratory.tabs import DETAILS
from bertmini_demo.ui.laboratory.terms import MEANING, SHOW_MEANING
from bertmini_demo.ui.laboratory.tour import build_tour, check_tours
from bertmini_demo.ui.laboratory.train import build_train
from bertmini_demo.ui.laboratory.traps import build_traps
from bertmini_demo.ui.laboratory.what_if import build_what_if
from bertmini_demo.ui.laboratory.why import build_why
from bertmini_demo.ui.laboratory.wiring import REASONS, VERDICT, Parts, wire
from bertmini_demo.ui.laboratory.words import build_words
from bertmini_demo.ui.server.api import add_endpoints

UPLOADS = (3_600, 86_400)  # seconds: how often those older than a day are deleted

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


def build_tab_page(model: NLIModel, lessons: Lessons | None = None) -> gr.Blocks:
    """The page of tabs alone, with the named HTTP endpoints beside it.

    Args:
        lessons: tours and pairs; None for those that ship.

    Raises:
        LessonError: a card names what this page does not have.
    """
    analysis = Analysis(model)
    with FixedBlocks(title="BERT-mini, opened up", analytics_enabled=False, delete_cache=UPLOADS) as page:
        add_tabs(page, analysis, lessons or replace(read_lessons(), tours=()))
        add_endpoints(analysis, fast=VERDICT["concurrency_id"], slow=REASONS["concurrency_id"])
    return page


def add_tabs(page: gr.Blocks, analysis: Analysis, lessons: Lessons) -> None:
    """Lays the tabs out in the Blocks being built and wires their events.

    Raises:
        LessonError: a card names what this page does not have.
    """
    handlers = Handlers(analysis, lessons.pairs)
    parts = lay_out(handlers, lessons)
    check_tours(
        lessons.tours,
        tabs=[tab.name for tab in parts.tabs],
        parts={block.elem_id for block in page.blocks.values() if block.elem_id},
        choices=parts.choices,
    )
    wire(page, parts, handlers)


def lay_out(handlers: Handlers, lessons: Lessons) -> Parts:
    """All components, filled in for the first pair."""
    analysis, first = handlers.analysis, lessons.pairs[0]
    model, trace = analysis.model, analysis.trace(first.premise, first.hypothesis)
    judged = handlers.judge(first.premise, first.hypothesis)
    picker = build_picker(handlers.models)
    told = build_told()
    chips = build_gallery(lessons.pairs)
    with gr.Row(elem_id="top"):
        with gr.Column(scale=5, min_width=300):
            inputs = build_inputs(trace.pair.premise, trace.pair.hypothesis)
        with gr.Column(scale=4, min_width=300):
            build_guess(model.labels)
            verdict = gr.HTML(judged[0], js_on_load=MOVE, elem_id="verdict")
            look_for = gr.HTML(judged[1], elem_id="look-for")
    words = gr.HTML(rendering.sentences(trace.pair), js_on_load=WORDS, elem_id="sentences")
    word, open_tab, shown, opened = gr.State(None), gr.State("why"), gr.State({}), gr.State(0)
    with gr.Row(elem_id="take"):
        detail = gr.CheckboxGroup(
            list(DETAILS), value=[], label="Show", show_label=False, container=False, elem_id="detail"
        )
        link, exports = build_link(open_tab), build_exports()
    gr.HTML('<h2 class="unseen">Inside the model</h2>')
    with gr.Tabs(elem_id="tabs", selected="why") as row:
        whole = build_map()
        why, question = build_why(model.labels)
        attention, head = build_attention(model.layers, model.heads, chosen=most_crossing_head(trace))
        layers = build_layers(model.layers, head=head)
        what_if = build_what_if()
        traps = build_traps(handlers.find, picker.chosen)
        pieces = build_words()
        batch = build_batch(model.settings)
        train = build_train(handlers.find, picker.chosen, model.settings)
        about = build_model(handlers.models)
    tabs = (whole, why, attention, layers, what_if, traps, pieces, batch, train, about)
    tour = build_tour(lessons.tours, analysis, tabs)
    gr.HTML(foot() + MEANING, js_on_load=SHOW_MEANING, elem_id="foot")
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
        sights=tuple(build_sight(tab) for tab in tabs),
        question=question,
        head=head,
        tabs=tabs,
        link=link,
        view=build_view(),
        exports=exports,
        told=told,
        tour=tour,
        picker=picker,
    )
