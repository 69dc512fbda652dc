"""The whole model on one pair, as one picture: word pieces, embeddings, blocks, [CLS], pooler, probabilities.

A pure function: results in, HTML with inline SVG out; assets/laboratory.css gives it its colours and its two layouts, side
by side on a wide page and block below block on a narrow one. Parts of class ``opens`` can be pressed; their data
attributes (tab, head, word, target) say what they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bertmini_demo.explain.attention_flow import MEAN, ROLLOUT, attention_flow, start_shares
from bertmini_demo.explain.head_roles import head_summaries
from bertmini_demo.figures.lanes import (
    BLOCK_WIDTH,
    EMBEDDINGS,
    LANES_START,
    WORDS_WIDTH,
    Lanes,
    block_beads,
    embedding_beads,
    lay_lanes,
    names,
    part,
    path_lines,
    picture,
    plain_names,
    rails,
    sentence_marks,
)
from bertmini_demo.figures.naming import layer_name, place_name
from bertmini_demo.figures.png_tiles import signed_tile, weights_tile
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.results import Head

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Trace

FIRST_HEAD = Head(0, 0)
VERDICT_WIDTH = 230
POOLER = 58  # side of its square
LABELS_START, LABELS_END = 136, 228
LEAST_LABEL_ROW, MOST_LABEL_ROW = 52, 84


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What all parts of the picture are drawn from.

    Attributes:
        chosen: positions whose path is drawn.
        lines: (layers, query tokens, key tokens) weights of that path.
        head: (layer, head) outlined.
    """

    trace: Trace
    parts: Contributions
    lanes: Lanes
    chosen: tuple[int, ...]
    lines: np.ndarray
    flows: bool
    head: Head


def model_map(
    trace: Trace,
    parts: Contributions,
    *,
    word: int | None = None,
    kind: str = MEAN,
    head: Head = FIRST_HEAD,
) -> str:
    """The picture, as HTML.

    Args:
        parts: the same pass taken apart, see ``bertmini_demo.explain.norm_decomposition``.
        word: index of the word whose path is drawn; None for [CLS], from which the verdict is read.
        kind: of path, one of ``bertmini_demo.explain.attention_flow.PATHS``.
        head: (layer, head), counted from 0: outlined, and followed where ``kind`` says so.
    """
    chosen = chosen_positions(trace, word)
    lines = attention_flow(trace.attentions, start_shares(chosen, len(trace.tokens)), kind=kind, head=head)
    scene = Scene(
        trace=trace,
        parts=parts,
        lanes=lay_lanes(trace.pair.segments, lines.sum(axis=(0, 1)), always=(0, *chosen)),
        chosen=chosen,
        lines=lines,
        flows=kind == ROLLOUT,
        head=head,
    )
    blocks = "".join(block(scene, layer) for layer in range(len(trace.attentions)))
    return (
        f'<div class="map" role="group" aria-label="The model on this pair" style="--layers: {len(trace.attentions)}">'
        f"{words(scene)}{blocks}{verdict(scene)}</div>"
    )


def chosen_positions(trace: Trace, word: int | None) -> tuple[int, ...]:
    """Where the path of a word starts: all its pieces; at [CLS] where no word is chosen."""
    return (0,) if word is None else trace.pair.words[word].positions


def words(scene: Scene) -> str:
    """Word pieces and the three embeddings that are added up."""
    pair, lanes = scene.trace.pair, scene.lanes
    lengths = np.linalg.norm(scene.parts.embeddings, axis=-1)
    told = (
        f"{lanes.left_out} word pieces that this path hardly touches have no line." if lanes.left_out else ""
    )
    drawing = (
        rails(lanes, LANES_START, WORDS_WIDTH)
        + plain_names(pair, lanes)[0]
        + sentence_marks(pair, lanes)
        + toolbar(names(pair, lanes, chosen=scene.chosen), "Word pieces")
        + toolbar(embedding_beads(pair, lanes, lengths), f"Embeddings: {', '.join(EMBEDDINGS)}")
    )
    legend = (
        '<ul class="map-legend"><li class="embedding">the three embeddings</li>'
        '<li class="attention">what attention adds</li>'
        '<li class="feed-forward">what feed-forward adds</li>'
        '<li class="line">the path followed</li></ul>'
    )
    heading = f"{opener('Word pieces', tab='words')}{opener('Embeddings', tab='words')}"
    return section(
        "words", heading, f"{legend}<p>{told}</p>", picture(drawing, width=WORDS_WIDTH, height=lanes.end)
    )


