"""The tab Map: the whole model as one picture of the pair at hand, each part a way into the tab it stands for."""

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_flow import HEAD, MEAN, ROLLOUT, attention_flow, start_shares
from bertmini_demo.explain.head_roles import head_summaries
from bertmini_demo.explain.norm_decomposition import Contributions, contributions, lengths
from bertmini_demo.figures import rendering
from bertmini_demo.figures.lanes import EMBEDDINGS
from bertmini_demo.figures.model_map import chosen_positions, model_map
from bertmini_demo.figures.naming import layer_name, place_name
from bertmini_demo.results import Head, Trace
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View

# A press, or Enter on a part, opens what its data attributes name. The arrow keys go round a toolbar; the line above
# the picture tells what is pointed at; a word piece's line lights up in all parts. The picture is made anew with each
# choice: the part that had the focus gets it back. Where a press opened another tab, the focus goes there.
LISTEN = """
const parts = () => [...element.querySelectorAll('.opens')];
const partOf = event => event.target.closest('.opens');
let pressed = -1, tapped = null;
const open = part => {
  const {tab, head, target, word} = part.dataset;
  const place = {tab, head, target, word: word === undefined ? undefined : word === '' ? null : Number(word)};
  pressed = parts().indexOf(part);
  trigger('select', {index: Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))});
  const wait = started => {
    if (element.offsetParent) { if (Date.now() - started < 5000) requestAnimationFrame(() => wait(started)); }
    else document.querySelector('#tabs [role=tab][aria-selected=true]')?.focus();
  };
  if (tab) wait(Date.now());
};
const step = (part, by) => {
  const row = [...(part.closest('[data-toolbar]')?.querySelectorAll('.opens') ?? [])];
  const next = row[row.indexOf(part) + by];
  if (!next) return;
  part.setAttribute('tabindex', -1);
  next.setAttribute('tabindex', 0);
  next.focus();
};
const STEPS = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
const point = event => {
  const told = event.target.closest('.opens, .line');
  const row = told?.dataset.row;
  element.querySelectorAll('.lit').forEach(one => one.classList.remove('lit'));
  if (row) element.querySelectorAll(`[data-row="${row}"]`).forEach(one => one.classList.add('lit'));
  const text = told && (told.getAttribute('aria-label') ?? told.querySelector('title')?.textContent);
  if (text) element.querySelector('.map-told').textContent = text;
};
element.addEventListener('click', event => {
  const part = partOf(event);
  if (!part) return;
  const reading = event.pointerType === 'touch' && part.dataset.tab && part !== tapped;
  tapped = part;
  if (!reading) open(part);
});
element.addEventListener('keydown', event => {
  const part = partOf(event), by = STEPS[event.key];
  if (!part || !(by || ['Enter', ' '].includes(event.key))) return;
  event.preventDefault();
  if (by) step(part, by); else open(part);
});
['mouseover', 'focusin'].forEach(kind => element.addEventListener(kind, point));
watch('value', () => { if (document.activeElement === document.body) parts()[pressed]?.focus({preventScroll: true}); });
"""
PATH_CHOICES = [
    ("Mean of the heads in each layer", MEAN),
    ("Followed back through all layers (rollout)", ROLLOUT),
    ("The chosen head alone", HEAD),
]
BEADS = (
    "The area of a bead is the length of what is added over the length of what it is added to; from 2 on, all beads are "
    "alike."
)
CAVEAT = (
    "The picture shows how much flows where and how much is added, not what it means, and none of it is by itself "
    "a reason for the verdict: rollout knows nothing of values and feed-forward parts, and from the second layer on "
    "a line carries a mixture of words."
)
HINT = (
    "Point at any part to read its numbers, press it to open it; on a touch screen tap once to read, again to open; "
    "with the keyboard: Tab, arrow keys, Enter."
)


def build_map() -> Tab:
    with gr.Tab("Map", id="map") as item:
        with gr.Row(elem_classes="controls"):
            kind = gr.Radio(
                PATH_CHOICES, value=MEAN, label="Lines into the chosen word, or [CLS]", elem_id="map-path"
            )
        drawing = gr.HTML(js_on_load=LISTEN, elem_id="map")
        says = gr.HTML(elem_id="map-says")
    panel = Panel((drawing, says), show_map, reads=("word", "head"), controls=(kind,))
    return Tab("map", item, (panel,), picks={"open": (drawing,)})


