"""How often a word of the hypothesis comes with each label in the training data."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, percent, shown
from bertmini_demo.figures.rendering import label_name

ROW_HEIGHT = 26


def word_label_bars(
    shares: np.ndarray,
    words: Sequence[str],
    labels: Sequence[str],
    *,
    counts: Sequence[int],
    base: Sequence[float] | None = None,
) -> go.Figure:
    """One bar a word, divided among the labels: P(label | word), with the number of pairs it rests on.

    Args:
        shares: (words, labels) from 0 to 1, rows sum to 1.
        counts: (words,) training pairs whose hypothesis has the word.
        base: (labels,) the shares of all pairs, as dotted lines: a word that says nothing about the label matches them.
    """
    figure = go.Figure(
        layout=theme.layout(
            height=len(words) * ROW_HEIGHT + 90,
            barmode="stack",
            bargap=0.25,
            showlegend=True,
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
            shapes=[_base_line(place) for place in np.cumsum(base)[:-1]] if base is not None else [],
            xaxis=theme.quiet_axis(range=[0, 1], **theme.share_ticks(0, 0.5, 1), automargin=True),
            yaxis=_word_axis(words, counts),
        )
    )
    pairs = [
        f"“{shown(word, length=HOVER_LENGTH)}” in {count:,} pairs"
        for word, count in zip(words, counts, strict=True)
    ]
    for label, column in zip(labels, np.asarray(shares, dtype=np.float64).T, strict=True):
        figure.add_trace(_label_bars(label, column, pairs))
    return figure


def _word_axis(words: Sequence[str], counts: Sequence[int]) -> dict:
    return theme.quiet_axis(
        tickvals=list(range(len(words))),
        ticktext=[
            f"{shown(word)} <span style='font-size:10px'>({count:,})</span>"
            for word, count in zip(words, counts, strict=True)
        ],
        range=[len(words) - 0.5, -0.5],
        automargin=True,
        ticklabelstandoff=4,
    )


def _label_bars(label: str, shares: np.ndarray, pairs: Sequence[str]) -> go.Bar:
    """The part of each word's bar that one label has; ``pairs`` is shown on hover."""
    return go.Bar(
        x=np.round(shares, 4).tolist(),
        y=list(range(len(shares))),
        orientation="h",
        name=label_name(label),
        marker={"color": theme.LABELS[label]},
        text=[percent(share) if share >= 0.15 else "" for share in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": "#ffffff", "size": 11},
        hovertext=list(pairs),
        customdata=[percent(share, digits=1) for share in shares],
        hovertemplate=f"%{{hovertext}}<br>{label_name(label)} %{{customdata}}<extra></extra>",
    )


def _base_line(place: float) -> dict:
    return {
        "type": "line",
        "x0": float(place),
        "x1": float(place),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": "#ffffff", "width": 1.5, "dash": "dot"},
    }
