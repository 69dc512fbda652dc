"""What activation patching shows: the share of the difference between two pairs, by position and depth and by head."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.depth_curves import depth_columns
from bertmini_demo.figures.heatmaps.matrix import matrix
from bertmini_demo.figures.naming import MANY_DEPTHS, decimal, depth_names, head_name, layer_name

ROW_HEIGHT = 24
LABEL_LENGTH = 20  # characters: room for a word and what it replaces


def patching_heatmap(recovered: np.ndarray, words: Sequence[str], *, chosen: Sequence[int] = ()) -> go.Figure:
    """How much of the difference between two runs one state carries: a row a word, a column a depth.

    Args:
        recovered: (layers + 1, words) shares of the difference in the target's margin that exchanging the state brings
            back, or takes away; below 0 and above 1 are possible, NaN where nothing was patched.
        words: repeats included.
        chosen: indices of neighbouring words that are outlined.
    """
    depths = len(recovered)
    return matrix(
        recovered.T,
        words,
        depth_names(depths),
        scale=_recovery_scale(),
        hover="%{y}<br>%{x}<br>%{z:.2f} of the difference",
        height=len(words) * ROW_HEIGHT + 120,
        text=_percents(recovered.T) if depths <= MANY_DEPTHS else None,
        chosen_rows=chosen,
        column_axis=depth_columns(depths),
        label_length=LABEL_LENGTH,
    )


def head_patching_grid(recovered: np.ndarray, *, chosen: tuple[int, int] | None = None) -> go.Figure:
    """How much of the difference one head's output carries: a row a layer, a column a head.

    Args:
        recovered: (layers, heads) shares as above.
        chosen: (layer, head) that is outlined.
    """
    layers, heads = recovered.shape
    short = max(layers, heads) > MANY_DEPTHS
    figure = matrix(
        recovered,
        [layer_name(layer, short=short) for layer in range(layers)],
        [head_name(head, short=short) for head in range(heads)],
        scale=_recovery_scale(),
        hover="%{y}, %{x}<br>%{z:.2f} of the difference",
        height=layers * 44 + 110,
        text=None if short else _percents(recovered),
        column_axis={"tickangle": 0},
    )
    if chosen is not None:
        layer, head = chosen
        figure.add_shape(
            type="rect",
            x0=head - 0.5,
            x1=head + 0.5,
            y0=layer - 0.5,
            y1=layer + 0.5,
            line={"color": theme.CHOSEN, "width": 3},
        )
    return figure


def _percents(shares: np.ndarray) -> list[list[str]]:
    """Shares as they are written into cells; nothing where a share is missing or rounds to zero."""
    return [
        [f"{decimal(100 * share, digits=0)}\u00a0%" if abs(share) >= 0.005 else "" for share in row]
        for row in shares
    ]


def _recovery_scale() -> dict:
    """From −1 (orange) over 0 (clear) to 1 (blue), so that no cell looks stronger than a full recovery."""
    scale = theme.weight_scale("share of the difference")
    scale |= {"colorscale": theme.SIGNED_UNDER_TEXT, "cmin": -1, "cmax": 1}
    scale["colorbar"] |= {
        "title": {"text": "share of the difference", "side": "top", "font": {"size": 11}},
        "tickvals": [-1, 0, 1],
        "ticktext": ["the other way", "none", "all of it"],
    }
    return scale
