"""The tab Attention: where each layer and head looks, one head closely, what each does, and rollout."""

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_filters import FILTERS, filter_mask
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.figures import rendering
from bertmini_demo.figures.attention_lines import head_lines
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid, head_heatmap, rollout_heatmap
from bertmini_demo.figures.naming import head_name, layer_name, place_name
from bertmini_demo.results import Head, Trace
from bertmini_demo.ui.laboratory.clicks import listener
from bertmini_demo.ui.laboratory.heads import build_heads, summarise
from bertmini_demo.ui.laboratory.microscope import build_microscope
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View
from bertmini_demo.ui.laboratory.units import Units, display_units, hidden_weight

# Tiles are numbered layer by layer; a head is layer-head.
PICK_TILE = """(point, plot) => {
  const heads = plot.layout.grid.columns;
  return [Math.floor(point.curveNumber / heads), point.curveNumber % heads].join('-');
}"""
# The value of the grid's listener is the chosen head and, where a word is chosen, its first and last row.
OUTLINE = """(plot, value) => {
  if (!plot || !plot.layout || !window.Plotly) return;
  const [place, first, last] = value.split(' ');
  const [layer, head] = place.split('-').map(Number);
  const axis = (letter, index) => letter + (index ? index + 1 : '');
  const line = width => ({color: '#e11d48', width});
  const shapes = [{type: 'rect', xref: axis('x', head) + ' domain', yref: axis('y', layer) + ' domain',
    x0: 0, x1: 1, y0: 0, y1: 1, line: line(3)}];
  const band = (letter, index, other) => shapes.push({type: 'rect', line: line(1),
    [letter + 'ref']: axis(letter, index), [letter + '0']: Number(first) - 0.5, [letter + '1']: Number(last) + 0.5,
    [other + 'ref']: 'paper', [other + '0']: 0, [other + '1']: 1});
  if (first !== undefined) {
    for (let row = 0; row < plot.layout.grid.rows; row++) band('y', row, 'x');
    for (let column = 0; column < plot.layout.grid.columns; column++) band('x', column, 'y');
  }
  window.Plotly.relayout(plot, {shapes});
}"""
PICK_ROW = "(point, plot) => plot.layout.meta.words[point.pointNumber[0]]"
CAVEAT = (
    "Attention is not by itself a reason for the verdict. From the second layer on, a position holds a mixture of "
    "words, not one word."
)
ROLLOUT_CAVEAT = (
    "Rollout (Abnar & Zuidema 2020) takes the mean of a layer’s heads, gives half to the word itself for the residual "
    "connection, and multiplies the layers. It acts as if attention were all that mixes words: it knows nothing of "
    "values, feed-forward parts or labels, and is no proof that a word counts."
)
MOST_COLUMNS = (
    40  # of a table with a cell for each pair of words; of more words the largest weights are listed
)
LARGEST = 200


def build_attention(layers: int, heads: int, *, chosen: str) -> tuple[Tab, gr.Dropdown]:
    """The tab and its picker of heads, which all tabs share."""
    with gr.Tab("Attention", id="attention") as item:
        gr.HTML(explain_terms(f'<p class="says">{CAVEAT}</p>'))
        with gr.Row(elem_classes="controls"):
            head = gr.Dropdown(head_choices(layers, heads), value=chosen, label="Head", elem_id="head")
            cells = gr.Dropdown(
                [(name.capitalize(), name) for name in FILTERS],
                value=FILTERS[0],
                label="Show",
                elem_id="cells",
            )
            whole_layer = gr.Checkbox(False, label="Lines of all heads of this layer", elem_id="whole-layer")
        with gr.Row():
            with gr.Column(min_width=320):
                grid, grid_says = build_figure("grid")
            with gr.Column(min_width=320):
                heatmap, facts = build_figure("heatmap")
        with gr.Row():
            with gr.Column(min_width=320):
                lines = gr.Plot(show_label=False, elem_id="lines", elem_classes="figure")
            with gr.Column(min_width=320):
                every_head, head_row = build_heads()
        with gr.Row():
            with gr.Column(min_width=320):
                microscope = build_microscope()
            with gr.Column(min_width=320):
                rolled = build_rollout(layers)
        tile = listener("grid", PICK_TILE, mark=OUTLINE, value=chosen)
        words = tuple(listener(figure, PICK_ROW) for figure in ("heatmap", "rollout"))
    shown = ("word", "pieces", "special")
    panels = (
        Panel((grid, grid_says), show_grid, reads=("pieces", "special")),
        Panel((tile,), show_marks, reads=("head", *shown)),
        Panel((heatmap, facts, lines), show_closeup, reads=("head", *shown), controls=(cells, whole_layer)),
        every_head,
        *microscope,
        rolled,
    )
    fits = ((head, fit_head), (rolled.controls[0], fit_depth))
    picks = {"head": (tile, head_row), "word": words}
    return Tab("attention", item, panels, picks=picks, fits=fits), head


