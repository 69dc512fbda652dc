"""Words as points in a plane, at one depth, with the path of one of them."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, percent, shown
from bertmini_demo.results import HYPOTHESIS, PREMISE

DECIMALS = 2
HEIGHT = 440
INSIDE = 310, 360  # pixels between the axes, as on a phone; names that keep apart there do so on a wide page
MARGIN = 1.15  # of the axes around what they must reach
LETTER, LINE = 6.5, 14  # pixels a name takes: across for each letter, and down
DOT = 5  # pixels, the radius of a point
NO_NAME = "\u200b"  # plotly drops the place of an empty text
SYMBOLS = {PREMISE: "circle", HYPOTHESIS: "diamond"}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}


def words_in_plane(
    points: np.ndarray,
    words: Sequence[str],
    *,
    sentences: Sequence[str],
    shares: Sequence[float],
    reach: Sequence[float],
    places: Sequence[int | None],
    depth: int = 0,
    chosen: int | None = None,
) -> go.Figure:
    """All words at one depth, on axes that are the same at every depth.

    Trace 0 is the path of the chosen word through all depths, if any; traces 1 and 2 are the words of the premise and of
    the hypothesis. Names that would cover others are shown on hover only, except the chosen word's.

    Args:
        points: (depths, words, 2).
        sentences: "premise" or "hypothesis" for each word.
        shares, reach: of each axis, its share of the variance, from 0 to 1, and the largest size of a coordinate, so that two
            pictures can share their scale.
        places: each word's index in the pair's words, its point's customdata; None for special tokens.
        depth: 0 for the embeddings.
        chosen: index into ``words``.
    """
    rounded = np.round(points, DECIMALS) + 0.0
    members = {name: [i for i, where in enumerate(sentences) if where == name] for name in SYMBOLS}
    drawn = _points(rounded[depth], words, list(members.values()), reach=reach, chosen=chosen)
    first, second = (_axis(f"{name} axis", shares[i], reach[i]) for i, name in enumerate(("first", "second")))
    layout = theme.layout(height=HEIGHT, xaxis=first, yaxis=second, legend=LEGEND)
    figure = go.Figure(layout=layout | {"showlegend": True})
    _add_path(figure, rounded, words, chosen)
    for sentence, x, y, text in zip(members, *drawn, strict=True):
        trace = _words(words, members[sentence], places, sentence=sentence, chosen=chosen)
        figure.add_trace(trace.update(x=x, y=y, text=text))
    return figure


def _points(
    points: np.ndarray,
    words: Sequence[str],
    members: Sequence[Sequence[int]],
    *,
    reach: Sequence[float],
    chosen: int | None,
) -> tuple[list[list], list[list], list[list]]:
    """x, y and the written names of each sentence's words, ``members`` being their indices."""
    names = [shown(word, length=HOVER_LENGTH) for word in words]
    first = [] if chosen is None else [chosen]
    apart = names_apart(points / reach / MARGIN, [len(word) for word in words], first=first)
    texts = [name if seen else NO_NAME for name, seen in zip(names, apart, strict=True)]
    return (
        [points[inside, 0].tolist() for inside in members],
        [points[inside, 1].tolist() for inside in members],
        [[texts[i] for i in inside] for inside in members],
    )


def _words(
    words: Sequence[str],
    inside: Sequence[int],
    places: Sequence[int | None],
    *,
    sentence: str,
    chosen: int | None,
) -> go.Scatter:
    """The words of one sentence, ``inside`` being their indices, without their coordinates and names."""
    colour = theme.SENTENCES[sentence]
    return go.Scatter(
        mode="markers+text",
        name=sentence,
        hovertext=[shown(words[i], length=HOVER_LENGTH) for i in inside],
        textposition="top center",
        textfont={"size": 11},
        customdata=[places[i] for i in inside],
        cliponaxis=False,
        marker={
            "symbol": SYMBOLS[sentence],
            "size": [14 if i == chosen else 9 for i in inside],
            "color": [theme.CHOSEN if i == chosen else colour for i in inside],
        },
        hovertemplate="%{hovertext}<extra></extra>",
    )


def names_apart(points: np.ndarray, letters: Sequence[int], *, first: Sequence[int] = ()) -> list[bool]:
    """Which names can be written above their points without covering a name or another word's dot, in reading order.

    Args:
        points: (words, 2), from -1 to 1 along each axis from end to end.
        letters: of each name.
        first: indices of words whose names take their place before all others, whatever they cover.
    """
    places = (points + 1) / 2 * INSIDE
    sizes = np.column_stack([np.array(letters) * LETTER, np.full(len(letters), LINE)])
    centres = places + np.array([0, DOT + LINE / 2])  # of the names
    taken: list[int] = []
    for i in dict.fromkeys((*first, *range(len(places)))):
        clear = np.abs(places[taken] - places[i]) >= (sizes[taken] + sizes[i]) / 2
        others = np.delete(places, i, axis=0)
        off_dots = np.abs(others - centres[i]) >= sizes[i] / 2 + DOT
        if i in first or (clear.any(axis=1).all() and off_dots.any(axis=1).all()):
            taken.append(i)
    return [i in taken for i in range(len(places))]


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
        range=[-MARGIN * reach, MARGIN * reach],
        showticklabels=False,
        zeroline=True,
        zerolinecolor=theme.FRAME,
        automargin=True,
        title={"text": f"{name}: {percent(share)} of the variance", "standoff": 6},
    )
