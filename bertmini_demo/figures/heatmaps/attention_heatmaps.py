"""Attention as heatmaps: all heads as a grid, one head large, rollout.

Weights are probabilities from 0 to 1; rows are queries (the word that attends), columns are keys (the word
attended to). A NaN cell is left empty.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix
from bertmini_demo.figures.naming import (
    HOVER_LENGTH,
    head_name,
    layer_name,
    place_name,
    shown,
)

PARTS = 10_000  # the grid is sent as whole numbers, two bytes a cell: half of what digits take
MANY = 6  # layers or heads; more have no room for their names in full
WEIGHT = "attention weight"
GRID = {"pattern": "coupled", "xside": "top plot", "xgap": 0.08, "ygap": 0.08}


def head_grid(
    attentions: np.ndarray, tokens: Sequence[str], *, chosen: tuple[int, int] | None = None
) -> go.Figure:
    """All heads as small heatmaps on one colour scale: a row a layer, a column a head.

    Trace ``layer * heads + head`` is that head's tile, so a click's curveNumber names the head. Tiles of a
    column share one x axis and tiles of a row one y axis, which keeps the tokens from being sent for each tile.
    Weights are sent as whole numbers of ``PARTS``; on hover they are written after "0.", so that 1 reads 0.9999.

    Args:
        attentions: (layers, heads, tokens, tokens), no NaN.
        chosen: (layer, head) to outline, counted from 0.
    """
    layers, heads = attentions.shape[:2]
    tile = min(130, max(48, 560 // layers))
    figure = go.Figure(
        layout=theme.layout(
            height=layers * tile + 90,
            margin={"t": 30, "l": 30, "r": 8, "b": 60},
            coloraxis=theme.weight_scale(WEIGHT, unit=PARTS),
            grid=GRID | {"rows": layers, "columns": heads},
            **_tile_axes(layers, heads, tokens),
        )
    )
    for layer, head in np.ndindex(layers, heads):
        figure.add_heatmap(
            z=np.minimum(np.rint(attentions[layer, head] * PARTS), PARTS - 1).astype(np.uint16),
            xaxis=_axis("x", head),
            yaxis=_axis("y", layer),
            coloraxis="coloraxis",
            hovertemplate=f"{place_name(layer, head)}<br>{_hover(WEIGHT, '0.%{z:04d}')}<extra></extra>",
        )
    if chosen is not None:
        _outline(figure, *chosen)
    return figure


def head_heatmap(
    attention: np.ndarray,
    queries: Sequence[str],
    *,
    keys: Sequence[str] | None = None,
    title: str,
    measure: str = WEIGHT,
    chosen: Sequence[int] = (),
) -> go.Figure:
    """One head, large, every word named.

    Args:
        attention: (queries, keys).
        queries: row labels, one each, repeats included.
        keys: column labels; None where they are the row labels.
        measure: what a cell is, for the colour bar and on hover.
        chosen: indices of neighbouring rows to outline; their columns as well where rows and columns are the same.
    """
    columns = queries if keys is None else keys
    row_height = 20 if len(queries) <= 40 else 14
    return matrix(
        attention,
        queries,
        columns,
        scale=theme.weight_scale(measure),
        hover=_hover(measure),
        height=len(queries) * row_height + 210,
        chosen_rows=chosen,
        chosen_columns=chosen if keys is None else (),
        row_axis={"title": {"text": "from (query)", "standoff": 6}, "tickfont": _font(queries)},
        column_axis={
            "title": {"text": f"<b>{shown(title, length=40)}</b><br>to (key)", "standoff": 6},
            "tickfont": _font(columns),
        },
    )


def rollout_heatmap(
    rollout: np.ndarray, tokens: Sequence[str], *, layer: int, chosen: Sequence[int] = ()
) -> go.Figure:
    """Attention rollout up to and including ``layer``: which input positions each position is made of.

    Args:
        rollout: (tokens, tokens), one entry of ``bertmini_demo.explain.attention_rollout.rollout``.
    """
    title = f"Rollout: {layer_name(0)} to {layer_name(layer)}" if layer else f"Rollout: {layer_name(0)}"
    return head_heatmap(rollout, tokens, title=title, measure="share of the output", chosen=chosen)


def _hover(measure: str, value: str = "%{z}") -> str:
    return f"from %{{y}}<br>to %{{x}}<br>{measure} {value}"


def _font(labels: Sequence[str]) -> dict[str, int]:
    return {"size": 12 if len(labels) <= 16 else 10}


def _axis(name: str, index: int) -> str:
    """Plotly's name of the axis at ``index``: the first has no number, the second has 2."""
    return f"{name}{index + 1}" if index else name


def _word_axis(labels: Sequence[str], *, title: str, length: int, reverse: bool, **more: Any) -> dict:
    """An axis with one place a word, in order; reversed for rows, which are read from the top."""
    size = len(labels)
    return theme.quiet_axis(
        tickvals=list(range(size)),
        ticktext=[shown(label, length=length) for label in labels],
        range=[size - 0.5, -0.5] if reverse else [-0.5, size - 0.5],
        **{"title": {"text": title, "standoff": 6}, **more},
    )


def _tile_axes(layers: int, heads: int, tokens: Sequence[str]) -> dict[str, dict]:
    """An x axis for each column of tiles and a y axis for each row, unlabelled: the words are shown on hover."""
    short = max(layers, heads) > MANY
    tile = {"showticklabels": False, "length": HOVER_LENGTH, "title_font_size": 10 if short else 12}
    tile |= {"showline": True, "mirror": "all", "linecolor": theme.FRAME, "linewidth": 1}
    columns = {
        _axis("xaxis", head): _word_axis(tokens, title=head_name(head, short=short), reverse=False, **tile)
        for head in range(heads)
    }
    rows = {
        _axis("yaxis", layer): _word_axis(tokens, title=layer_name(layer, short=short), reverse=True, **tile)
        for layer in range(layers)
    }
    return columns | rows


def _outline(figure: go.Figure, layer: int, head: int) -> None:
    figure.add_shape(
        type="rect",
        xref=f"{_axis('x', head)} domain",
        yref=f"{_axis('y', layer)} domain",
        x0=0,
        x1=1,
        y0=0,
        y1=1,
        line={"color": theme.CHOSEN, "width": 3},
    )