def head_choices(layers: int, heads: int) -> list[tuple[str, str]]:
    """Every head by its name."""
    return [(place_name(layer, head), str(Head(layer, head))) for layer, head in np.ndindex(layers, heads)]


def depth_choices(layers: int) -> list[tuple[str, int]]:
    """Every layer by its name."""
    return [(layer_name(layer), layer) for layer in range(layers)]


def fit_head(analysis: Analysis) -> dict:
    """The picker of heads for another model, at its first head: which one crosses most depends on the pair."""
    model = analysis.model
    return gr.update(choices=head_choices(model.layers, model.heads), value="0-0")


def fit_depth(analysis: Analysis) -> dict:
    layers = analysis.model.layers
    return gr.update(choices=depth_choices(layers), value=layers - 1)


def build_figure(name: str) -> tuple[gr.Plot, gr.HTML]:
    """A plot, and below it what is said about it."""
    return (
        gr.Plot(show_label=False, elem_id=name, elem_classes="figure"),
        gr.HTML(elem_id=f"{name}-says"),
    )


def build_rollout(layers: int) -> Panel:
    gr.HTML("<h3>Rollout: attention through several layers</h3>", elem_classes="heading")
    depth = gr.Radio(
        depth_choices(layers),
        value=layers - 1,
        label="Up to",
        elem_id="rollout-depth",
    )
    return Panel(
        build_figure("rollout"), show_rollout, reads=("word", "pieces", "special"), controls=(depth,)
    )


def show_grid(analysis: Analysis, view: View) -> list:
    """The grid of all heads, and what it leaves out."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    hidden = None if view.special else hidden_weight(trace, trace.attentions, pieces=view.pieces)
    return [head_grid(units.merge(trace.attentions), units.labels), grid_sentence(hidden)]


def show_marks(analysis: Analysis, view: View) -> list:
    """The chosen head, and the rows of the chosen word, for the grid to be marked in the browser."""
    trace = analysis.trace(view.premise, view.hypothesis)
    rows = display_units(trace, pieces=view.pieces, special=view.special).rows_of(view.word)
    return [" ".join([view.head, *(str(row) for row in rows[:1] + rows[-1:])])]


def show_closeup(analysis: Analysis, view: View, cells: str, whole_layer: bool) -> list:
    """One head as a heatmap, its facts, and its lines."""
    trace = analysis.trace(view.premise, view.hypothesis)
    layer, number = Head.parse(view.head)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    mask = filter_mask(units.segments, cells, special=units.special)
    weights = np.where(mask, units.merge(trace.attentions[layer]), np.nan)  # (heads, units, units)
    drawn = range(len(weights)) if whole_layer else [number]
    chosen = units.rows_of(view.word)
    lines = head_lines(
        weights[list(drawn)],
        units.labels,
        query_sentences=units.sentences,
        names=[head_name(one) if whole_layer else place_name(layer, one) for one in drawn],
        chosen_queries=chosen,
    )
    heatmap = head_heatmap(weights[number], units.labels, title=place_name(layer, number), chosen=chosen)
    heatmap.update_layout(meta={"words": units.words})
    hidden = (
        None if view.special else hidden_weight(trace, trace.attentions, pieces=view.pieces)[layer, number]
    )
    numbers = cells_table(units, weights[number], caption="This head’s weights as a table")
    return [heatmap, head_facts(trace, layer, number, hidden=hidden) + numbers, lines]


def show_rollout(analysis: Analysis, view: View, depth: int) -> list:
    """Rollout up to one layer, what it says of the chosen word and [CLS], and the numbers."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    mixture = rollout(trace.attentions)[depth]
    shares = units.merge(mixture)
    figure = rollout_heatmap(shares, units.labels, layer=depth, chosen=units.rows_of(view.word))
    figure.update_layout(meta={"words": units.words})
    hidden = None if view.special else float(hidden_weight(trace, mixture, pieces=view.pieces))
    says = rollout_sentence(trace, mixture, depth=depth, word=view.word, hidden=hidden)
    return [figure, says + cells_table(units, shares, caption="This rollout as a table")]