def show_map(analysis: Analysis, view: View, kind: str) -> list:
    """The picture, and what it shows in sentences and numbers."""
    trace = analysis.trace(view.premise, view.hypothesis)
    parts = contributions(analysis.model, trace)
    head = Head.parse(view.head)
    drawing = model_map(trace, parts, word=view.word, kind=kind, head=head)
    chosen = chosen_positions(trace, view.word)
    lines = attention_flow(trace.attentions, start_shares(chosen, len(trace.tokens)), kind=kind, head=head)
    caveat = explain_terms(f"{BEADS} {CAVEAT}")
    said = f"{followed(trace, chosen, lines, kind=kind, head=head)} {standing_out(trace, parts)} {caveat}"
    return [
        f'<p class="map-told">{HINT}</p>{drawing}',
        f'<p class="says">{said}</p>{numbers(trace, parts, lines)}',
    ]


def followed(trace: Trace, chosen: tuple[int, ...], lines: np.ndarray, *, kind: str, head: Head) -> str:
    """What the violet lines are, and which word pieces most of them lead to."""
    start = "".join(trace.tokens[position].removeprefix("##") for position in chosen)
    where = {
        ROLLOUT: f"followed from the last layer back to the first, the strongest lines into “{start}” come from",
        MEAN: f"over all layers, “{start}” looks most at",
        HEAD: f"in {place_name(*head).lower()}, “{start}” looks most at",
    }[kind]
    reached = lines[0].sum(axis=0) if kind == ROLLOUT else lines.sum(axis=(0, 1)) / max(lines.sum(), 1e-9)
    most = ", ".join(
        f"“{rendering.escape(trace.tokens[position])}” ({reached[position]:.0%})"
        for position in np.argsort(-reached)[:3]
    )
    return f"Violet lines: {rendering.escape(where)} {most}."


def standing_out(trace: Trace, parts: Contributions) -> str:
    """Which block adds most, which head writes most, and which looks across the sentences most."""
    added = parts.attention_ratio.mean(axis=1) + parts.feed_forward_ratio.mean(axis=1)
    layer = int(added.argmax())
    pair = trace.pair
    crossing = head_summaries(
        trace.attentions, pair.tokens, segments=pair.segments, special=pair.special
    ).to_other_sentence
    across = np.unravel_index(crossing.argmax(), crossing.shape)
    writes = np.unravel_index(parts.head_ratios.argmax(), parts.head_ratios.shape)
    return (
        f"{layer_name(layer)} adds most: attention {parts.attention_ratio[layer].mean():.2f} and the feed-forward part "
        f"{parts.feed_forward_ratio[layer].mean():.2f} of the length of what they are added to. "
        f"{place_name(*across)} looks across to the other sentence most ({crossing[across]:.0%} of the words’ attention); "
        f"{place_name(*writes).lower()} adds the longest vectors."
    )


def numbers(trace: Trace, parts: Contributions, lines: np.ndarray) -> str:
    """The numbers behind the beads and the lines, as folded tables."""
    layers = [layer_name(layer, short=True) for layer in range(len(lines))]
    embeddings = lengths(parts.embeddings)
    beads = rendering.table(
        (
            "Word piece",
            *(f"Length of its {name} embedding" for name in EMBEDDINGS),
            *(f"{layer}: {what} adds" for layer in layers for what in ("attention", "feed-forward")),
        ),
        (
            [
                token,
                *(f"{length:.2f}" for length in embeddings[:, place]),
                *(
                    f"{ratio[layer, place]:.2f}"
                    for layer in range(len(layers))
                    for ratio in (parts.attention_ratio, parts.feed_forward_ratio)
                ),
            ]
            for place, token in enumerate(trace.tokens)
        ),
        caption="What is added to each word piece, as a table",
    )
    given = lines.sum(axis=1)  # (layers, key tokens)
    shares = rendering.table(
        ("Word piece", *(f"Gives in {layer}" for layer in layers)),
        ([token, *(f"{share:.3f}" for share in given[:, place])] for place, token in enumerate(trace.tokens)),
        caption="The lines of the path, as a table",
    )
    return beads + shares