def block(scene: Scene, layer: int) -> str:
    """One block: its heads as tiles, its feed-forward part, and the lines through both."""
    pair, lanes, parts = scene.trace.pair, scene.lanes, scene.parts
    made = parts.feed_forward_ratio[layer]
    beads = block_beads(pair, lanes, layer=layer, attention=parts.attention_ratio[layer], feed_forward=made)
    drawing = (
        rails(lanes, 0, BLOCK_WIDTH)
        + plain_names(pair, lanes)[1]
        + f'<g style="--layer: {layer}">{path_lines(pair.tokens, lanes, scene.lines[layer], flows=scene.flows)}</g>'
        + toolbar(beads, f"What {layer_name(layer).lower()} adds")
    )
    told = f"{layer_name(layer)}, feed-forward part: adds {made.mean():.2f} of the length of what it is added to, on average"
    feed_forward = (
        f'<button type="button" class="opens map-feed-forward" data-tab="layers" aria-label="{told}" title="{told}">'
        '<svg viewBox="0 0 40 100" aria-hidden="true" preserveAspectRatio="none">'
        '<path d="M0 34L20 2 40 34V66L20 98 0 66z"/></svg><span>feed-forward</span></button>'
    )
    machines = f"{heads(scene, layer)}{feed_forward}"
    return section(
        "block",
        opener(layer_name(layer), tab="layers"),
        machines,
        picture(drawing, width=BLOCK_WIDTH, height=lanes.end),
    )


def heads(scene: Scene, layer: int) -> str:
    """One tile a head, made from its weights, over a bar as long as what the head adds."""
    trace, pair = scene.trace, scene.trace.pair
    crossing = head_summaries(
        trace.attentions, pair.tokens, segments=pair.segments, special=pair.special
    ).to_other_sentence[layer]
    ratios = scene.parts.head_ratios
    found = []
    for head, weights in enumerate(trace.attentions[layer]):
        ratio = ratios[layer, head]
        told = (
            f"{place_name(layer, head)}: {crossing[head]:.0%} of the words’ attention crosses to the other sentence; "
            f"it adds {ratio:.2f} of the length of what it is added to, on average"
        )
        found.append(
            f'<button type="button" class="opens map-head" tabindex="{-1 if head else 0}" data-tab="attention" '
            f'data-head="{layer}-{head}" aria-pressed="{str((layer, head) == scene.head).lower()}" '
            f'aria-label="{told}" title="{told}"><img alt="" src="{weights_tile(weights)}"/>'
            f'<span style="width: {ratio / ratios.max():.1%}"></span></button>'
        )
    columns = int(np.ceil(len(found) ** 0.5))
    return (
        f'<div class="map-heads" role="group" data-toolbar="" aria-label="Heads of {layer_name(layer).lower()}" '
        f'style="--columns: {columns}; --heads: {len(found)}">{"".join(found)}</div>'
    )


