"""One query, step by step: a row a key, a bar for each step from the dot product to the contributed vector.

Query, key and value have the colours that they have in the text: the query's row, the names of the keys and what comes of
their products, the vectors passed on. Weights are violet, as everywhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, shown

DIGITS = 4  # significant ones: lengths and products have no common size
ROW_HEIGHT = 18
GAP = 0.04  # of the figure's width, between two columns
DIVIDED = "÷"
ROLE = re.compile("|".join(theme.ROLES))


def key_bars(
    steps: Mapping[str, np.ndarray], keys: Sequence[str], *, query: int, chosen: Sequence[int] = ()
) -> go.Figure:
    """The steps side by side like columns of a table, each on an axis of its own; the longest bar of each is solid.

    Args:
        steps: name of a column -> (keys,) its numbers, of any sign; for the colours see :func:`_step_colours`.
        keys: the row labels, repeats included.
        query: index of the key that is the query itself; its row is shaded and its label bold.
        chosen: indices of neighbouring keys to outline.
    """
    own = theme.band("y", [query], reference="paper")
    shapes = [
        own | {"line": {"width": 0}, "fillcolor": theme.tint(theme.ROLES["query"], 0.14), "layer": "below"}
    ]
    if chosen:
        shapes.append(theme.band("y", chosen, reference="paper"))
    figure = go.Figure(
        layout=theme.layout(
            height=len(keys) * ROW_HEIGHT + 40,
            margin={"l": 8, "r": 8, "t": 28, "b": 8},  # room for the names of the columns
            showlegend=False,
            bargap=0.25,
            shapes=shapes,
            yaxis=_rows(keys, query),
            **_columns(steps),
        )
    )
    colours = _step_colours(steps)
    for column, (name, values) in enumerate(steps.items()):
        figure.add_bar(
            x=[float(f"{value:.{DIGITS}g}") for value in values],
            y=list(range(len(keys))),
            xaxis=f"x{column + 1}" if column else "x",
            orientation="h",
            marker={"color": _shades(colours[column], values)},
            hovertemplate=f"%{{y}}<br>{shown(name, length=HOVER_LENGTH)} %{{x}}<extra></extra>",
        )
    return figure


def _rows(keys: Sequence[str], query: int) -> dict:
    labels = [shown(key) for key in keys]
    labels[query] = f"<b>{_coloured(labels[query], 'query')}</b>"
    return theme.quiet_axis(
        tickvals=list(range(len(keys))),
        ticktext=labels,
        range=[len(keys) - 0.5, -0.5],
        automargin=True,
        tickfont={"size": 11, "color": theme.ROLES["key"]},
    )


def _coloured(label: str, role: str) -> str:
    """A label, its markup escaped, in the colour of "query", "key" or "value"."""
    return f'<span style="color:{theme.ROLES[role]}">{label}</span>'


def _step_colours(steps: Iterable[str]) -> list[str]:
    """That of the last "query", "key" or "value" in a step's name; where it begins with ÷, that of the step before."""
    colours = [theme.ATTENTION]
    for name in steps:
        roles = ROLE.findall(name)
        colours.append(
            theme.ROLES[roles[-1]] if roles else colours[-1] if name[0] == DIVIDED else theme.ATTENTION
        )
    return colours[1:]


def _shades(colour: str, values: np.ndarray) -> list[str]:
    """Solid for the longest bar, pale for the others."""
    longest = values.argmax()
    return [theme.tint(colour, 1 if place == longest else 0.45) for place in range(len(values))]


def _columns(steps: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """An x axis a step, side by side, each from its smallest number or 0 to its largest."""
    axes, width = {}, (1 + GAP) / len(steps)
    for column, (name, values) in enumerate(steps.items()):
        ends = min(0.0, float(values.min())), max(0.0, float(values.max()))
        room = 0.04 * (ends[1] - ends[0]) or 1.0
        axes[f"xaxis{column + 1}" if column else "xaxis"] = theme.quiet_axis(
            domain=[column * width, (column + 1) * width - GAP],
            range=[ends[0] - room, ends[1] + room],
            title={
                "text": ROLE.sub(lambda role: _coloured(role[0], role[0]), shown(name, length=HOVER_LENGTH)),
                "standoff": 4,
                "font": {"size": 12},
            },
            side="top",
            showticklabels=False,
            zeroline=True,
            zerolinecolor=theme.FRAME,
        )
    return axes
