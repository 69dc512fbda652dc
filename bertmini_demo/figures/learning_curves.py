"""Measures over the checkpoints of a training: what the model can do when, stage after stage."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.faithfulness_curves import DASHES, SYMBOLS
from bertmini_demo.figures.naming import HOVER_LENGTH, decimal, percent, shown

DECIMALS = 4


def learning_curves(
    values: Mapping[str, Sequence[float | None]],
    steps: Sequence[int],
    stages: Sequence[str],
    *,
    measure: str,
    share: bool = True,
    chosen: int | None = None,
) -> go.Figure:
    """One line a measure over the checkpoints, evenly spaced; a line at each place where a new stage begins.

    Args:
        values: name to (checkpoints,) numbers; None where it was not measured.
        steps: (checkpoints,) of training, counted within each stage.
        stages: (checkpoints,) the name of each checkpoint's stage.
        measure: what the numbers are, for the axis.
        share: whether they are shares from 0 to 1, drawn as per cent.
        chosen: index of the checkpoint shown elsewhere.
    """
    figure = go.Figure(layout=_layout(steps, stages, measure=measure, share=share, chosen=chosen))
    moments = [f"{stage}, step {step:,}" for stage, step in zip(stages, steps, strict=True)]
    for number, (name, numbers) in enumerate(values.items()):
        figure.add_scatter(
            x=list(range(len(steps))),
            y=[None if value is None or np.isnan(value) else round(value, DECIMALS) for value in numbers],
            mode="lines+markers",
            name=shown(name, length=HOVER_LENGTH),
            line={
                "color": theme.LABELS.get(name, theme.HEADS[number % len(theme.HEADS)]),
                "width": 2.5,
                "dash": DASHES[number % len(DASHES)],
            },
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 7},
            customdata=moments,
            text=[_written(value, share=share) for value in numbers],
            hovertemplate="%{customdata}<br>%{text}<extra>%{fullData.name}</extra>",
        )
    return figure


def _written(value: float | None, *, share: bool) -> str:
    """A number as it is shown on hover."""
    if value is None or np.isnan(value):
        return ""
    return percent(value, digits=1) if share else decimal(value)


def _layout(
    steps: Sequence[int], stages: Sequence[str], *, measure: str, share: bool, chosen: int | None
) -> dict:
    size = len(steps)
    starts = [place for place in range(size) if place == 0 or stages[place] != stages[place - 1]]
    lines = [_upright(start - 0.5, theme.FRAME, "dot") for start in starts[1:]]
    if chosen is not None:
        lines.append(_upright(chosen, theme.CHOSEN, "solid"))
    limits = {"range": [-0.02, 1.02], **theme.share_ticks()} if share else {"rangemode": "tozero"}
    return theme.layout(
        height=340,
        margin={"t": 66, "r": 16},
        showlegend=True,
        legend={"orientation": "h", "y": 1.1, "yanchor": "bottom", "x": 0},
        shapes=lines,
        annotations=[_stage_name(start, stages[start]) for start in starts],
        xaxis=theme.quiet_axis(
            tickvals=list(range(size)),
            ticktext=[f"{step:,}" for step in steps],
            tickangle=-45,
            tickfont={"size": 10},
            range=[-0.5, size - 0.5],
            automargin=True,
            title={"text": "training step", "standoff": 6},
        ),
        yaxis=theme.quiet_axis(
            showgrid=True,
            gridcolor=theme.tint(theme.TEXT, 0.2),
            automargin=True,
            title={"text": shown(measure, length=HOVER_LENGTH), "standoff": 8},
            **limits,
        ),
    )


def _upright(place: float, colour: str, dash: str) -> dict:
    line = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _stage_name(place: int, name: str) -> dict:
    return {
        "text": shown(name, length=HOVER_LENGTH),
        "x": place - 0.45,
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11},
    }
