"""Attribution as bars: how much each word moved one output."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, rows_by_sentence, shown

DECIMALS = 3
ROW_HEIGHT, MARGIN = 20, 80  # pixels


def word_bars(
    words: Sequence[str],
    scores: Sequence[float],
    *,
    signed: bool,
    sentences: Sequence[str],
    target: str,
    chosen: int | None = None,
) -> go.Figure:
    """One bar a word in reading order; blue and + supports the target, orange and − opposes it.

    Args:
        words: as typed; a word that occurs twice has two bars.
        scores: one a word, in logits where signed; never negative where not.
        signed: whether the scores have a direction. Unsigned ones have a colour of their own.
        sentences: "premise" or "hypothesis" for each word; a heading is added where it changes.
        target: the label explained.
        chosen: index of a word whose bar is outlined.
    """
    rows = rows_by_sentence(words, sentences)
    values = (np.round(np.asarray(scores, dtype=np.float64), DECIMALS) + 0.0).tolist()  # 0.0, never -0.0
    down = theme.quiet_axis(
        tickvals=rows.tickvals, ticktext=rows.ticktext, range=[rows.end - 0.5, -0.5], automargin=True
    )
    height = bars_height(rows.end)
    return go.Figure(
        _bars(words, values, rows.places, signed=signed, chosen=chosen),
        layout=theme.layout(height=height, xaxis=_score_axis(values, target, signed), yaxis=down),
    )


def _bars(
    words: Sequence[str],
    values: Sequence[float],
    places: Sequence[float],
    *,
    signed: bool,
    chosen: int | None,
) -> go.Bar:
    outlines = [2 if index == chosen else 0 for index in range(len(values))]
    return go.Bar(
        x=values,
        y=places,
        orientation="h",
        width=0.8,
        marker={
            "color": [_colour(value, signed) for value in values],
            "line": {"color": theme.CHOSEN, "width": outlines},
        },
        text=[_label(value, signed) for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertext=[shown(word, length=HOVER_LENGTH) for word in words],
        hovertemplate="%{hovertext}<br>%{text}<extra></extra>",
    )


def _score_axis(values: Sequence[float], target: str, signed: bool) -> dict[str, Any]:
    limit = max((abs(value) for value in values), default=0) or 1.0
    sense = "in logits<br>− opposes it, + supports it" if signed else "unsigned<br>how much, not which way"
    return theme.quiet_axis(
        range=[-1.75 * limit, 1.75 * limit] if signed else [0, 1.25 * limit],
        zeroline=True,
        zerolinecolor=theme.FRAME,
        nticks=6,
        automargin=True,
        title={"text": f"score for {shown(target)}, {sense}", "standoff": 8},
    )


def bars_height(rows: float) -> int:
    """Pixels of the bars of so many words and headings."""
    return round(rows * ROW_HEIGHT) + MARGIN


def _colour(value: float, signed: bool) -> str:
    if not signed:
        return theme.UNSIGNED
    return theme.SUPPORTS if value >= 0 else theme.OPPOSES


def _label(value: float, signed: bool) -> str:
    text = format(value, f"{'+' if signed else ''}.{DECIMALS}f")
    return text.replace("-", "−")
