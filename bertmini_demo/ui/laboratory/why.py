"""The tab Why?: which words moved the verdict, by which method, and how far that can be trusted."""

import gradio as gr

from bertmini_demo.data.glossary import method_note
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.figures.word_bars import word_bars
from bertmini_demo.ui.laboratory.question import (
    QUESTION,
    VERDICT,
    Question,
    build_question,
    current_attribution,
    current_target,
    fit_target,
)
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View
from bertmini_demo.ui.laboratory.trust import build_trust

__all__ = ["QUESTION", "VERDICT", "Question", "build_why", "current_attribution", "current_target"]

# A press on a bar, or on a row of the methods, chooses its word. Plots are made anew with each pair: listen
# to each once it is drawn.
LISTEN = """
const wire = () => document.querySelectorAll('.by-word .js-plotly-plot').forEach(plot => {
  if (!plot.on || plot.dataset.wired) return;
  plot.dataset.wired = 'yes';
  plot.on('plotly_click', event => {
    const point = event.points[0], places = plot.layout.meta?.words;
    const word = places ? places[point.y] : point.pointNumber;
    if (Number.isInteger(word)) trigger('select', {index: word});
  });
});
document.addEventListener('figure-drawn', wire);
wire();
"""


def build_why(labels: tuple[str, ...]) -> tuple[Tab, Question]:
    with gr.Tab("Why?", id="why") as item:
        with gr.Row(elem_classes="controls"):
            question = build_question(labels)
        note = gr.HTML(elem_id="method-note")
        outputs = (
            gr.HTML(elem_id="strip"),
            gr.Plot(show_label=False, elem_id="bars", elem_classes=["figure", "by-word"]),
            gr.HTML(elem_id="why-says"),
        )
        panels, actions = build_trust(question)
        listener = gr.HTML(html_template="", js_on_load=LISTEN, elem_id="why-listener")
    bars = Panel(outputs, show_why, reads=(*QUESTION, "word"))
    about = Panel((note,), show_note, reads=("method",), of_pair=False)
    tab = Tab(
        "why",
        item,
        (bars, about, *panels),
        picks={"word": (listener,)},
        actions=actions,
        fits=((question.target, fit_target),),
    )
    return tab, question


def show_note(_analysis: Analysis, view: View) -> list:
    """What to know of the method at hand."""
    return [method_note(view.method)]


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
        chosen=view.word,
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
