"""How far an attribution can be trusted: what erasing its words does, and what random weights make of it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, decimal, layer_name, percent, shown

DECIMALS = 3
HEIGHT = 440
KEY_HEIGHT = 120  # of a key with a line for each curve, where the page is narrow
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star")
KEY = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}


def deletion_curves(
    curves: Mapping[str, np.ndarray], random: np.ndarray, *, drawn: Collection[str], target: str
) -> go.Figure:
    """The probability of a label as more of the words are gone, against random orders.

    Traces 0 and 1 are the random orders' spread and mean; those that follow are the curves, in order. A curve that
    is not drawn is in the key, and a press on its name draws it.

    Args:
        curves: name to (places,) probabilities with 0, 10, 20 ... 90, 100 % of the words gone.
        random: (orders, places) the same for random orders.
        drawn: names of the curves to draw at once.
        target: the label followed.
    """
    places = np.linspace(0, 100, random.shape[1]).round().astype(int).tolist()
    mean, spread = random.mean(axis=0), random.std(axis=0)
    figure = go.Figure(
        layout=theme.layout(
            height=HEIGHT + KEY_HEIGHT,
            margin={"t": 66},  # a key of two lines
            showlegend=True,
            legend=KEY,
            xaxis=theme.quiet_axis(
                tickvals=places[::2],
                ticktext=[percent(place / 100) for place in places[::2]],
                range=[-3, 103],
                automargin=True,
                title={"text": "words removed, those that count most first", "standoff": 8},
            ),
            yaxis=_lined_axis(f"probability of {shown(target)}", range=[-0.02, 1.02], **theme.share_ticks()),
        )
    )
    _add_band(figure, places, mean - spread, mean + spread, name=f"{len(random)} random orders, ± 1 s.d.")
    _add_line(figure, places, mean, name="their mean", color=theme.TEXT, number=2)
    for number, (name, curve) in enumerate(curves.items()):
        color = theme.HEADS[number % len(theme.HEADS)]
        _add_line(figure, places, curve, name=name, color=color, number=number)
        figure.data[-1].visible = True if name in drawn else "legendonly"
    return figure


def sanity_lines(sizes: np.ndarray, signed: np.ndarray | None, *, layers: int, chance: float) -> go.Figure:
    """How similar an attribution stays to the trained model's while the model is randomised from the top down.

    Args:
        sizes: (places so far,) Kendall's tau-b over absolute scores; place 0 is the trained model.
        signed: the same over scores with their signs; None where the method gives none.
        layers: how many the model has.
        chance: the standard deviation of tau-b between unrelated orders.
    """
    names = ["as trained", "classifier", "pooler", *map(layer_name, reversed(range(layers))), "embeddings"]
    places = list(range(len(names)))
    figure = go.Figure(
        layout=theme.layout(
            height=HEIGHT,
            showlegend=True,
            legend=KEY,
            xaxis=theme.quiet_axis(
                tickvals=places,
                ticktext=names,
                tickangle=-45,
                range=[-0.4, len(names) - 0.6],
                automargin=True,
                title={"text": "randomised, with all parts to its left", "standoff": 8},
            ),
            yaxis=_lined_axis("Kendall’s tau-b with the trained model", range=[-1.05, 1.05]),
        )
    )
    band = np.full(len(names), 2 * chance)
    _add_band(figure, places, -band, band, name="as similar as unrelated orders, 19 times in 20")
    lines = [
        ("sizes of the scores", sizes, theme.UNSIGNED),
        ("scores with their signs", signed, theme.SUPPORTS),
    ]
    for number, (name, values, color) in enumerate(lines):
        if values is not None:
            _add_line(figure, places, values, name=name, color=color, number=number, text=decimal)
    return figure


def _lined_axis(title: str, **more: Any) -> dict[str, Any]:
    lines = {"showgrid": True, "gridcolor": theme.tint(theme.TEXT, 0.2)}
    return theme.quiet_axis(automargin=True, title={"text": title, "standoff": 8}, **lines, **more)


def _add_band(figure: go.Figure, places: list[int], low: np.ndarray, high: np.ndarray, *, name: str) -> None:
    figure.add_scatter(
        x=[*places, *places[::-1]],
        y=np.round([*high, *low[::-1]], DECIMALS).tolist(),
        mode="lines",
        fill="toself",
        fillcolor=theme.tint(theme.TEXT, 0.22),
        line={"width": 0, "color": theme.tint(theme.TEXT, 0.22)},
        hoverinfo="skip",
        name=name,
    )


def _add_line(
    figure: go.Figure,
    places: list[int],
    values: np.ndarray,
    *,
    name: str,
    color: str,
    number: int,
    text: Callable[[float], str] = percent,
) -> None:
    name = shown(name, length=HOVER_LENGTH)
    figure.add_scatter(
        x=places[: len(values)],
        y=np.round(values, DECIMALS).tolist(),
        mode="lines+markers",
        name=name,
        line={"color": color, "width": 2.5, "dash": DASHES[number % len(DASHES)]},
        marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 8, "color": color},
        cliponaxis=False,
        text=[text(value) for value in values],
        hovertemplate=f"%{{x}}<br>{name} %{{text}}<extra></extra>",
    )
