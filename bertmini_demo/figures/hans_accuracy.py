"""Accuracy on traps: a row a sub-case, this model on two sets of pairs beside what was published."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import percent, shown

ROW_HEIGHT = 21
LEGEND_HEIGHT = 134  # room for four entries one below another, as on a phone
TITLE_HEIGHT = 44
GUESSING_HEIGHT = 24
TITLE_LENGTH = 28
GUESSING_LINE = {
    "type": "line",
    "xref": "x",
    "yref": "paper",
    "x0": 50,
    "x1": 50,
    "y0": 0,
    "y1": 1,
    "line": {"color": theme.TEXT, "width": 1.5, "dash": "dash"},
}
GUESSING_NAME = {
    "text": "guessing",
    "x": 50,
    "xref": "x",
    "y": 1,
    "yref": "paper",
    "yanchor": "bottom",
    "showarrow": False,
}
HANS_MARK = {"color": "#e69f00", "symbol": "diamond", "size": 10, "line": {"color": "#ffffff", "width": 1}}
PUBLISHED_MARK = {
    "color": "#d55e00",
    "symbol": "triangle-up",
    "size": 11,
    "line": {"color": "#ffffff", "width": 1},
}
SEEDS_COLOUR = "#db2777"
SEEDS_MARK = {"symbol": "line-ns", "size": 9, "line": {"color": SEEDS_COLOUR, "width": 4}}
SEEDS = "BERT-base, HANS, 100 seeds: mean and range"


@dataclass(frozen=True, slots=True)
class Row:
    """Accuracies of one sub-case, or of a heuristic as a whole, as shares; None where not measured.

    Attributes:
        name: of the sub-case, sent along with a click; None for a heuristic.
        summary: a heuristic's mean; the rows that follow are its sub-cases.
        published: accuracy of BERT-base.
        seeds: lowest, mean and highest of BERT-base fine-tuned with 100 seeds.
    """

    title: str
    probe: float | None
    hans: float | None
    name: str | None = None
    summary: bool = False
    published: float | None = None
    seeds: tuple[float, float, float] | None = None


def accuracy_rows(rows: Sequence[Row], *, title: str | None = None, source: str) -> go.Figure:
    """A bar for the probe, marks for HANS and for published figures, and a line where guessing would be.

    Args:
        title: inside the figure; None where the page has it above.
        source: of the published figures.
    """
    places, place = [], -0.5
    for row in rows:
        place += 1.5 if row.summary and places else 1
        places.append(place)
    figure = go.Figure(layout=_layout(rows, places, end=place + 1, title=title))
    _add_bars(figure, rows, places)
    placed = list(zip(rows, places, strict=True))
    _add_seeds(figure, [(row, place) for row, place in placed if row.seeds])  # below the marks
    _add_marks(figure, "this model, HANS", [(row, row.hans, place) for row, place in placed], HANS_MARK)
    published = [(row, row.published, place) for row, place in placed]
    _add_marks(figure, f"BERT-base, HANS, {source}", published, PUBLISHED_MARK)
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
        marker={"color": [theme.tint(theme.UNSIGNED, 0.65 if row.summary else 0.35) for row, _ in bars]},
        customdata=[row.name for row, _ in bars],
        hovertext=[shown(row.title, length=TITLE_LENGTH) for row, _ in bars],
        hovertemplate="%{hovertext}<br>this probe %{x}\u00a0%<extra></extra>",
    )
    figure.add_scatter(
        x=[None], y=[None], yaxis="y2", hoverinfo="skip", showlegend=False
    )  # else the axis is not drawn


def _add_marks(
    figure: go.Figure, name: str, points: Sequence[tuple[Row, float | None, float]], marker: dict
) -> None:
    measured = [(row, share, place) for row, share, place in points if share is not None]
    if not measured:
        return
    figure.add_scatter(
        x=[_percent(share) for _, share, _ in measured],
        y=[place for *_, place in measured],
        mode="markers",
        name=name,
        marker=marker,
        cliponaxis=False,
        customdata=[row.name for row, *_ in measured],
        hovertext=[shown(row.title, length=TITLE_LENGTH) for row, *_ in measured],
        hovertemplate=f"%{{hovertext}}<br>{name} %{{x}}\u00a0%<extra></extra>",
    )


def _add_seeds(figure: go.Figure, measured: Sequence[tuple[Row, float]]) -> None:
    if not measured:
        return
    low, mean, high = ([_percent(row.seeds[place]) for row, _ in measured] for place in range(3))
    figure.add_scatter(
        x=mean,
        y=[place for _, place in measured],
        error_x={
            "type": "data",
            "array": [round(highest - middle, 1) for highest, middle in zip(high, mean, strict=True)],
            "arrayminus": [round(middle - lowest, 1) for middle, lowest in zip(mean, low, strict=True)],
            "color": SEEDS_COLOUR,
            "thickness": 1.5,
            "width": 0,
        },
        mode="markers",
        name=SEEDS,
        marker=SEEDS_MARK,
        cliponaxis=False,
        customdata=[row.name for row, _ in measured],
        hovertext=[
            f"{shown(row.title, length=TITLE_LENGTH)}<br>BERT-base, HANS, 100 seeds: mean {middle}\u00a0%, {lowest} to {highest}\u00a0%"
            for (row, _), lowest, middle, highest in zip(measured, low, mean, high, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _layout(rows: Sequence[Row], places: Sequence[float], *, end: float, title: str | None) -> dict:
    above = TITLE_HEIGHT if title else GUESSING_HEIGHT
    legend = {
        "orientation": "h",
        "x": 0,
        "xref": "container",
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
    }
    return theme.layout(
        height=round(end * ROW_HEIGHT) + LEGEND_HEIGHT + above,
        margin={"l": 8, "r": 8, "t": above, "b": LEGEND_HEIGHT},
        barmode="overlay",
        showlegend=True,
        legend=legend,
        shapes=[GUESSING_LINE],
        annotations=[GUESSING_NAME],
        xaxis=theme.quiet_axis(
            range=[-5, 105], tickvals=[0, 25, 50, 75, 100], title={"text": "right answers, %", "standoff": 6}
        ),
        yaxis=_name_axis(rows, places, end=end),
        yaxis2=_number_axis(rows, places, end=end),
        **({"title": _title(title)} if title else {}),
    )


def _title(text: str) -> dict:
    return {
        "text": f"<b>{text}</b>",
        "x": 0,
        "xref": "container",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"l": 8, "t": 4},
        "font": {"size": 14},
    }


def _name_axis(rows: Sequence[Row], places: Sequence[float], *, end: float) -> dict:
    names = [shown(row.title, length=TITLE_LENGTH) for row in rows]
    return theme.quiet_axis(
        range=[end, 0],
        tickvals=list(places),
        ticktext=[
            f"<b>{name}</b>\u00a0" if row.summary else f"{name}\u00a0"
            for row, name in zip(rows, names, strict=True)
        ],
        automargin=True,
    )


def _number_axis(rows: Sequence[Row], places: Sequence[float], *, end: float) -> dict:
    """The probe's numbers, on an axis of their own so that they get the room that they need."""
    return theme.quiet_axis(
        range=[end, 0],
        overlaying="y",
        side="right",
        tickvals=[place for row, place in zip(rows, places, strict=True) if row.probe is not None],
        ticktext=[_written(row) for row in rows if row.probe is not None],
        automargin=True,
        ticklabelstandoff=6,
    )


def _written(row: Row) -> str:
    return f"<b>{percent(row.probe)}</b>" if row.summary else percent(row.probe)


def _percent(share: float) -> float:
    return round(100 * share, 1)
