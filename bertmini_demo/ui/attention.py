"""The tab Attention: where each layer and head looks, one head closely, and rollout."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
import numpy as np

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.attention import FILTERS, filter_mask, head_summaries, merge_words, rollout, word_groups
from bertmini_demo.figures.attention import head_grid, head_heatmap, rollout_heatmap
from bertmini_demo.figures.lines import head_lines
from bertmini_demo.figures.naming import head_name, place_name
from bertmini_demo.results import HYPOTHESIS, PREMISE, Trace
from bertmini_demo.ui.tabs import Panel, Tab, View

# Plotly's clicks do not reach Python by themselves, and the plot is made anew with each pair: watch for it, listen
# once, and outline the chosen head in the browser, so that choosing one does not send the grid again.
LISTEN = """
const grid = () => document.querySelector('#grid .js-plotly-plot');
const outline = () => {
  const plot = grid();
  if (!plot || !plot.layout || !window.Plotly) return;
  const [layer, head] = String(props.value).split('-').map(Number);
  const axis = (letter, index) => letter + (index ? index + 1 : '') + ' domain';
  window.Plotly.relayout(plot, {shapes: [{type: 'rect', xref: axis('x', head), yref: axis('y', layer),
    x0: 0, x1: 1, y0: 0, y1: 1, line: {color: '#e11d48', width: 3}}]});
};
// tiles are numbered layer by layer; a head is layer-head
const pick = tile => [Math.floor(tile / Number(props.heads)), tile % Number(props.heads)].join('-');
const wire = () => {
  const plot = grid();
  if (!plot || !plot.on || plot.dataset.wired) return;
  plot.dataset.wired = 'yes';
  plot.on('plotly_click', event => trigger('select', {index: pick(event.points[0].curveNumber)}));
  outline();
};
new MutationObserver(wire).observe(document.body, {childList: true, subtree: true});
watch('value', outline);
wire();
"""
CAVEAT = (
    "Attention is not by itself a reason for the verdict. From the second layer on, a position holds a mixture of "
    "words, not one word; and [SEP] is often a parking place for heads with nothing to do."
)


def build_attention(layers: int, heads: int, *, chosen: str) -> tuple[Tab, gr.Dropdown]:
    """The tab and its picker of heads, which all tabs share."""
    choices = [(place_name(layer, head), f"{layer}-{head}") for layer, head in np.ndindex(layers, heads)]
    with gr.Tab("Attention", id="attention") as item:
        gr.HTML(f'<p class="says">{CAVEAT}</p>')
        with gr.Row(elem_classes="controls"):
            head = gr.Dropdown(choices, value=chosen, label="Head", elem_id="head")
            cells = gr.Dropdown(
                [(name.capitalize(), name) for name in FILTERS],
                value=FILTERS[0],
                label="Show",
                elem_id="cells",
            )
            whole_layer = gr.Checkbox(False, label="Lines of all heads of this layer", elem_id="whole-layer")
        with gr.Row():
            with gr.Column(min_width=320):
                grid = gr.Plot(show_label=False, elem_id="grid", elem_classes="figure")
                listener = gr.HTML(
                    chosen, html_template="", js_on_load=LISTEN, elem_id="grid-listener", heads=heads
                )
            with gr.Column(min_width=320):
                heatmap = gr.Plot(show_label=False, elem_id="heatmap", elem_classes="figure")
        facts = gr.HTML(elem_id="head-facts")
        with gr.Row():
            with gr.Column(min_width=320):
                lines = gr.Plot(show_label=False, elem_id="lines", elem_classes="figure")
            with gr.Column(min_width=320):
                mixture = gr.Plot(show_label=False, elem_id="rollout", elem_classes="figure")
    head.change(
        lambda head: head, head, listener, queue=False, show_progress="hidden", api_visibility="private"
    )
    panels = (
        Panel((grid, mixture), show_overview, reads=("pieces", "special")),
        Panel(
            (heatmap, facts, lines),
            show_closeup,
            reads=("head", "word", "pieces", "special"),
            controls=(cells, whole_layer),
        ),
    )
    return Tab("attention", item, panels, picks={"head": (listener,)}), head


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What rows and columns stand for: words or word pieces, with or without special tokens."""

    groups: tuple[tuple[int, ...], ...]
    labels: list[str]
    segments: list[int]
    special: list[bool]

    @property
    def sentences(self) -> list[str]:
        return [(PREMISE, HYPOTHESIS)[segment] for segment in self.segments]

    def merge(self, attention: np.ndarray) -> np.ndarray:
        """(..., tokens, tokens) -> (..., units, units)."""
        return merge_words(attention, self.groups)


