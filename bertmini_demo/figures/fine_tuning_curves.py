"""A training as it goes: the loss, and how much of what it did not see the copy gets right."""

from collections.abc import Sequence

import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import percent

GRID = {"showgrid": True, "gridcolor": theme.tint(theme.TEXT, 0.2), "automargin": True}
HALVES = theme.share_ticks(0, 0.5, 1)


def tuning_curves(
    steps: Sequence[int], losses: Sequence[float], held_out: Sequence[float], *, last: int
) -> go.Figure:
    """Loss above, accuracy below, over the steps of training.

    Args:
        losses: in nats, one for each of ``steps``.
        held_out: shares of the held-out pairs that are right, from 0 to 1.
        last: the step at which training is to end: the axis does not grow on the way.
    """
    figure = go.Figure(
        layout=theme.layout(
            height=320,
            margin={"t": 12, "r": 16, "l": 8, "b": 8},
            showlegend=False,
            xaxis=theme.quiet_axis(range=[0, last * 1.03], anchor="y2", title={"text": "step"}, **GRID),
            yaxis=theme.quiet_axis(
                domain=[0.56, 1], rangemode="tozero", title={"text": "loss, nats"}, **GRID
            ),
            yaxis2=theme.quiet_axis(
                domain=[0, 0.44], range=[0, 1.08], title={"text": "held out, right"}, **HALVES, **GRID
            ),
        )
    )
    for axis, values, colour, hover in (
        ("y", losses, theme.OPPOSES, [f"{loss:.2f} nats" for loss in losses]),
        ("y2", held_out, theme.SUPPORTS, [f"{percent(share)} right" for share in held_out]),
    ):
        figure.add_scatter(
            x=list(steps),
            y=[round(value, 4) for value in values],
            yaxis=axis,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            text=hover,
            hovertemplate="step %{x}<br>%{text}<extra></extra>",
        )
    return figure
