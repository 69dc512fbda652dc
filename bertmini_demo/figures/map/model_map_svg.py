"""The whole model on one pair as one SVG picture: word pieces, embeddings, layers, [CLS], pooler, probabilities.

A pure function of results. Every part that can be pressed is an element of class ``part`` with ``role="button"`` and
``data-part``: "pieces", "token", "embeddings", "layer", "head", "feed-forward", "early", "pooler" or "verdict".
``data-layer``, ``data-head``, ``data-token``, ``data-word`` (an index of ``pair.words``) and ``data-label`` name the
instance; all count from 0. Parts in one ``data-toolbar`` share one stop of the Tab key.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from bertmini_demo.explain.attention_flow import MEAN, attention_flow, start_shares
from bertmini_demo.figures.map.map_drawing import Drawing
from bertmini_demo.figures.map.map_layout import Lanes, MapLayout, TallLayout, WideLayout, lay_lanes
from bertmini_demo.figures.map.map_overlays import difference_lines, source_lines
from bertmini_demo.figures.naming import joined, percent, quoted
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.figures.templates import render

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Head, Trace

TEMPLATE = Path(__file__).with_name("model_map.svg.jinja")
STYLE = Path(__file__).with_name("model_map.css")


def model_map_svg(
    trace: Trace,
    parts: Contributions,
    early: np.ndarray,
    *,
    lines: np.ndarray | None = None,
    sources: np.ndarray | None = None,
    difference: np.ndarray | None = None,
    word: int | None = None,
    evidence: Sequence[int] = (),
    head: Head | None = None,
    portrait: bool = False,
    arrives: bool = False,
) -> Markup:
    """Draws the model on one pair as an SVG element that brings its style and needs no script.

    Args:
        parts: the vectors added on the way, see ``bertmini_demo.explain.norm_decomposition``.
        early: (layers + 1, labels) probabilities read at each depth, in the order of the prediction's labels.
        lines: (layers, query tokens, key tokens) of the violet lines, 0 to 1; None: mean attention of the word or [CLS].
        sources: (layers, tokens) from 0 to 1, the width of each lane in each layer: rollout followed back, for example.
        difference: (layers + 1, tokens) from 0 to 1, drawn in place of the lines: the share that patching recovers.
        word, evidence: indices in ``pair.words``: whose lines are drawn, None for [CLS]; and which keep their names.
        head, portrait, arrives: outlined; top to bottom, 360 pixels wide; the lines run into [CLS] once.
    """
    chosen = (0,) if word is None else trace.pair.words[word].positions
    lines, importance = lines_and_importance(trace, chosen, lines=lines, difference=difference)
    lanes = lay_out(trace, importance, chosen, evidence=evidence, portrait=portrait)
    drawing = Drawing(trace, parts, np.asarray(early), *lanes, lines, chosen)
    return render(
        TEMPLATE,
        style=Markup(STYLE.read_text(encoding="utf-8")),
        drawing=drawing,
        summary=describe_map(trace, early),
        highlights=[*source_lines(drawing, sources), *difference_lines(drawing, difference)],
        travels=difference is not None,
        key_lines=key_of_lines(word, sources, portrait=portrait, travels=difference is not None),
        outlined=head,
        arrives=arrives,
    )


def lines_and_importance(
    trace: Trace, chosen: Sequence[int], *, lines: np.ndarray | None, difference: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """(layers, query tokens, key tokens) weights of the violet lines, and (tokens,) how much each lane matters."""
    if difference is not None:
        return np.zeros_like(trace.attentions[:, 0]), difference.sum(axis=0)
    if lines is None:
        lines = attention_flow(trace.attentions, start_shares(chosen, len(trace.tokens)), kind=MEAN)
    return lines, lines.sum(axis=(0, 1))


def lay_out(
    trace: Trace,
    importance: np.ndarray,
    chosen: Sequence[int],
    *,
    evidence: Sequence[int] = (),
    portrait: bool,
) -> tuple[MapLayout, Lanes]:
    """Where the parts of the map and the lanes of the word pieces go.

    Args:
        importance: (tokens,) the largest are named where room is short; [CLS], ``chosen`` and ``evidence`` always are.
    """
    layers, heads = trace.attentions.shape[:2]
    layout = (TallLayout if portrait else WideLayout)(layers, heads, len(trace.prediction.probabilities))
    words = [position for index in evidence for position in trace.pair.words[index].positions]
    lanes = lay_lanes(
        trace.pair.segments,
        importance,
        always=(0, *chosen, *words),
        start=layout.lanes_start,
        room=layout.lanes_room,
        narrowest=layout.narrowest_lane,
        widest=layout.widest_lane,
    )
    return layout, lanes


def key_of_lines(word: int | None, sources: np.ndarray | None, *, portrait: bool, travels: bool) -> str:
    """What the lines show, in as many words as there is room for; ``sources``: followed back through all layers."""
    into = "[CLS]" if word is None else "the word"
    if travels:
        return "difference" if portrait else "share of the difference"
    if portrait:
        return f"into {into}"
    return f"what reaches {into}" if sources is not None else f"attention into {into}"


def describe_map(trace: Trace, early: np.ndarray) -> str:
    """The picture in a few sentences: its text alternative."""
    layers, heads = trace.attentions.shape[:2]
    last = trace.attentions[-1, :, 0].mean(axis=0)
    strongest = int(last[1:].argmax()) + 1
    labels = tuple(trace.prediction.probabilities)
    verdicts = joined(
        [
            f"{label_name(labels[row.argmax()])} {percent(row.max())} after layer {layer + 1}"
            for layer, row in enumerate(np.asarray(early)[1:])
        ]
    )
    return (
        f"The model on this pair: {len(trace.tokens)} word pieces pass through {layers} layers of {heads} heads. "
        f"Apart from itself, [CLS] attends most to {quoted(trace.tokens[strongest])} in the last layer "
        f"({percent(last[strongest])}). The verdict read from [CLS] is {verdicts}."
    )
