"""Attention of one head or several as lines between two columns of words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, Rows, rows_by_sentence, shown

MAX_LINES = 200
BUCKETS = 5  # of width and opacity: a few traces draw hundreds of lines
ROW_HEIGHT = 22


def head_lines(
    attentions: np.ndarray,
    queries: Sequence[str],
    *,
    query_sentences: Sequence[str],
    keys: Sequence[str] | None = None,
    key_sentences: Sequence[str] | None = None,
    names: Sequence[str],
    chosen_queries: Sequence[int] = (),
    chosen_keys: Sequence[int] = (),
    threshold: float = 0.05,
) -> go.Figure:
    """Lines from the words that attend, on the left, to the words attended to; stronger where the weight is larger.

    After BertViz (Vig 2019, https://arxiv.org/abs/1906.05714). Lines under ``threshold`` are left out, and of
    the others the ``MAX_LINES`` strongest are drawn; the figure says how many.

    Args:
        attentions: (heads, queries, keys) weights from 0 to 1, of one head or several; NaN draws no line.
        query_sentences: "premise" or "hypothesis" for each query; a heading is added where it changes.
        keys, key_sentences: the right column; None where it is the same as the left one.
        names: of the heads, one each; colours repeat after eight.
        chosen_queries, chosen_keys: indices of words, ringed; only lines that start or end at them are drawn, or all
            lines where none is chosen.
    """
    keys = queries if keys is None else keys
    key_sentences = query_sentences if key_sentences is None else key_sentences
    left, right = rows_by_sentence(queries, query_sentences), rows_by_sentence(keys, key_sentences)
    weights = np.where(_chosen_cells(attentions.shape[1:], chosen_queries, chosen_keys), attentions, np.nan)
    lines = _strongest(weights, threshold)
    figure = go.Figure(layout=_layout(left, right, note=_note(lines, weights, threshold), heads=len(names)))
    for head, name in enumerate(names):
        style = {"color": theme.HEADS[head % len(theme.HEADS)], "name": shown(name, length=HOVER_LENGTH)}
        own = lines[lines[:, 0] == head, 1:]
        _add_lines(figure, weights[head], own, left=left, right=right, group=str(head), **style)
    _add_dots(figure, left, labels=queries, sentences=query_sentences, chosen=chosen_queries, side=0)
    _add_dots(figure, right, labels=keys, sentences=key_sentences, chosen=chosen_keys, side=1)
    return figure


def _chosen_cells(shape: tuple[int, ...], queries: Sequence[int], keys: Sequence[int]) -> np.ndarray:
    """(queries, keys) True where a line may be drawn."""
    cells = np.full(shape, not queries and not keys)
    cells[list(queries)] = True
    cells[:, list(keys)] = True
    return cells


def _strongest(weights: np.ndarray, threshold: float) -> np.ndarray:
    """(lines, 3) head, query and key of the lines to draw, the strongest first."""
    cells = np.argwhere(weights >= threshold)  # NaN is never above it
    order = np.argsort(-weights[tuple(cells.T)], kind="stable")
    return cells[order[:MAX_LINES]]


def _note(lines: np.ndarray, weights: np.ndarray, threshold: float) -> str:
    total, above = np.count_nonzero(~np.isnan(weights)), np.count_nonzero(weights >= threshold)
    if above > len(lines):
        return f"the {len(lines):,} strongest of {total:,} lines"
    return f"{len(lines):,} of {total:,} lines: weight {threshold:g} or more"


def _add_lines(
    figure: go.Figure,
    weights: np.ndarray,
    lines: np.ndarray,
    *,
    left: Rows,
    right: Rows,
    color: str,
    name: str,
    group: str,
) -> None:
    """One trace for each bucket of weight, and an empty one that puts the head's colour in the legend."""
    buckets = np.minimum(np.sqrt(weights[tuple(lines.T)]) * BUCKETS, BUCKETS - 1).astype(int)
    for bucket in np.unique(buckets):
        ends = [(left.places[query], right.places[key]) for query, key in lines[buckets == bucket]]
        figure.add_scatter(
            x=[0, 1, None] * len(ends),
            y=[place for start, end in ends for place in (start, end, None)],
            mode="lines",
            line={"color": color, "width": 1 + 0.6 * bucket},
            opacity=(bucket + 0.5) / BUCKETS,
            hoverinfo="skip",
            legendgroup=group,
            showlegend=False,
        )
    figure.add_scatter(
        x=[None], y=[None], mode="lines", line={"color": color, "width": 3}, name=name, legendgroup=group
    )


def _add_dots(
    figure: go.Figure,
    rows: Rows,
    *,
    labels: Sequence[str],
    sentences: Sequence[str],
    chosen: Sequence[int],
    side: int,
) -> None:
    """A dot beside each word, in the colour of its sentence; a chosen one is larger and ringed."""
    picked = [index in chosen for index in range(len(labels))]
    figure.add_scatter(
        x=[side] * len(labels),
        y=rows.places,
        yaxis="y2" if side else "y",
        mode="markers",
        cliponaxis=False,
        marker={
            "size": [12 if one else 7 for one in picked],
            "color": [theme.SENTENCES[sentence] for sentence in sentences],
            "line": {"color": theme.CHOSEN, "width": [3 if one else 0 for one in picked]},
        },
        text=[shown(label, length=HOVER_LENGTH) for label in labels],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def _layout(left: Rows, right: Rows, *, note: str, heads: int) -> dict[str, Any]:
    end = max(left.end, right.end)
    key_height = 20 * heads if heads > 1 else 0  # a line a head where the page is narrow
    column = {"range": [end - 0.5, -0.5], "automargin": True, "ticklabelstandoff": 6}
    return theme.layout(
        height=round(end * ROW_HEIGHT) + 50 + key_height,
        showlegend=heads > 1,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0.5, "xanchor": "center"},
        xaxis=theme.quiet_axis(
            range=[0, 1], showticklabels=False, automargin=True, title={"text": note, "standoff": 4}
        ),
        yaxis=theme.quiet_axis(tickvals=left.tickvals, ticktext=left.ticktext, **column),
        yaxis2=theme.quiet_axis(
            tickvals=right.tickvals, ticktext=right.ticktext, overlaying="y", side="right", **column
        ),
    )