def verdict(scene: Scene) -> str:
    """[CLS] after the last block, the pooled vector made from it, and the probabilities read from that."""
    lanes, prediction = scene.lanes, scene.trace.prediction
    middle = lanes.heights[0]
    top = middle - 8
    centre = top + POOLER / 2
    labels = len(prediction.probabilities)
    row = min(MOST_LABEL_ROW, max(LEAST_LABEL_ROW, (lanes.end - top) / labels))
    width = scene.lines[-1, 0].sum() * lanes.row if scene.flows else 0.0
    flow = (
        f'<path class="line on" pathLength="1" d="M0 {middle:g}H16" stroke-width="{width:.2f}"/>'
        if width
        else ""
    )
    pooled = square(scene.parts.pooled)
    size = f'x="40" y="{top:g}" width="{POOLER}" height="{POOLER}"'
    drawing = (
        f'<path class="rails on" d="M0 {middle:g}H40"/>{flow}'
        + part(
            f'<circle class="cls" cx="16" cy="{middle:g}" r="8"/>',
            "[CLS] after the last layer: the only state the verdict is read from",
            opens='data-tab="layers"',
        )
        + part(
            f'<image {size} preserveAspectRatio="none" href="{signed_tile(pooled)}"/><rect class="frame" {size}/>',
            f"Pooler: {scene.parts.pooled.size} numbers from −1 (orange) to 1 (blue), made from [CLS]",
            opens='data-tab="layers"',
        )
        + f'<text x="{40 + POOLER / 2:g}" y="{top + POOLER + 14:g}" class="small">pooler</text>'
        + "".join(
            label_row(label, share, prediction.label == label, start=centre, height=top + 20 + row * place)
            for place, (label, share) in enumerate(prediction.probabilities.items())
        )
    )
    end = top + max(POOLER + 22, row * labels)
    heading = opener("Verdict", tab="why")
    answer = (
        f'<p class="map-answer"><strong>{label_name(prediction.label)}</strong>'
        f"<span>{prediction.probabilities[prediction.label]:.1%}</span></p>"
    )
    return section("verdict", heading, answer, picture(drawing, width=VERDICT_WIDTH, height=end))


def label_row(label: str, share: float, wins: bool, *, start: float, height: float) -> str:
    """One label: a line from the pooler as wide as its probability, its name, a bar and the number."""
    edge, middle = 40 + POOLER, (40 + POOLER + LABELS_START) / 2
    length = LABELS_END - LABELS_START
    line = (
        f'<path class="share" d="M{edge} {start:g}C{middle:g} {start:g} {middle:g} {height + 3:g} {LABELS_START - 3} {height + 3:g}" '
        f'stroke-width="{share * 24:.2f}"/>'
    )
    content = (
        f'<rect class="hit" x="{LABELS_START}" y="{height - 20:g}" width="{length}" height="40"/>'
        f'<text x="{LABELS_START}" y="{height - 6:g}">{label_name(label)}</text>'
        f'<rect class="track" x="{LABELS_START}" y="{height:g}" width="{length}" height="6" rx="2"/>'
        f'<rect class="fill" x="{LABELS_START}" y="{height:g}" width="{share * length:.1f}" height="6" rx="2"/>'
        f'<text class="number" x="{LABELS_END}" y="{height + 20:g}">{share:.1%}</text>'
    )
    told = f"{label_name(label)}: probability {share:.1%}"
    return line + part(
        content, told, opens=f'data-tab="why" data-target="{escape(label)}"', kind="winner" if wins else ""
    )


def square(values: np.ndarray) -> np.ndarray:
    """A vector row by row as a square, or nearly one; what is missing in the last row is NaN."""
    columns = int(np.ceil(len(values) ** 0.5))
    rows = -(-len(values) // columns)
    filled = np.full(rows * columns, np.nan)
    filled[: len(values)] = values
    return filled.reshape(rows, columns)


def opener(text: str, *, tab: str) -> str:
    """A heading that opens a tab."""
    return f'<h3><button type="button" class="opens" data-tab="{tab}">{text}</button></h3>'


def toolbar(content: str, told: str) -> str:
    """Parts that share one stop of the Tab key; the arrow keys go from one to the next."""
    return f'<g role="group" data-toolbar="" aria-label="{told}">{content}</g>'


def section(kind: str, heading: str, above: str, drawing: str) -> str:
    """One part of the map: its heading, what is written above, and its drawing."""
    return (
        f'<div class="map-part map-{kind}"><div class="map-heading">{heading}</div>'
        f'<div class="map-above">{above}</div>{drawing}</div>'
    )
