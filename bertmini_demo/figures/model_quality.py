"""What was measured of a model: confusion, calibration, the loss as it fell, and its place in the family."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix
from bertmini_demo.figures.naming import HOVER_LENGTH, percent, shown, stage_kind, stage_name

CONFUSION_SCALE = [[0, theme.tint(theme.UNSIGNED, 0)], [1, theme.tint(theme.UNSIGNED, 0.55)]]
DIAGONAL = {"dash": "dot", "color": theme.FRAME, "width": 2}
NEAR_END = 0.2, 0.3  # in the logarithm of word pieces, and in nats
GRID = {"showgrid": True, "gridcolor": theme.tint(theme.TEXT, 0.2), "automargin": True}
COST_TICKS = [
    step * 10.0**power for power in range(-2, 5) for step in (1, 2, 5)
]  # Plotly's own read 5, 10, 2, 5
COST_AXIS = {"type": "log", "tickvals": COST_TICKS, "ticktext": [f"{tick:,g}" for tick in COST_TICKS], **GRID}


def confusion_heatmap(confusion: Mapping[str, Mapping[str, int]], *, names: Mapping[str, str]) -> go.Figure:
    """How often pairs of each label got each verdict, as shares of a row, with the counts.

    Args:
        confusion: counts by label, then by verdict.
        names: how labels are written on the page.
    """
    labels = list(confusion)
    counts = np.array([[confusion[truth][answer] for answer in labels] for truth in labels])
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    shown_names = [names[label] for label in labels]
    return matrix(
        shares,
        shown_names,
        shown_names,
        scale={"colorscale": CONFUSION_SCALE, "cmin": 0, "cmax": 1, "showscale": False},
        hover="annotators label it %{y}<br>the model predicts %{x}<br>%{text}",
        height=300,
        text=[
            [f"{percent(share)}<br>{count:,}" for share, count in zip(*row, strict=True)]
            for row in zip(shares, counts, strict=True)
        ],
        row_axis={"title": {"text": "annotators label", "standoff": 6}},
        column_axis={"title": {"text": "the model predicts", "standoff": 6}, "tickangle": 0},
    )


def calibration_curve(bins: Sequence[Mapping[str, float]]) -> go.Figure:
    """Accuracy by confidence; on the dotted line the two are equal.

    Args:
        bins: each with the number of pairs, the means of confidence and accuracy from 0 to 1, and where it is known
            the 95 % "interval" of the accuracy.
    """
    sizes = np.array([entry["pairs"] for entry in bins])
    figure = go.Figure(
        layout=theme.layout(
            height=300,
            margin={"t": 12, "r": 16, "l": 8, "b": 8},
            showlegend=False,
            xaxis=theme.quiet_axis(
                range=[0.3, 1.02],
                title={"text": "confidence: probability of the verdict"},
                **theme.share_ticks(0.4, 0.6, 0.8, 1),
                ticklabelstandoff=4,
                **GRID,
            ),
            yaxis=theme.quiet_axis(
                range=[0, 1.05], title={"text": "accuracy"}, **theme.share_ticks(), **GRID
            ),
        )
    )
    figure.add_scatter(x=[0.3, 1], y=[0.3, 1], mode="lines", line=DIAGONAL, hoverinfo="skip")
    figure.add_scatter(
        x=[entry["confidence"] for entry in bins],
        y=[entry["accuracy"] for entry in bins],
        error_y=_error_bars(bins),
        mode="lines+markers",
        line={"color": theme.SUPPORTS, "width": 2},
        marker={"size": np.round(6 + 14 * np.sqrt(sizes / sizes.max()), 1).tolist()},
        customdata=sizes.tolist(),
        text=["<br>".join(_written(entry)) for entry in bins],
        hovertemplate="%{text}<br>%{customdata:,} pairs<extra></extra>",
    )
    return figure


def _written(entry: Mapping[str, float]) -> list[str]:
    return [f"{name} {percent(entry[name], digits=1)}" for name in ("confidence", "accuracy")]


def _error_bars(bins: Sequence[Mapping]) -> dict | None:
    """From each accuracy to the ends of its interval; None where one has none."""
    if not all("interval" in entry for entry in bins):
        return None
    return {
        "type": "data",
        "array": [round(entry["interval"][1] - entry["accuracy"], 4) for entry in bins],
        "arrayminus": [round(entry["accuracy"] - entry["interval"][0], 4) for entry in bins],
        "color": theme.SUPPORTS,
        "thickness": 1.2,
        "width": 3,
    }


def loss_curves(stages: Sequence[Mapping]) -> go.Figure:
    """The loss of each stage of training against the word pieces read in it, from thousands to hundreds of millions.

    Stages of one kind share a colour and an entry in the key; each has its number at its end, or its neighbour's there.

    Args:
        stages: each with command, steps, word_pieces and loss: (step, nats).
    """
    figure = go.Figure(
        layout=theme.layout(
            height=300,
            margin={"t": 36, "r": 24},
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            xaxis=theme.quiet_axis(
                type="log",
                dtick=1,
                title={"text": "million word pieces (logarithmic)"},
                **GRID,
            ),
            yaxis=theme.quiet_axis(title={"text": "loss in nats"}, rangemode="tozero", **GRID),
        )
    )
    kinds = [stage["command"] for stage in stages]
    order = list(dict.fromkeys(kinds))
    for place, (stage, end) in enumerate(zip(stages, end_texts(stages), strict=True)):
        curve = _loss_curve(stage, end=end, name=stage_name(place + 1, kinds[place]))
        colour = theme.HEADS[order.index(kinds[place]) % len(theme.HEADS)]
        shows_kind = kinds.index(kinds[place]) == place  # the first of its kind
        figure.add_trace(curve.update(line={"color": colour, "width": 2}, showlegend=shows_kind))
    return figure


def _loss_curve(stage: Mapping, *, end: str, name: str) -> go.Scatter:
    pieces = stage["word_pieces"] / max(stage["steps"], 1) / 1e6
    points = len(stage["loss"])
    return go.Scatter(
        x=[round(step * pieces, 3) for step, _ in stage["loss"]],
        y=[loss for _, loss in stage["loss"]],
        mode="lines+text",
        text=[""] * (points - 1) + [end] * bool(points),
        textposition="middle right",
        textfont={"size": 11},
        name=shown(stage_kind(stage["command"]), length=HOVER_LENGTH),
        legendgroup=stage["command"],
        meta=shown(name, length=HOVER_LENGTH),
        hovertemplate="%{meta}<br>%{x:.2f} million pieces<br>%{y:.2f} nats<extra></extra>",
    )


def end_texts(stages: Sequence[Mapping]) -> list[str]:
    """The text at the end of each stage's curve: its number; where several end at one place, all numbers at the first."""
    numbers: list[list[str]] = [[] for _ in stages]
    for number, stage in enumerate(stages):
        near = (other for other in range(number) if numbers[other] and meet(stages[other], stage))
        numbers[next(near, number)].append(str(number + 1))
    return [", ".join(group) for group in numbers]