def grid_sentence(hidden: np.ndarray | None) -> str:
    """How to read the grid, and how much weight it does not show.

    Args:
        hidden: (layers, heads) the share of weight on special tokens; None where they are shown.
    """
    told = "A tile is a head: rows are the words that look, columns the words looked at. Press one to see it closely."
    if hidden is not None:
        least, most = (np.unravel_index(place, hidden.shape) for place in (hidden.argmin(), hidden.argmax()))
        told += (
            f" Special tokens are not shown; they take {hidden.mean():.0%} of the words’ attention over all heads, from "
            f"{hidden[least]:.0%} ({place_name(*least)}) to {hidden[most]:.0%} ({place_name(*most)})."
        )
    return f'<p class="says">{told}</p>'


def head_facts(trace: Trace, layer: int, head: int, *, hidden: float | None) -> str:
    """The chosen head in one sentence of numbers, and how much the hidden tokens take."""
    found = summarise(trace)
    told = "" if hidden is None else f" Special tokens are not shown; they take {hidden:.0%} of its weight."
    return (
        f'<p class="says"><strong>{place_name(layer, head)}</strong> on this pair: '
        f"{found.to_other_sentence[layer, head]:.0%} of the words’ attention goes to the other sentence, "
        f"{found.to_sep[layer, head]:.0%} to [SEP], {found.to_cls[layer, head]:.0%} to [CLS], "
        f"{found.to_itself[layer, head]:.0%} stays on the word itself; it looks "
        f"{found.distance[layer, head]:.1f} word pieces away and spreads over {found.entropy[layer, head]:.1f} nats "
        f"(0 is one word, {np.log(len(trace.tokens)):.1f} all alike).{told}</p>"
    )


def rollout_sentence(
    trace: Trace, mixture: np.ndarray, *, depth: int, word: int | None, hidden: float | None
) -> str:
    """What the chosen word, or [CLS], is made of by rollout; what that does not show; what is hidden."""
    every = display_units(trace, pieces=False, special=True)
    shares = every.merge(mixture)
    row = every.rows_of(word)[0] if word is not None else 0
    largest = np.argsort(-shares[row], kind="stable")[:3]
    sources = ", ".join(
        f"“{rendering.escape(every.labels[source])}” ({shares[row, source]:.0%})" for source in largest
    )
    name = f"“{rendering.escape(every.labels[row])}”" + (
        ", from which the verdict is read," if row == 0 else ""
    )
    told = (
        "" if hidden is None else f" Special tokens are not shown; they take {hidden:.0%} of the words’ rows."
    )
    return (
        f'<p class="says">After {layer_name(depth).lower()}, {name} is made most of {sources}. '
        f"{explain_terms(ROLLOUT_CAVEAT)}{told}</p>"
    )


def cells_table(units: Units, weights: np.ndarray, *, caption: str) -> str:
    """The numbers behind a heatmap, as a folded table; of many words only the largest."""
    if len(units.labels) <= MOST_COLUMNS:
        rows = (
            [label, *("" if np.isnan(value) else f"{value:.3f}" for value in row)]
            for label, row in zip(units.labels, weights, strict=True)
        )
        return rendering.table(("from \\ to", *units.labels), rows, caption=caption)
    shown = np.argwhere(~np.isnan(weights))
    order = np.argsort(-weights[tuple(shown.T)], kind="stable")[:LARGEST]
    rows = (
        [units.labels[query], units.labels[key], f"{weights[query, key]:.3f}"] for query, key in shown[order]
    )
    return rendering.table(("from", "to", "weight"), rows, caption=f"{caption}: the {LARGEST} largest")
