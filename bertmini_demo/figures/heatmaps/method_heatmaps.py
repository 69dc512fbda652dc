"""Methods of scoring words, side by side, and how far they agree."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix
from bertmini_demo.figures.naming import HOVER_LENGTH, Rows, rows_by_sentence, shown

ROW_HEIGHT = 22
SLIGHT = 0.08  # of a method's largest score; less is given no sign
MARGINS = {"methods": 220, "agreement": 230}  # pixels, of names and keys
AGREEMENT_ROW = 34
GAP = 0.06  # between signed and unsigned columns


def methods_heatmap(
    scores: Sequence[Sequence[float]],
    words: Sequence[str],
    *,
    names: Sequence[str],
    signed: Sequence[bool],
    sentences: Sequence[str],
    chosen: int | None = None,
) -> go.Figure:
    """A row a word, a column a method; signed ones left, unsigned ones on the right with their own scale.

    Each column is divided by its largest size, as units differ; numbers are shown on hover. ``layout.meta["words"]``
    holds the index of the word at each place from the top, None for a heading.

    Args:
        scores: (methods, words).
        names, signed: of each method, its name as shown and whether its scores have a direction.
        sentences: "premise" or "hypothesis" for each word; a heading is added where it changes.
        chosen: index of a word whose row is outlined.
    """
    rows = rows_by_sentence(words, sentences)
    lines, places = len(rows.ticktext), [rows.tickvals.index(place) for place in rows.places]
    columns = {kind: [i for i, one in enumerate(signed) if one is kind] for kind in (True, False)}
    split = (1 - GAP) * len(columns[True]) / max(1, len(names))
    figure = go.Figure(
        layout=theme.layout(
            height=methods_height(lines),
            meta={"words": [places.index(i) if i in places else None for i in range(lines)]},
            coloraxis=_scale("− opposes, + supports", centre=split / 2, length=split, signed=True),
            coloraxis2=_scale("unsigned", centre=(split + GAP + 1) / 2, length=1 - split - GAP, signed=False),
            xaxis=_names([names[i] for i in columns[True]], domain=[0, split]),
            xaxis2=_names([names[i] for i in columns[False]], domain=[split + GAP, 1]),
            yaxis=_labels(rows),
        )
    )
    values = np.full((lines, len(names)), np.nan)
    values[places] = np.array(scores, dtype=np.float64).reshape(len(names), len(words)).T
    for number, (kind, inside) in enumerate(columns.items(), start=1):
        _add_scores(figure, values[:, inside], number=number, signed=kind)
    return figure if chosen is None else outline_row(figure, places[chosen])


def methods_height(rows: int) -> int:
    """Pixels of a heat map of so many words and headings."""
    return rows * ROW_HEIGHT + MARGINS["methods"]


def agreement_height(methods: int) -> int:
    """Pixels of a heat map of so many methods."""
    return methods * AGREEMENT_ROW + MARGINS["agreement"]


def agreement_heatmap(values: np.ndarray, names: Sequence[str], *, title: str) -> go.Figure:
    """How far each two methods rank the words in the same order, each number written in its cell.

    Args:
        values: (methods, methods) Kendall's tau-b, from -1 to 1; NaN where there is none.
        names: of the methods, as shown.
        title: what was compared.
    """
    scale = _scale("tau-b: −1 reversed, 1 the same order", centre=0.5, length=0.8, signed=True)
    scale["colorbar"]["ticktext"] = ["−1", "0", "1"]
    return matrix(
        values,
        names,
        names,
        scale=scale,
        hover="%{y}<br>%{x}<br>tau-b %{z}",
        height=agreement_height(len(names)),
        template="%{z:.2f}",
        decimals=2,
        label_length=HOVER_LENGTH,
        column_axis={"title": {"text": f"<b>{shown(title, length=HOVER_LENGTH)}</b>", "standoff": 8}},
    )


def outline_row(figure: go.Figure, place: int) -> go.Figure:
    """A frame around one row of a heatmap, across all its columns."""
    line = {"color": theme.CHOSEN, "width": 2}
    return figure.add_shape(type="rect", xref="paper", x0=0, x1=1, y0=place - 0.5, y1=place + 0.5, line=line)


def signs(values: np.ndarray, *, slight: float) -> list[list[str]]:
    """A + or − for each value above a size, so that the direction is not shown by colour alone."""
    marks = np.where(values > 0, "+", "−")
    return np.where(np.abs(values) > slight, marks, "").tolist()


def _add_scores(figure: go.Figure, values: np.ndarray, *, number: int, signed: bool) -> None:
    largest = np.nanmax(np.abs(values), axis=0, initial=0)
    shares = values / np.where(largest > 0, largest, 1)
    figure.add_heatmap(
        z=np.round(shares, 2).tolist(),
        customdata=np.round(values, 4).tolist(),
        xaxis="x" if number == 1 else f"x{number}",
        coloraxis="coloraxis" if number == 1 else f"coloraxis{number}",
        xgap=1,
        ygap=1,
        hoverongaps=False,
        text=signs(np.nan_to_num(shares), slight=SLIGHT) if signed else None,
        texttemplate="%{text}" if signed else None,
        hovertemplate="%{y}<br>%{x}<br>%{customdata}<extra></extra>",
    )


def _names(names: Sequence[str], *, domain: Sequence[float]) -> dict[str, Any]:
    return theme.quiet_axis(
        domain=list(domain),
        side="top",
        tickangle=-90,
        tickvals=list(range(len(names))),
        ticktext=[shown(name, length=HOVER_LENGTH) for name in names],
        range=[-0.5, len(names) - 0.5],
        automargin=True,
        ticklabelstandoff=4,
    )


def _labels(rows: Rows) -> dict[str, Any]:
    size = len(rows.ticktext)
    return theme.quiet_axis(
        tickvals=list(range(size)),
        ticktext=list(rows.ticktext),
        range=[size - 0.5, -0.5],
        automargin=True,
        ticklabelstandoff=4,
    )


def _scale(title: str, *, centre: float, length: float, signed: bool) -> dict[str, Any]:
    """A colour axis that leaves the signs written in its cells readable, with its key below."""
    scale = theme.weight_scale(title)
    scale["colorscale"] = theme.SIGNED_UNDER_TEXT if signed else theme.UNSIGNED_UNDER_TEXT
    scale["cmin"] = -1 if signed else 0
    scale["colorbar"] |= {
        "title": {"text": title, "side": "top", "font": {"size": 11}},
        "tickvals": [-1, 0, 1] if signed else [0, 1],
        "ticktext": ["−largest", "0", "largest"] if signed else ["0", "largest"],
        "x": centre,
        "len": length,
    }
    return scale