def display_units(trace: Trace, *, pieces: bool, special: bool) -> Units:
    pair = trace.pair
    groups = [(position,) for position in range(len(pair.tokens))] if pieces else word_groups(pair)
    text = {word.positions: word.text for word in pair.words}
    kept = [group for group in groups if special or not pair.special[group[0]]]
    return Units(
        groups=tuple(kept),
        labels=[
            pair.tokens[group[0]] if pieces else text.get(group, pair.tokens[group[0]]) for group in kept
        ],
        segments=[int(pair.segments[group[0]]) for group in kept],
        special=[pair.special[group[0]] for group in kept],
    )


def show_overview(analysis: Analysis, view: View) -> list:
    """The grid of all heads, and rollout."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    mixtures = units.merge(rollout(trace.attentions))
    return [
        head_grid(units.merge(trace.attentions), units.labels),
        rollout_heatmap(mixtures[-1], units.labels, layer=len(mixtures) - 1),
    ]


def show_closeup(analysis: Analysis, view: View, cells: str, whole_layer: bool) -> list:
    """One head as a heatmap, its facts, and its lines."""
    trace = analysis.trace(view.premise, view.hypothesis)
    layer, number = map(int, view.head.split("-"))
    units = display_units(trace, pieces=view.pieces, special=view.special)
    mask = filter_mask(units.segments, cells, special=units.special)
    weights = np.where(mask, units.merge(trace.attentions[layer]), np.nan)  # (heads, units, units)
    drawn = range(len(weights)) if whole_layer else [number]
    lines = head_lines(
        weights[list(drawn)],
        units.labels,
        query_sentences=units.sentences,
        names=[head_name(one) if whole_layer else place_name(layer, one) for one in drawn],
        chosen_query=chosen_unit(trace, units, view.word),
    )
    heatmap = head_heatmap(weights[number], units.labels, title=place_name(layer, number))
    facts = head_facts(trace, layer, number, special=view.special) + numbers_table(
        units.labels, weights[number]
    )
    return [heatmap, facts, lines]


def chosen_unit(trace: Trace, units: Units, word: int | None) -> int | None:
    """The row of the chosen word; of its first piece where pieces are shown."""
    if word is None:
        return None
    first = trace.pair.words[word].positions[0]
    return next(index for index, group in enumerate(units.groups) if first in group)


def head_facts(trace: Trace, layer: int, head: int, *, special: bool) -> str:
    """The chosen head in one sentence of numbers, and how much the hidden tokens take."""
    pair = trace.pair
    found = head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)
    parking = found.to_cls[layer, head] + found.to_sep[layer, head]
    hidden = "" if special else f" Special tokens are not shown; they take {parking:.0%} of its weight."
    return (
        f'<p class="says"><strong>{place_name(layer, head)}</strong> on this pair: '
        f"{found.to_other_sentence[layer, head]:.0%} of the words’ attention goes to the other sentence, "
        f"{found.to_sep[layer, head]:.0%} to [SEP], {found.to_cls[layer, head]:.0%} to [CLS], "
        f"{found.to_itself[layer, head]:.0%} stays on the word itself; it looks "
        f"{found.distance[layer, head]:.1f} word pieces away and spreads over {found.entropy[layer, head]:.1f} nats "
        f"(0 is one word, {np.log(len(pair.tokens)):.1f} all alike).{hidden}</p>"
    )


def most_crossing_head(trace: Trace) -> str:
    """The head that looks at the other sentence most: a telling one to open with."""
    pair = trace.pair
    found = head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)
    layer, head = np.unravel_index(found.to_other_sentence.argmax(), found.to_other_sentence.shape)
    return f"{layer}-{head}"


def numbers_table(labels: Sequence[str], weights: np.ndarray) -> str:
    """The weights of one head behind its heatmap, as a folded table."""
    rows = ([label, *(f"{value:.3f}" for value in row)] for label, row in zip(labels, weights, strict=True))
    return rendering.table(("from \\ to", *labels), rows, caption="This head's weights as a table")
