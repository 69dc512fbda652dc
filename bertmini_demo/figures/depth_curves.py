"""What happens from layer to layer: labels read early, words compared with themselves, before and after fine-tuning.

Every x axis counts depths: 0 for the embeddings, then a place after each layer.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix
from bertmini_demo.figures.naming import (
    HOVER_LENGTH,
    MANY_DEPTHS,
    decimal,
    depth_lines,
    depth_names,
    percent,
    shown,
)

DECIMALS = 3
LINES = (
    ("solid", "circle"),
    ("dash", "square"),
    ("dot", "diamond"),
)  # so that no line is distinguished by colour alone


SHARES = theme.share_ticks()


def early_lines(probabilities: np.ndarray, labels: Sequence[str]) -> go.Figure:
    """The probability of each label, were the model to stop after each layer.

    Args:
        probabilities: (depths, labels), rows sum to 1.
        labels: in the order they are shown.
    """
    figure = go.Figure(
        layout=depth_layout(len(probabilities), height=320, title="probability (approximate)", **SHARES)
    )
    for label, values, (dash, symbol) in zip(labels, probabilities.T, LINES, strict=False):
        add_line(
            figure, values, shown(label), color=theme.LABELS[label], dash=dash, symbol=symbol, text=percent
        )
    return figure


def depth_columns(depths: int) -> dict[str, Any]:
    """What differs from other axes where the columns of a heat map are depths."""
    return {"tickangle": 0, "tickfont": {"size": 10}, "ticktext": depth_lines(depths)}


def similarity_heatmap(
    similarity: np.ndarray, words: Sequence[str], *, measure: str, chosen: int | None = None
) -> go.Figure:
    """How similar each word's state stays to another state, a row a word and a column a depth.

    Args:
        similarity: (depths, words) cosines, at most 1; NaN where there is nothing to compare with.
        measure: what is compared, for the colour bar and on hover.
        chosen: index of a word whose row is outlined.
    """
    depths, row_height = len(similarity), 22 if len(words) <= 40 else 14
    return matrix(
        similarity.T,
        words,
        depth_names(depths),
        scale=_similarity_scale(measure),
        hover=f"%{{y}}<br>%{{x}}<br>{shown(measure, length=HOVER_LENGTH)} %{{z}}",
        height=len(words) * row_height + 110,
        template="%{z:.2f}" if depths <= MANY_DEPTHS else "",
        chosen_rows=[] if chosen is None else [chosen],
        column_axis=depth_columns(depths),
    )


def tuning_lines(
    similarity: np.ndarray, words: Sequence[str], *, between: np.ndarray, chosen: int | None = None
) -> go.Figure:
    """How similar words are to themselves before fine-tuning: the mean and the range over words at each depth.

    Args:
        similarity: (depths, words) cosines between both models' states of a word.
        between: (depths,) the mean cosine between two different words, to compare with.
        chosen: index of a word that has a line of its own.
    """
    depths = len(similarity)
    figure = go.Figure(
        layout=depth_layout(
            depths, height=320, title="cosine with itself before", range=_reach(similarity, between)
        )
    )
    places = list(range(depths))
    bounds = [*similarity.max(axis=1), *similarity.min(axis=1)[::-1]]
    figure.add_scatter(
        x=[*places, *places[::-1]],
        y=np.round(bounds, DECIMALS).tolist(),
        mode="lines",
        fill="toself",
        fillcolor=theme.tint(theme.UNSIGNED, 0.18),
        line={"width": 0},
        hoverinfo="skip",
        name="least to most similar word",
    )
    lines = [("mean of all words", similarity.mean(axis=1), theme.UNSIGNED)]
    lines.append(("two different words", between, theme.TEXT))
    if chosen is not None:
        lines.append((f"“{shown(words[chosen])}”", similarity[:, chosen], theme.CHOSEN))
    for (name, values, color), (dash, symbol) in zip(lines, LINES, strict=False):
        add_line(figure, values, name, color=color, dash=dash, symbol=symbol)
    return figure


def add_line(
    figure: go.Figure,
    values: np.ndarray,
    name: str,
    *,
    color: str,
    dash: str,
    symbol: str,
    text: Callable[[float], str] = decimal,
) -> None:
    """Adds a line over depths to a figure; dash and symbol distinguish it from others without colour.

    Args:
        values: (depths,).
        name: escaped text.
        text: writes a value as it is shown on hover.
    """
    figure.add_scatter(
        x=list(range(len(values))),
        y=np.round(values.astype(np.float64), DECIMALS).tolist(),
        mode="lines+markers",
        name=name,
        line={"color": color, "width": 2.5, "dash": dash},
        marker={"symbol": symbol, "size": 9, "color": color},
        cliponaxis=False,
        text=[text(float(value)) for value in values],
        hovertemplate=f"%{{x}}<br>{name} %{{text}}<extra></extra>",
    )


def _reach(*values: np.ndarray) -> list[float]:
    """The range of an axis of cosines: 0 to 1, and below 0 where there are any."""
    return [min(-0.02, *(float(np.min(some)) for some in values)), 1.02]


def depth_layout(depths: int, *, height: int, title: str, **axis: Any) -> dict[str, Any]:
    """A figure of lines over depths, its key above it."""
    return theme.layout(
        height=height,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        xaxis=_depth_axis(depths),
        yaxis=theme.quiet_axis(
            **{
                "range": [-0.02, 1.02],
                "tickvals": [0, 0.25, 0.5, 0.75, 1],
                "showgrid": True,
                "gridcolor": theme.tint(theme.TEXT, 0.2),
                "title": {"text": title, "standoff": 8},
                "automargin": True,
                **axis,
            }
        ),
    )


def _depth_axis(depths: int, **more: Any) -> dict[str, Any]:
    return theme.quiet_axis(
        tickvals=list(range(depths)),
        ticktext=depth_lines(depths),
        tickangle=0,
        tickfont={"size": 10},
        range=[-0.5, depths - 0.5],
        automargin=True,
        **more,
    )


def _similarity_scale(measure: str) -> dict[str, Any]:
    """The colour axis of a cosine from 0 to 1; a value below 0 is shown by its number alone."""
    scale = theme.weight_scale(f"cosine with {shown(measure, length=HOVER_LENGTH)}")
    scale["colorscale"] = theme.UNSIGNED_UNDER_TEXT
    ticks = (0, 0.25, 0.5, 0.75, 1)
    scale["colorbar"] |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    return scale