def meet(one: Mapping, other: Mapping) -> bool:
    """Whether the curves of two stages end so close together that their numbers would overlap."""
    if not one["loss"] or not other["loss"]:
        return False
    apart = abs(np.log(max(one["word_pieces"], 1) / max(other["word_pieces"], 1)))
    return apart < NEAR_END[0] and abs(one["loss"][-1][1] - other["loss"][-1][1]) < NEAR_END[1]


def family_scatter(
    names: Sequence[str],
    costs: Sequence[float],
    accuracies: Sequence[float],
    *,
    cost: str,
    own: tuple[str, float, float] | None = None,
) -> go.Figure:
    """Accuracy against cost, the cost on a logarithmic axis.

    Args:
        costs: of each member, above 0.
        accuracies: on MultiNLI, in %.
        cost: what the cost is, with its unit.
        own: (name, cost, accuracy) of the model in use, as a mark of its own.
    """
    figure = go.Figure(
        layout=theme.layout(
            height=340,
            margin={"t": 24, "r": 30, "l": 8, "b": 8},
            showlegend=False,
            xaxis=theme.quiet_axis(title={"text": cost}, **COST_AXIS),
            yaxis=theme.quiet_axis(title={"text": "MultiNLI accuracy, %"}, **GRID),
        )
    )
    family = _models(names, costs, accuracies, mode="lines+markers+text", textposition="top left")
    line = {"color": theme.SUPPORTS, "width": 1, "dash": "dot"}
    figure.add_trace(family.update(line=line, marker={"size": 10, "color": theme.SUPPORTS}))
    if own:
        name, value, accuracy = own
        mark = _models(
            [name], [value], [round(accuracy, 1)], mode="markers+text", textposition="bottom right"
        )
        figure.add_trace(mark.update(marker={"size": 13, "symbol": "diamond", "color": theme.CHOSEN}))
    return figure


def _models(
    names: Sequence[str], costs: Sequence[float], accuracies: Sequence[float], **style: str
) -> go.Scatter:
    return go.Scatter(
        x=[round(value, 3) for value in costs],
        y=list(accuracies),
        text=[shown(name) for name in names],
        cliponaxis=False,
        hovertemplate="%{text}<br>%{x:,.1f}<br>%{y:.1f}\u00a0%<extra></extra>",
        **style,
    )
