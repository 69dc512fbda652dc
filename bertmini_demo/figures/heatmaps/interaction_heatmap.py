"""Interactions of two words, premise by hypothesis."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import DECIMALS, matrix
from bertmini_demo.figures.heatmaps.method_heatmaps import signs

ROW_HEIGHT, MARGIN = 24, 230  # pixels
SLIGHT = 0.15  # of the largest interaction; less is given no sign


def interactions_height(rows: int) -> int:
    """Pixels of a heat map of so many words of the premise."""
    return rows * ROW_HEIGHT + MARGIN


def interaction_heatmap(
    values: np.ndarray,
    premise: Sequence[str],
    hypothesis: Sequence[str],
    *,
    chosen: tuple[int | None, int | None] = (None, None),
) -> go.Figure:
    """A row a word of the premise, a column a word of the hypothesis, one scale centred on zero.

    Args:
        values: (premise words, hypothesis words) in logits; NaN where not known.
        chosen: a row and a column to outline.
    """
    limit = float(np.nanmax(np.abs(np.round(values, DECIMALS)), initial=0)) or 1.0
    scale = theme.weight_scale("")
    scale |= {"colorscale": theme.SIGNED_UNDER_TEXT, "cmin": -limit, "cmax": limit}
    scale["colorbar"] |= {
        "title": {"text": "interaction, in logits", "side": "top", "font": {"size": 11}},
        "tickvals": [-limit, 0, limit],
        "ticktext": [f"−{limit:.2f}", "0", f"+{limit:.2f}"],
    }
    row, column = chosen
    return matrix(
        values,
        premise,
        hypothesis,
        scale=scale,
        hover="%{y} (premise)<br>%{x} (hypothesis)<br>%{z:+.3f} logits",
        height=interactions_height(len(premise)),
        text=signs(np.nan_to_num(values) / limit, slight=SLIGHT),
        chosen_rows=[] if row is None else [row],
        chosen_columns=[] if column is None else [column],
        row_axis={"title": {"text": "premise", "standoff": 6}},
        column_axis={"title": {"text": "hypothesis", "standoff": 6}},
    )
