"""Two measures of how one layer mixes positions, side by side on one scale: attention rollout and value zeroing."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, shown

ROW_HEIGHT = 18
GAP = 0.05  # of the width, between the two
MEASURES = ("Attention rollout", "Value zeroing")


def mixing_heatmaps(
    rollout: np.ndarray, value_zeroing: np.ndarray, tokens: Sequence[str], *, chosen: Sequence[int] = ()
) -> go.Figure:
    """Where each position takes its state from: rows are the position, columns its sources.

    Trace 0 is rollout, trace 1 value zeroing. The columns have the rows' order; their names are shown on hover.

    Args:
        rollout, value_zeroing: (tokens, tokens) shares from 0 to 1, rows sum to 1.
        tokens: word pieces, repeats included.
        chosen: indices of neighbouring rows that are outlined.
    """
    names = [shown(token, length=HOVER_LENGTH) for token in tokens]
    size, half = len(tokens), (1 - GAP) / 2
    figure = go.Figure(
        layout=theme.layout(
            height=size * ROW_HEIGHT + 110,
            margin={"t": 30},
            coloraxis=theme.weight_scale("share of the state"),
            shapes=[theme.band("y", chosen, reference="paper")] if chosen else [],
            xaxis=_sources(MEASURES[0], names, [0, half]),
            xaxis2=_sources(MEASURES[1], names, [1 - half, 1]),
            yaxis=_positions(tokens),
        )
    )
    for number, (measure, shares) in enumerate(zip(MEASURES, (rollout, value_zeroing), strict=True)):
        figure.add_heatmap(
            z=np.round(np.asarray(shares, dtype=np.float64), 3).tolist(),
            xaxis="x2" if number else "x",
            coloraxis="coloraxis",
            xgap=1,
            ygap=1,
            hovertemplate=f"{measure}<br>share of %{{y}} that comes from %{{x}}: %{{z}}<extra></extra>",
        )
    return figure


def _positions(tokens: Sequence[str]) -> dict:
    return theme.quiet_axis(
        tickvals=list(range(len(tokens))),
        ticktext=[shown(token) for token in tokens],
        range=[len(tokens) - 0.5, -0.5],
        automargin=True,
        ticklabelstandoff=4,
        tickfont={"size": 11},
    )


def _sources(title: str, names: Sequence[str], domain: Sequence[float]) -> dict:
    return theme.quiet_axis(
        domain=list(domain),
        side="top",
        title={"text": title, "standoff": 4, "font": {"size": 12}},
        tickvals=list(range(len(names))),
        ticktext=list(names),
        showticklabels=False,
        range=[-0.5, len(names) - 0.5],
    )
