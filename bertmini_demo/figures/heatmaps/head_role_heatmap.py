"""What each head does on one pair: a row a head, a column for each place it may attend to."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.heatmaps.matrix import matrix

ROW_HEIGHT = 22
NAME_LENGTH = 30


def heads_heatmap(
    shares: np.ndarray, heads: Sequence[str], measures: Sequence[str], *, chosen: int | None = None
) -> go.Figure:
    """Where each head's weight goes, on the colour scale of all attention; each cell has its number in per cent.

    Args:
        shares: (heads, measures) from 0 to 1; a row need not add up to 1, for places overlap.
        heads: names of the rows, with what each head mostly does.
        chosen: index of the head to outline.
    """
    return matrix(
        shares,
        heads,
        measures,
        scale=theme.weight_scale("share of the words’ attention") | {"showscale": False},
        hover="%{y}<br>%{x}: %{text}\u00a0%",
        height=len(heads) * ROW_HEIGHT + 150,
        text=[
            [f"{100 * share:.0f}" for share in row] for row in shares
        ],  # no sign: there is no room on a phone
        label_length=NAME_LENGTH,
        chosen_rows=[] if chosen is None else [chosen],
    )
