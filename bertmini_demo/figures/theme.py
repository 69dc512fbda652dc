"""Colours and the layout all figures share. Backgrounds are transparent: the page beneath is light or dark."""

from collections.abc import Sequence
from typing import Any

ATTENTION = "#7c3aed"
SUPPORTS = "#2563eb"
OPPOSES = "#ea7317"
UNSIGNED = "#0f766e"
TEXT = "#6b7280"  # read on white and on near-black; the page's style sheet sets its own
CHOSEN = "#e11d48"
FRAME = "rgba(107,114,128,0.45)"
SENTENCES = {"premise": "#0891b2", "hypothesis": "#be185d"}
LABELS = {
    "entailment": "#009e73",
    "neutral": "#7c6f64",
    "contradiction": "#d55e00",
    "not_entailment": "#d55e00",
}
HEADS = (ATTENTION, "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#cc79a7", "#0072b2", "#8b8b00")


def tint(colour: str, alpha: float) -> str:
    """A hex colour as rgba(), see-through by ``alpha`` from 0 (gone) to 1 (solid)."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


# Alpha is the square root of the weight, so that a head that spreads its weight over 30 keys is seen at all.
ATTENTION_SCALE = [[step**2 / 25, tint(ATTENTION, step / 5)] for step in range(6)]
SIGNED_SCALE = [
    [0, tint(OPPOSES, 1)],
    [0.5, tint(OPPOSES, 0)],
    [0.5, tint(SUPPORTS, 0)],
    [1, tint(SUPPORTS, 1)],
]
# Fainter, for cells with something written in them, which stays readable in light and dark.
SIGNED_UNDER_TEXT = [
    [0, tint(OPPOSES, 0.6)],
    [0.5, tint(OPPOSES, 0)],
    [0.5, tint(SUPPORTS, 0)],
    [1, tint(SUPPORTS, 0.6)],
]
UNSIGNED_UNDER_TEXT = [[0, tint(UNSIGNED, 0)], [1, tint(UNSIGNED, 0.6)]]


def layout(*, height: int, **more: Any) -> dict[str, Any]:
    """Layout of a figure ``height`` pixels high and as wide as its container; ``more`` is added to it."""
    return {
        "template": "none",  # plotly's own default is a global, and 7 kB in each figure
        "height": height,
        "autosize": True,
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": TEXT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "dragmode": False,  # a finger on a figure scrolls the page
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#1f2937", "bordercolor": "#1f2937", "font": {"color": "#f9fafb"}},
        "modebar": {
            "remove": ["zoom", "pan", "select", "lasso", "zoomin", "zoomout", "autoscale", "resetscale"],
            "bgcolor": "rgba(0,0,0,0)",
            "color": FRAME,
            "activecolor": TEXT,
        },
        **more,
    }


def quiet_axis(**more: Any) -> dict[str, Any]:
    """An axis without grid, zero line, zoom or tick marks; ``more`` is added to it."""
    return {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", **more}


def weight_scale(measure: str, *, whole: int = 1) -> dict[str, Any]:
    """The colour axis of a share from 0 to 1, the same for every head and pair, so that pictures can be compared.

    Args:
        whole: the number that stands for a share of 1 in the figure's data.
    """
    ticks = (0, 0.1, 0.25, 0.5, 1)
    return {
        "colorscale": ATTENTION_SCALE,
        "cmin": 0,
        "cmax": whole,
        "colorbar": {
            "orientation": "h",
            "title": {"text": f"{measure}, 0 to 1", "side": "top", "font": {"size": 11}},
            "tickvals": [tick * whole for tick in ticks],
            "ticktext": [f"{tick:g}" for tick in ticks],
            "tickangle": 0,
            "tickfont": {"size": 10},
            "thickness": 8,
            "len": 0.9,
            "x": 0.5,
            "y": 0,
            "yanchor": "top",
            "outlinewidth": 0,
        },
    }


def band(axis: str, places: Sequence[int], *, reference: str = "") -> dict[str, Any]:
    """The shape that outlines what is chosen: neighbouring places of one axis, over the whole of the other.

    Args:
        axis: "y" for rows, "x" for columns.
        reference: what the other direction is measured in; "" for that axis's own domain.
    """
    other = "x" if axis == "y" else "y"
    return {
        "type": "rect",
        f"{axis}ref": axis,
        f"{axis}0": min(places) - 0.5,
        f"{axis}1": max(places) + 0.5,
        f"{other}ref": reference or f"{other} domain",
        f"{other}0": 0,
        f"{other}1": 1,
        "line": {"color": CHOSEN, "width": 2},
    }
