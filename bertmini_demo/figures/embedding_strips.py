"""The vectors a word piece enters the encoder with, each as a strip of its numbers."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import shown

DECIMALS = 3
ROW_HEIGHT = 26
ADDED = ("word", "position", "segment", "sum")
NORMALISED = "normalised"


def embedding_strips(added: np.ndarray, normalised: np.ndarray, pieces: Sequence[str]) -> go.Figure:
    """For each piece four strips on one scale, three embeddings and their sum, and one on its own: the sum normalised.

    Blue is above zero, orange below. A strip's columns are the dimensions, counted from 1.

    Args:
        added: (pieces, 4, hidden), in the order of ADDED.
        normalised: (pieces, hidden).
        pieces: what the strips are of; a heading each.
    """
    rows = len(ADDED) + 2  # a heading first, the sum normalised last
    grid = np.full((2, rows * len(pieces), added.shape[-1]), np.nan)
    for number, (vectors, last) in enumerate(zip(added, normalised, strict=True)):
        first = rows * number + 1
        grid[0, first : first + len(ADDED)] = vectors
        grid[1, first + len(ADDED)] = last
    names = [name for piece in pieces for name in (f"<b>{shown(piece)}</b>", *ADDED, NORMALISED)]
    figure = go.Figure(
        layout=theme.layout(
            height=len(names) * ROW_HEIGHT + 60,
            xaxis=theme.quiet_axis(
                title={"text": "dimension", "standoff": 6},
                range=[0.5, added.shape[-1] + 0.5],
                automargin=True,
            ),
            yaxis=theme.quiet_axis(
                tickvals=list(range(len(names))),
                ticktext=names,
                range=[len(names) - 0.5, -0.5],
                automargin=True,
            ),
        )
    )
    for layer in grid:
        _add_strips(figure, layer)
    return figure


def _add_strips(figure: go.Figure, values: np.ndarray) -> None:
    """Strips that share a scale from minus to plus their largest size; rows without numbers stay empty."""
    limit = float(np.nanmax(np.abs(values))) or 1.0
    rounded = np.round(values, DECIMALS) + 0.0
    figure.add_heatmap(
        z=[[] if np.isnan(row).all() else row.tolist() for row in rounded],
        x0=1,
        dx=1,
        zmin=-limit,
        zmax=limit,
        colorscale=theme.SIGNED_SCALE,
        showscale=False,
        ygap=3,
        hoverongaps=False,
        hovertemplate="%{y}, dimension %{x}: %{z}<extra></extra>",
    )
