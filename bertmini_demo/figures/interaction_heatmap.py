"""What two words do that neither does alone, premise by hypothesis."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.method_heatmaps import outline_row, signs
from bertmini_demo.figures.naming import shown

DECIMALS = 3
ROW_HEIGHT = 24
SLIGHT = 0.15  # of the largest interaction; less is given no sign


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
    rounded = np.round(values, DECIMALS) + 0.0
    limit = float(np.nanmax(np.abs(rounded), initial=0)) or 1.0
    scale = theme.weight_scale("")
    scale |= {"colorscale": theme.SIGNED_UNDER_TEXT, "cmin": -limit, "cmax": limit}
    scale["colorbar"] |= {
        "title": {"text": "interaction, in logits", "side": "top", "font": {"size": 11}},
        "tickvals": [-limit, 0, limit],
        "ticktext": [f"−{limit:.2f}", "0", f"+{limit:.2f}"],
    }
    figure = go.Figure(
        go.Heatmap(
            z=rounded.tolist(),
            coloraxis="coloraxis",
            xgap=1,
            ygap=1,
            hoverongaps=False,
            text=signs(np.nan_to_num(values) / limit, slight=SLIGHT),
            texttemplate="%{text}",
            hovertemplate="%{y} (premise)<br>%{x} (hypothesis)<br>%{z:+.3f} logits<extra></extra>",
        ),
        layout=theme.layout(
            height=len(premise) * ROW_HEIGHT + 230,
            coloraxis=scale,
            xaxis=_axis(hypothesis, title="hypothesis", reverse=False, side="top", tickangle=-90),
            yaxis=_axis(premise, title="premise", reverse=True),
        ),
    )
    row, column = chosen
    if row is not None:
        outline_row(figure, row)
    if column is not None:
        line = {"color": theme.CHOSEN, "width": 2}
        figure.add_shape(type="rect", yref="paper", y0=0, y1=1, x0=column - 0.5, x1=column + 0.5, line=line)
    return figure


def _axis(words: Sequence[str], *, title: str, reverse: bool, **more: object) -> dict:
    size = len(words)
    return theme.quiet_axis(
        tickvals=list(range(size)),
        ticktext=[shown(word) for word in words],
        range=[size - 0.5, -0.5] if reverse else [-0.5, size - 0.5],
        automargin=True,
        ticklabelstandoff=4,
        title={"text": title, "standoff": 6},
        **more,
    )
