"""Accuracies with their 95 % intervals, and marks to compare them with."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import percent, shown

ROW_HEIGHT = 36
NAME_LENGTH, LINE_LENGTH = 34, 20  # characters


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of right answers.

    Attributes:
        share: from 0 to 1.
        interval: the ends of its 95 % interval; None where it is not known.
        reference: something to compare with, drawn hollow, rather than a result of this model.
    """

    name: str
    share: float
    interval: tuple[float, float] | None = None
    reference: bool = False


def accuracy_intervals(rows: Sequence[Accuracy]) -> go.Figure:
    """One row each from top to bottom: a mark at the share, a line over its interval, the number beside it."""
    places = list(range(len(rows)))
    axis = theme.quiet_axis(range=[len(rows) - 0.2, -0.5], tickvals=places, automargin=True)
    figure = go.Figure(
        layout=theme.layout(
            height=len(rows) * ROW_HEIGHT + 56,
            showlegend=False,
            xaxis=theme.quiet_axis(
                range=[0, 1.02],
                **theme.share_ticks(0, 0.5, 1),  # as many as fit on a phone
                tickangle=0,
                showgrid=True,
                gridcolor=theme.tint(theme.TEXT, 0.2),
                automargin=True,
            ),
            yaxis={
                **axis,
                "ticktext": [_in_lines(shown(row.name, length=NAME_LENGTH)) for row in rows],
            },
            yaxis2={
                **axis,
                "ticktext": [percent(row.share, digits=1) for row in rows],
                "overlaying": "y",
                "side": "right",
                "ticklabelstandoff": 6,
            },
        )
    )
    _add_marks(figure, rows, reference=False, symbol="circle", colour=theme.SUPPORTS)
    _add_marks(figure, rows, reference=True, symbol="diamond-open", colour=theme.TEXT)
    figure.add_scatter(x=[None], y=[None], yaxis="y2", hoverinfo="skip")  # else the axis is not drawn
    return figure


def _in_lines(name: str) -> str:
    """A long name in two lines, which leave a phone room for the marks."""
    return "<br>".join(f"{line}\u00a0" for line in wrap(name, LINE_LENGTH))


def _add_marks(
    figure: go.Figure, rows: Sequence[Accuracy], *, reference: bool, symbol: str, colour: str
) -> None:
    placed = [(place, row) for place, row in enumerate(rows) if row.reference == reference]
    ends = [row.interval or (row.share, row.share) for _, row in placed]
    figure.add_scatter(
        x=[round(row.share, 4) for _, row in placed],
        y=[place for place, _ in placed],
        error_x={
            "type": "data",
            "array": [round(high - row.share, 4) for (_, high), (_, row) in zip(ends, placed, strict=True)],
            "arrayminus": [
                round(row.share - low, 4) for (low, _), (_, row) in zip(ends, placed, strict=True)
            ],
            "color": colour,
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        marker={"symbol": symbol, "size": 10, "color": colour},
        hovertext=[
            f"{shown(row.name, length=NAME_LENGTH)}<br>{percent(row.share, digits=1)}" for _, row in placed
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
