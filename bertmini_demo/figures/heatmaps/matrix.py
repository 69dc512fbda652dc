"""The heat map under all others: numbers in rows and columns, each with a label."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import TICK_LENGTH, shown

DECIMALS = 3


def matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    scale: dict[str, Any],
    hover: str,
    height: int,
    text: Sequence[Sequence[str]] | None = None,
    template: str = "%{text}",
    decimals: int = DECIMALS,
    label_length: int = TICK_LENGTH,
    chosen_rows: Sequence[int] = (),
    chosen_columns: Sequence[int] = (),
    row_axis: dict[str, Any] | None = None,
    column_axis: dict[str, Any] | None = None,
) -> go.Figure:
    """Draws a heat map; rows are read from the top, column labels are above and turned.

    Args:
        values: (rows, columns); NaN leaves a cell empty.
        rows, columns: labels, repeats included; cut after ``label_length`` characters.
        scale: the colour axis, such as :func:`bertmini_demo.figures.theme.weight_scale` gives.
        hover: what a cell shows on hover, in Plotly's template language.
        height: of the figure, in pixels.
        text, template: (rows, columns) written into the cells, and how, from text or number; "" for no writing.
        decimals: to which values are rounded.
        chosen_rows, chosen_columns: indices of neighbours that are outlined.
        row_axis, column_axis: what differs from the axes that all heat maps share.
    """
    chosen = (("y", chosen_rows), ("x", chosen_columns))
    across = {"side": "top", "tickangle": -90, **(column_axis or {})}
    layout = {
        "coloraxis": scale,
        "shapes": [theme.band(axis, places) for axis, places in chosen if places],
        "xaxis": _axis(columns, label_length, False, across),
        "yaxis": _axis(rows, label_length, True, row_axis or {}),
    }
    cells = _cells(values, text, template=template, hover=hover, decimals=decimals)
    return go.Figure(cells, layout=theme.layout(height=height, **layout))


def _cells(
    values: np.ndarray,
    text: Sequence[Sequence[str]] | None,
    *,
    template: str,
    hover: str,
    decimals: int,
) -> go.Heatmap:
    written = text is not None or template != "%{text}"
    return go.Heatmap(
        z=(np.round(np.asarray(values, dtype=np.float64), decimals) + 0.0).tolist(),  # 0.0, never -0.0
        coloraxis="coloraxis",
        xgap=1,
        ygap=1,
        hoverongaps=False,
        text=text,
        texttemplate=template if written else None,
        textfont={"size": 10} if written else None,
        hovertemplate=f"{hover}<extra></extra>",
    )


def _axis(labels: Sequence[str], length: int, reverse: bool, more: dict[str, Any]) -> dict[str, Any]:
    size = len(labels)
    return theme.quiet_axis(
        **{
            "tickvals": list(range(size)),
            "ticktext": [shown(label, length=length) for label in labels],
            "range": [size - 0.5, -0.5] if reverse else [-0.5, size - 0.5],
            "automargin": True,
            "ticklabelstandoff": 4,
            **more,
        }
    )
