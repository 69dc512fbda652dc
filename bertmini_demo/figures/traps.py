"""Accuracy on traps: a row a sub-case, this model on two sets of pairs beside what was published."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import shown

ROW_HEIGHT = 21
LEGEND_HEIGHT = 134  # room for four entries one below another, as on a phone
TITLE_HEIGHT = 44
TITLE_LENGTH = 28
NUMBERS = 106  # where the written numbers stand, right of 100 %
HANS_MARK = {"color": "#e69f00", "symbol": "diamond", "size": 10, "line": {"color": "#ffffff", "width": 1}}
PUBLISHED_MARKS = (
    {"color": "#d55e00", "symbol": "triangle-up", "size": 11, "line": {"color": "#ffffff", "width": 1}},
    {"symbol": "line-ns", "size": 9, "line": {"color": "#db2777", "width": 4}},
)


@dataclass(frozen=True, slots=True)
class Row:
    """Accuracies of one sub-case, or of a heuristic as a whole, as shares; None where not measured.

    Attributes:
        whole: a heuristic as a whole; the rows that follow are its sub-cases.
        published: accuracies of another model, by source.
    """

    title: str
    probe: float | None
    hans: float | None
    whole: bool = False
    published: tuple[tuple[str, float], ...] = ()


def accuracy_rows(rows: Sequence[Row], *, title: str) -> go.Figure:
    """A bar for the probe, marks for HANS and for published figures, and a line where guessing would be."""
    places, place = [], -0.5
    for row in rows:
        place += 1.5 if row.whole and places else 1
        places.append(place)
    figure = go.Figure(layout=_layout(rows, places, end=place + 1, title=title))
    _add_bars(figure, rows, places)
    _add_marks(
        figure,
        "this model, HANS",
        [(row.title, row.hans, place) for row, place in zip(rows, places, strict=True)],
        HANS_MARK,
    )
    sources = list(dict.fromkeys(source for row in rows for source, _ in row.published))
    for source, mark in zip(sources, PUBLISHED_MARKS, strict=False):
        found = [
            (row.title, dict(row.published).get(source), place)
            for row, place in zip(rows, places, strict=True)
        ]
        _add_marks(figure, f"BERT-base, HANS, {source}", found, mark)
    return figure


def _add_bars(figure: go.Figure, rows: Sequence[Row], places: Sequence[float]) -> None:
    bars = [(row, place) for row, place in zip(rows, places, strict=True) if row.probe is not None]
    if not bars:
        return
    figure.add_bar(
        x=[_percent(row.probe) for row, _ in bars],
        y=[place for _, place in bars],
        orientation="h",
        width=0.55,
        name="this model, this probe",
        marker={"color": [theme.tint(theme.UNSIGNED, 0.65 if row.whole else 0.35) for row, _ in bars]},
        hovertext=[shown(row.title, length=TITLE_LENGTH) for row, _ in bars],
        hovertemplate="%{hovertext}<br>this probe %{x} %<extra></extra>",
    )
    figure.add_scatter(
        x=[NUMBERS] * len(bars),
        y=[place for _, place in bars],
        text=[f"<b>{row.probe:.0%}</b>" if row.whole else f"{row.probe:.0%}" for row, _ in bars],
        mode="text",
        textposition="middle right",
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _add_marks(
    figure: go.Figure, name: str, found: Sequence[tuple[str, float | None, float]], marker: dict
) -> None:
    measured = [(title, share, place) for title, share, place in found if share is not None]
    if not measured:
        return
    figure.add_scatter(
        x=[_percent(share) for _, share, _ in measured],
        y=[place for *_, place in measured],
        mode="markers",
        name=name,
        marker=marker,
        cliponaxis=False,
        hovertext=[shown(title, length=TITLE_LENGTH) for title, *_ in measured],
        hovertemplate=f"%{{hovertext}}<br>{name} %{{x}} %<extra></extra>",
    )


def _layout(rows: Sequence[Row], places: Sequence[float], *, end: float, title: str) -> dict:
    names = [shown(row.title, length=TITLE_LENGTH) for row in rows]
    return theme.layout(
        height=round(end * ROW_HEIGHT) + LEGEND_HEIGHT + TITLE_HEIGHT,
        margin={"l": 8, "r": 8, "t": TITLE_HEIGHT, "b": LEGEND_HEIGHT},
        title={
            "text": f"<b>{title}</b>",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 8, "t": 4},
            "font": {"size": 14},
        },
        barmode="overlay",
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
        },
        shapes=[
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": 50,
                "x1": 50,
                "y0": 0,
                "y1": 1,
                "line": {"color": theme.TEXT, "width": 1.5, "dash": "dash"},
            }
        ],
        annotations=[
            {
                "text": "guessing",
                "x": 50,
                "xref": "x",
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "showarrow": False,
            }
        ],
        xaxis=theme.quiet_axis(
            range=[0, 126], tickvals=[0, 25, 50, 75, 100], title={"text": "right answers, %", "standoff": 6}
        ),
        yaxis=theme.quiet_axis(
            range=[end, 0],
            tickvals=list(places),
            ticktext=[
                f"<b>{name}</b>\u00a0" if row.whole else f"{name}\u00a0"
                for row, name in zip(rows, names, strict=True)
            ],
            automargin=True,
        ),
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)
