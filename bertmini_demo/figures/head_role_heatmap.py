"""What each head does on one pair: a row a head, a column for each place it may look at."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import HOVER_LENGTH, shown

ROW_HEIGHT = 22
NAME_LENGTH = 30


def heads_heatmap(
    shares: np.ndarray, heads: Sequence[str], measures: Sequence[str], *, chosen: int | None = None
) -> go.Figure:
    """Where each head's weight goes, in per cent, on the colour scale of all attention; each cell tells its number.

    Args:
        shares: (heads, measures) from 0 to 1; a row need not add up to 1, for places overlap.
        heads: names of the rows, with what each head mostly does.
        chosen: index of the head to outline.
    """
    return go.Figure(
        go.Heatmap(
            z=np.round(shares.astype(np.float64), 3).tolist(),
            coloraxis="coloraxis",
            xgap=1,
            ygap=1,
            texttemplate="%{z:.0%}",
            textfont={"size": 10},
            hovertemplate="%{y}<br>%{x}: %{z:.1%}<extra></extra>",
        ),
        layout=theme.layout(
            height=len(heads) * ROW_HEIGHT + 150,
            coloraxis=theme.weight_scale("share of the words’ attention") | {"showscale": False},
            shapes=[] if chosen is None else [theme.band("y", [chosen])],
            xaxis=theme.quiet_axis(
                tickvals=list(range(len(measures))),
                ticktext=[shown(measure, length=HOVER_LENGTH) for measure in measures],
                range=[-0.5, len(measures) - 0.5],
                side="top",
                tickangle=-90,
                automargin=True,
            ),
            yaxis=theme.quiet_axis(
                tickvals=list(range(len(heads))),
                ticktext=[shown(head, length=NAME_LENGTH) for head in heads],
                range=[len(heads) - 0.5, -0.5],
                automargin=True,
            ),
        ),
    )
