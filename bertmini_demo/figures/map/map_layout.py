"""Where everything on the map of the model goes: along the layers in one direction, a lane a word piece in the other.

One unit is about a pixel. A wide map runs from left to right, a tall one from top to bottom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

BARE_LANE = 2.9  # the largest room of a lane without a name, where room is short
SENTENCE_GAP = 9


class Box(NamedTuple):
    """A rectangle in the units of the view box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """The lane of each word piece.

    Attributes:
        centres: (tokens,) middle of each lane, rising.
        named: positions with a name and marks of their own, in reading order; the others are bare lines.
        room: the distance between two named lanes.
    """

    centres: np.ndarray
    named: tuple[int, ...]
    room: float


def lay_lanes(
    segments: Sequence[int],
    importance: np.ndarray,
    *,
    always: Iterable[int],
    start: float,
    room: float,
    narrowest: float,
    widest: float,
) -> Lanes:
    """Shares the room among the word pieces; where it is short, only the most important ones are named.

    Args:
        segments: (tokens,) 0 in the premise, 1 in the hypothesis; a gap separates the two.
        importance: (tokens,) of which the largest are named.
        always: positions named in any case.
        start, room: where the lanes begin, and the room for all of them.
        narrowest, widest: the smallest and the largest room of a named lane.
    """
    tokens = len(segments)
    room -= SENTENCE_GAP
    if tokens * narrowest <= room:
        named, wide, bare = tuple(range(tokens)), min(widest, room / tokens), 0.0
    else:
        bare = min(BARE_LANE, 0.4 * room / tokens)
        count = int((room - tokens * bare) / (narrowest - bare))
        ranked = dict.fromkeys([*always, *np.argsort(-importance, kind="stable").tolist()])
        named = tuple(sorted(list(ranked)[:count]))
        wide = (room - (tokens - count) * bare) / count
    widths = np.full(tokens, bare)
    widths[list(named)] = wide
    centres = start + np.cumsum(widths) - widths / 2 + SENTENCE_GAP * np.asarray(segments)
    return Lanes(centres.round(1), named, wide)


