"""Colours and the layout all figures share. Backgrounds are transparent: the page beneath is light or dark."""

import html
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bertmini_demo.figures.naming import percent

FONT, TITLE = 12, 14  # pixels, of labels and of an axis's title
LINE, PAD = 1.3, 8  # of a line in font sizes, and what stays free beside labels, in pixels
STANDOFF = 6  # pixels between an axis's title and its labels
SCALE_ROOM, LEGEND_ROOM = 60, 44  # pixels, of a colour bar below a figure and a legend of one line above it
NUMBER = "−0.00"  # the longest label of an axis whose numbers Plotly chooses
WIDTHS = dict.fromkeys("iIjl.,:;'’|!()[]frt ", 0.4) | dict.fromkeys(
    "mwMWOQ@%—…", 1.0
)  # of letters, in font sizes
WIDTHS |= dict.fromkeys("ABCDEFGHKLNPRSTUVXYZ", 0.72)
ATTENTION = "#7c3aed"
WEIGHT = "#8b5cf6"  # of a weight of 1 in a heat map
SUPPORTS = "#2563eb"
OPPOSES = "#ea7317"
UNSIGNED = "#0f766e"
TEXT = "#6b7280"  # read on white and on near-black; the page's style sheet sets its own
CHOSEN = "#e11d48"
FRAME = "rgba(107,114,128,0.45)"
SENTENCES = {"premise": "#0891b2", "hypothesis": "#c41c61"}
ROLES = {"query": "#2563eb", "key": "#a16207", "value": "#db2777"}  # as in the text of the tours
LABELS = {
    "entailment": "#009e73",
    "neutral": "#64748b",
    "contradiction": "#d55e00",
    "not_entailment": "#d55e00",
}
HEADS = (ATTENTION, "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#cc79a7", "#0072b2", "#666666")


def tint(colour: str, alpha: float) -> str:
    """A hex colour as rgba(), see-through by ``alpha`` from 0 (gone) to 1 (solid)."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


# Alpha is the weight to the power of 0.4, and the violet lighter than that of lines: a head that spreads its weight over
# 30 keys can be seen on a dark page too.
ATTENTION_SCALE = [[round((step / 5) ** 2.5, 4), tint(WEIGHT, step / 5)] for step in range(6)]
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
    """Layout of a figure ``height`` pixels high and as wide as its container; ``more`` is added to it.

    On the right there is room for half of "100%", the last number of an axis. Whatever is beside the plot gets the room
    that it is likely to need: where that is enough, Plotly need not draw the figure a second time to make room.
    """
    more = {name: _with_standoff(part) if "axis" in name else part for name, part in more.items()}
    margin = {"l": 8, "r": 18, "t": 8, "b": 8} | more.pop("margin", {})
    for side, needed in _rooms(more):
        margin[side] = max(margin[side], needed)
    return {
        "template": "none",  # plotly's own default is a global, and 7 kB in each figure
        "height": height,
        "autosize": True,
        "font": {"family": "system-ui, sans-serif", "size": FONT, "color": TEXT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": margin,
        "dragmode": False,  # a finger on a figure scrolls the page
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#1f2937", "bordercolor": "#1f2937", "font": {"color": "#f9fafb"}},
        "modebar": {
            "remove": [
                "zoom",
                "pan",
                "select",
                "lasso",
                "zoomin",
                "zoomout",
                "autoscale",
                "resetscale",
                "toimage",
            ],
            "bgcolor": "rgba(0,0,0,0)",
            "color": FRAME,
            "activecolor": TEXT,
        },
        **more,
    }


def _with_standoff(axis: Mapping[str, Any]) -> Mapping[str, Any]:
    """An axis whose title, if it has one, keeps its distance from the labels."""
    return {**axis, "title": {"standoff": STANDOFF, **axis["title"]}} if axis.get("title") else axis


def _rooms(parts: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """("l", "r", "t" or "b", pixels) of each side of a plot beside which something is drawn."""
    for name, part in parts.items():
        if name.startswith("coloraxis"):
            bar = part.get("colorbar", {})
            if part.get("showscale", True) and (bar.get("orientation"), bar.get("y")) == ("h", 0):
                yield "b", SCALE_ROOM
        elif "axis" in name and part.get("automargin"):
            side = part.get("side", "left" if name.startswith("y") else "bottom")[0]
            yield side, room_of(part, along="y" if side in "lr" else "x")
    if parts.get("legend", {}).get("yanchor") == "bottom" and parts.get("showlegend", True):
        yield "t", LEGEND_ROOM


def room_of(axis: Mapping[str, Any], *, along: str) -> int:
    """Pixels that an axis is likely to need beside the plot: its labels, lying unless turned, and its title.

    Args:
        along: "x" where the labels are side by side, "y" where they are above each other.
    """
    size = axis.get("tickfont", {}).get("size", FONT)
    labels = axis.get("ticktext", [str(value) for value in axis.get("tickvals", ())]) or [NUMBER]
    if not axis.get("showticklabels", True):
        labels = []
    if along == "y" or axis.get("tickangle"):
        needed = max((text_width(label, size=size) for label in labels), default=0)
    else:
        needed = LINE * size * max((label.count("<br>") + 1 for label in labels), default=0)
    title = axis.get("title", {})
    if title:
        font = title.get("font", {}).get("size", TITLE)
        needed += title.get("standoff", 0) + LINE * font * (title["text"].count("<br>") + 1)
    return math.ceil(needed + axis.get("ticklabelstandoff", 0) + PAD)


def text_width(text: str, *, size: int) -> float:
    """About the width in pixels of a text's longest line, Plotly's tags left out; a little more than in most fonts."""
    return size * max(
        sum(
            1.05 if unicodedata.east_asian_width(letter) in "WF" else WIDTHS.get(letter, 0.63)
            for letter in html.unescape(re.sub("<[^>]*>", "", line))
        )
        for line in text.split("<br>")
    )


def quiet_axis(**more: Any) -> dict[str, Any]:
    """An axis without grid, zero line, zoom or tick marks; ``more`` is added to it."""
    return {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
        "ticklabeloverflow": "allow",
        **more,
    }


def share_ticks(*places: float) -> dict[str, Any]:
    """Ticks of an axis of shares, from 0 to 1, written as the page writes percentages; by default in quarters."""
    places = places or (0, 0.25, 0.5, 0.75, 1)
    return {"tickvals": list(places), "ticktext": [percent(place) for place in places]}


def weight_scale(measure: str, *, unit: int = 1) -> dict[str, Any]:
    """The colour axis of a share from 0 to 1, the same for every head and pair, so that pictures can be compared.

    Args:
        unit: the number that represents a share of 1 in the figure's data.
    """
    ticks = (0, 0.1, 0.25, 0.5, 1)
    return {
        "colorscale": ATTENTION_SCALE,
        "cmin": 0,
        "cmax": unit,
        "colorbar": {
            "orientation": "h",
            "title": {"text": f"{measure}, 0 to 1", "side": "top", "font": {"size": 11}},
            "tickvals": [tick * unit for tick in ticks],
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
