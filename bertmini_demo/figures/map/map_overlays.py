"""What is drawn over the lanes of the map: what is followed back, and where the difference between two pairs travels."""

from __future__ import annotations

from typing import Any

import numpy as np

from bertmini_demo.figures.map.map_drawing import MIN_WEIGHT, Drawing
from bertmini_demo.figures.naming import layer_name, percent, quoted

DIFFERENCE_WIDTH = 0.35  # of a share of 1, in widths of a line of weight 1
MIN_CROSSING = 0.03  # thinner lines between lanes are left out


def source_lines(drawing: Drawing, sources: np.ndarray | None) -> list[dict[str, Any]]:
    """A stretch of each lane in each layer, as wide as its weight.

    Args:
        sources: (layers, tokens) from 0 to 1; None for no stretches.
    """
    if sources is None:
        return []
    return [
        {
            "kind": "source",
            "d": drawing.straight(*drawing.layout.layer(layer), drawing.lanes.centres[position]),
            "width": float(sources[layer, position] * drawing.layout.line_width),
            "title": f"{quoted(drawing.trace.tokens[position])} in {layer_name(layer).lower()}: "
            f"{percent(sources[layer, position])} of the chosen state passes here",
        }
        for layer, position in np.argwhere(sources >= MIN_WEIGHT).tolist()
    ]


def difference_lines(drawing: Drawing, difference: np.ndarray | None) -> list[dict[str, Any]]:
    """Where the difference travels: stretches of lanes, and the attention along which it may have changed lanes.

    Args:
        difference: (layers + 1, tokens) shares from 0 to 1; None for no difference.
    """
    if difference is None:
        return []
    return [*_stretches(drawing, difference), *_crossings(drawing, difference)]


def _stretches(drawing: Drawing, difference: np.ndarray) -> list[dict[str, Any]]:
    """Stretches of lanes as wide as the share at that place."""
    layout, layers, tokens = drawing.layout, range(len(difference) - 1), drawing.trace.tokens
    starts = (layout.names_end + 5, *(drawing.places(layer)[2] for layer in layers))
    ends = (*(drawing.places(layer)[1] for layer in layers), layout.pooler_edge)
    return [
        {
            "kind": "difference",
            "d": drawing.straight(starts[depth], ends[depth], drawing.lanes.centres[position]),
            "width": float(difference[depth, position] * layout.line_width * DIFFERENCE_WIDTH),
            "title": f"{quoted(tokens[position])} {f'after layer {depth}' if depth else 'in the embeddings'}: "
            f"{percent(difference[depth, position])} of the difference",
        }
        for depth, position in np.argwhere(difference >= MIN_WEIGHT).tolist()
    ]


def _crossings(drawing: Drawing, difference: np.ndarray) -> list[dict[str, Any]]:
    """Where a share grows: its growth, split among the other lanes by their mean attention times their share."""
    tokens = drawing.trace.tokens
    weights = (
        drawing.trace.attentions.mean(axis=1) * difference[:-1, None, :]
    )  # (layers, query tokens, key tokens)
    weights[:, range(len(tokens)), range(len(tokens))] = 0
    total = weights.sum(axis=-1, keepdims=True)
    grows = (difference[1:] - difference[:-1]).clip(min=0)[:, :, None]
    weights = np.divide(weights * grows, total, out=np.zeros_like(weights), where=total > 0)
    return [
        {
            "kind": "difference",
            "d": drawing.curve(layer, query, key),
            "width": float(weights[layer, query, key] * drawing.layout.line_width * DIFFERENCE_WIDTH),
            "title": f"{quoted(tokens[key])} to {quoted(tokens[query])}, {layer_name(layer).lower()}: "
            f"{percent(weights[layer, query, key])} of the difference, split by attention",
        }
        for layer, query, key in np.argwhere(weights >= MIN_CROSSING).tolist()
    ]
