"""Words as points in a plane, at one depth, ready to move to the next."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, shown
from bertmini_demo.results import HYPOTHESIS, PREMISE

DECIMALS = 2
HEIGHT = 440
NAMED = 40  # words; with more their names would cover each other, and are told on hover
SYMBOLS = {PREMISE: "circle", HYPOTHESIS: "diamond"}


def words_in_plane(
    points: np.ndarray,
    words: Sequence[str],
    *,
    sentences: Sequence[str],
    shares: Sequence[float],
    reach: Sequence[float],
    places: Sequence[int | None],
    chosen: int | None = None,
) -> go.Figure:
    """All words at depth 0; ``layout.meta`` holds every depth, for the page to move them through.

    Trace 0 is the chosen word's path through all depths, empty where none is chosen; trace 1 and 2 are the words
    of the premise and of the hypothesis. ``layout.meta["depths"]`` holds for each depth {"x", "y"}, each with one
    list for each of these two traces, as ``Plotly.animate`` takes them.

    Args:
        points: (depths, words, 2).
        sentences: "premise" or "hypothesis" for each word.
        shares: of the variance along each axis, from 0 to 1.
        reach: the largest size of a coordinate along each axis, so that two pictures can share their scale.
        places: each word's index in the pair's words, sent along with a click; None for special tokens.
        chosen: index into ``words``.
    """
    rounded = np.round(points, DECIMALS) + 0.0
    members = {name: [i for i, where in enumerate(sentences) if where == name] for name in SYMBOLS}
    depths = [
        {
            axis: [depth[inside, number].tolist() for inside in members.values()]
            for number, axis in enumerate("xy")
        }
        for depth in rounded
    ]
    figure = go.Figure(
        layout=theme.layout(
            height=HEIGHT,
            meta={"depths": depths},
            showlegend=True,
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
            xaxis=_axis("first axis", shares[0], reach[0]),
            yaxis=_axis("second axis", shares[1], reach[1]),
        )
    )
    _add_path(figure, rounded, words, chosen)
    for number, (sentence, inside) in enumerate(members.items()):
        names = [shown(words[i], length=HOVER_LENGTH) for i in inside]
        figure.add_scatter(
            x=depths[0]["x"][number],
            y=depths[0]["y"][number],
            mode="markers+text" if len(words) <= NAMED else "markers",
            name=sentence,
            text=names,
            textposition="top center",
            textfont={"size": 11},
            customdata=[places[i] for i in inside],
            cliponaxis=False,
            marker={
                "symbol": SYMBOLS[sentence],
                "size": [14 if i == chosen else 9 for i in inside],
                "color": [theme.CHOSEN if i == chosen else theme.SENTENCES[sentence] for i in inside],
            },
            hovertemplate="%{text}<extra></extra>",
        )
    return figure


def _add_path(figure: go.Figure, points: np.ndarray, words: Sequence[str], chosen: int | None) -> None:
    path = points[:, chosen] if chosen is not None else np.empty((0, 2))
    figure.add_scatter(
        x=path[:, 0].tolist(),
        y=path[:, 1].tolist(),
        mode="lines",
        name=f"path of “{shown(words[chosen])}”" if chosen is not None else "",
        showlegend=chosen is not None,
        line={"color": theme.CHOSEN, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )


def _axis(name: str, share: float, reach: float) -> dict:
    return theme.quiet_axis(
        range=[-1.15 * reach, 1.15 * reach],
        showticklabels=False,
        zeroline=True,
        zerolinecolor=theme.FRAME,
        automargin=True,
        title={"text": f"{name}: {share:.0%} of the variance", "standoff": 6},
    )