@dataclass(frozen=True, slots=True)
class WideLayout:
    """From left to right: names, embeddings, layers, verdict."""

    layers: int
    heads: int
    labels: int

    portrait = False
    lanes_start, lanes_room = 50, 314
    narrowest_lane, widest_lane = 10.6, 24
    names_end = 124
    embeddings = (136, 188)
    line_width = 24  # of a weight of 1
    height = 430

    @property
    def pitch(self) -> float:
        """From one layer to the next."""
        return 164 if self.layers <= 4 else max(110, 656 / self.layers)

    @property
    def end(self) -> float:
        """Where the last layer ends."""
        return self.layer(self.layers - 1)[1]

    @property
    def width(self) -> float:
        """Of the whole map."""
        return self.end + 254

    def layer(self, layer: int) -> tuple[float, float]:
        """Start and end of one layer, along."""
        start = 202 + self.pitch * layer
        return start, start + self.pitch - 8

    def point(self, along: float, across: float) -> tuple[float, float]:
        """x and y of a place along and across the map."""
        return along, across

    def panel(self, start: float, end: float) -> Box:
        """The background of one part of the map."""
        return Box(start, 0, end - start, self.height)

    def across(self, start: float, end: float) -> Box:
        """A bar over all lanes."""
        return Box(start, self.lanes_start - 4, end - start, self.lanes_room + 8)

    def title(self, start: float) -> tuple[float, float]:
        """Where the title of a part begins."""
        return start + 10, 18

    def early(self, layer: int) -> Box:
        """The bar of an early verdict."""
        start, end = self.layer(layer)
        return Box(start + 10, 26, (end - start - 20) * 0.2, 9)

    def early_text(self, layer: int) -> tuple[float, float]:
        """Where the text of an early verdict ends."""
        return self.layer(layer)[1] - 10, 35

    def early_hit(self, layer: int) -> Box:
        """Where an early verdict can be pressed."""
        start, end = self.layer(layer)
        return Box(start + 5, 20, end - start - 10, 24)

    def tile(self, layer: int, head: int) -> Box:
        """The square of one head."""
        start, end = self.layer(layer)
        rows = 1 if self.heads <= 4 else 2
        columns = -(-self.heads // rows)
        side = min((end - start - 20 - 4 * (columns - 1)) / columns, (46 - 5 * rows) / rows, 36)
        gap = (end - start - 20 - columns * side) / max(columns - 1, 1)
        row, column = divmod(head, columns)
        return Box(start + 10 + column * (side + gap), 378 + row * (side + 5), side, side)

    @property
    def pooler_edge(self) -> float:
        """Where [CLS] enters the pooler, along."""
        return self.end + 20

    def pooler(self, cls: float) -> Box:
        """The pooler, beside [CLS]; ``cls`` is its place across."""
        return Box(self.pooler_edge, max(30, cls - 26), 52, 52)

    def label(self, label: int) -> Box:
        """The bar of one label; name and probability are above it."""
        room = (self.height - 60) / self.labels
        return Box(self.end + 98, 84 + label * min(room, 122), 150, 16)


@dataclass(frozen=True, slots=True)
class TallLayout:
    """From top to bottom, for a narrow page: names, embeddings, layers, verdict."""

    layers: int
    heads: int
    labels: int

    portrait = True
    lanes_start, lanes_room = 2, 246
    narrowest_lane, widest_lane = 9.5, 22
    names_end = 84
    embeddings = (90, 116)
    line_width = 18
    width = 360
    pitch = 124

    @property
    def end(self) -> float:
        """Where the last layer ends."""
        return self.layer(self.layers - 1)[1]

    @property
    def height(self) -> float:
        """Of the whole map."""
        return self.end + 42 + 44 * self.labels

    def layer(self, layer: int) -> tuple[float, float]:
        """Start and end of one layer, along."""
        start = 122 + self.pitch * layer
        return start, start + self.pitch - 8

    def point(self, along: float, across: float) -> tuple[float, float]:
        """x and y of a place along and across the map."""
        return across, along

    def panel(self, start: float, end: float) -> Box:
        """The background of one part of the map."""
        return Box(0, start, self.width, end - start)

    def across(self, start: float, end: float) -> Box:
        """A bar over all lanes."""
        return Box(self.lanes_start - 1, start, self.lanes_room + 4, end - start)

    def title(self, start: float) -> tuple[float, float]:
        """Where the title of a part begins."""
        return 258, start + 16

    def early(self, layer: int) -> Box:
        """The bar of an early verdict."""
        return Box(258, self.layer(layer)[1] - 10, 96, 5)

    def early_text(self, layer: int) -> tuple[float, float]:
        """Where the text of an early verdict ends."""
        return 354, self.layer(layer)[1] - 14

    def early_hit(self, layer: int) -> Box:
        """Where an early verdict can be pressed."""
        return Box(256, self.layer(layer)[1] - 26, 100, 24)

    def tile(self, layer: int, head: int) -> Box:
        """The square of one head."""
        columns = int(np.ceil(self.heads**0.5))
        rows = -(-self.heads // columns)
        side = min((92 - 6 * (columns - 1)) / columns, (66 - 4 * rows) / rows)
        row, column = divmod(head, columns)
        gap = min(14, (96 - columns * side) / max(columns - 1, 1))
        return Box(258 + column * (side + gap), self.layer(layer)[0] + 21 + row * (side + 6), side, side)

    @property
    def pooler_edge(self) -> float:
        """Where [CLS] enters the pooler, along."""
        return self.end + 18

    def pooler(self, cls: float) -> Box:
        """The pooler, below [CLS]; ``cls`` is its place across."""
        return Box(max(2, cls - 20), self.pooler_edge, 40, 40)

    def label(self, label: int) -> Box:
        """The bar of one label; name and probability are above it."""
        return Box(112, self.end + 40 + label * 44, 242, 12)


MapLayout = WideLayout | TallLayout
