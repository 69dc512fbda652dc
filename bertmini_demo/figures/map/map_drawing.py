"""The shapes of the map of the model, computed from a trace; a template gives them their elements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bertmini_demo.explain.head_roles import head_summaries
from bertmini_demo.figures.map.map_layout import Lanes, MapLayout
from bertmini_demo.figures.naming import layer_name, percent, place_name, quoted
from bertmini_demo.figures.png_tiles import signed_tile, weights_tile
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import HYPOTHESIS, PREMISE

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Trace

MIN_WEIGHT = 0.01  # thinner lines are left out
MAX_LINES = 40  # drawn into one layer
MAX_FAINT_LINES = 48  # faint lines of one layer
MIN_FAINT_WEIGHT = 0.08
MAX_RATIO = 4.0  # of lengths, at which a mark is as large as its lane allows


@dataclass(frozen=True, eq=False)
class Drawing:
    """The shapes of one map.

    Attributes:
        early: (layers + 1, labels) probabilities.
        lines: (layers, query tokens, key tokens) weights of the violet lines.
        chosen: positions into which they lead.
    """

    trace: Trace
    parts: Contributions
    early: np.ndarray
    layout: MapLayout
    lanes: Lanes
    lines: np.ndarray
    chosen: tuple[int, ...]

    @cached_property
    def tokens(self) -> list[dict[str, Any]]:
        """The named word pieces."""
        pair, room = self.trace.pair, self.lanes.room
        word_at = {position: index for index, word in enumerate(pair.words) for position in word.positions}
        limit = 11 if self.layout.portrait else 15
        result = []
        for position in self.lanes.named:
            token, centre = pair.tokens[position], float(self.lanes.centres[position])
            sentence = (PREMISE, HYPOTHESIS)[int(pair.segments[position])]
            x, y = self.layout.point(self.layout.names_end, centre + 4)
            near, far = (
                self.layout.point(14, centre - room / 2),
                self.layout.point(self.layout.names_end - 10, room),
            )
            result.append(
                {
                    "position": position,
                    "word": word_at.get(position),
                    "text": token if len(token) <= limit else f"{token[: limit - 1]}…",
                    "label": f"{quoted(token)}, word piece {position + 1} of {len(pair.tokens)}, {sentence}",
                    "x": x,
                    "y": y,
                    "hit": (*near, *far),
                    "chosen": position in self.chosen,
                }
            )
        return result

    @cached_property
    def sentences(self) -> list[dict[str, Any]]:
        """A bar beside the names of each sentence."""
        result = []
        for segment, name in enumerate((PREMISE, HYPOTHESIS)):
            centres = self.lanes.centres[self.trace.pair.segments == segment]
            start, end = centres[0] - self.lanes.room / 2 + 1, centres[-1] + self.lanes.room / 2 - 1
            bar = (start, 13, end - start, 3) if self.layout.portrait else (0, start, 3, end - start)
            short = end - start < 66
            result.append({"name": name[0].upper() if short else name, "kind": name, "bar": bar})
        return result

    def lane_paths(self, *, named: bool) -> str:
        """The lanes with a name, or those without one, as one path from the embeddings to the end of the last layer."""
        start, end = self.layout.names_end + 5, self.layout.end
        return "".join(
            self.straight(start, end, centre)
            for position, centre in enumerate(self.lanes.centres)
            if (position in self.lanes.named) == named
        )

    @cached_property
    def cls_lane(self) -> str:
        """The lane of [CLS], as far as the pooler."""
        return self.straight(self.layout.names_end + 5, self.layout.pooler_edge, self.lanes.centres[0])

    @cached_property
    def embedding_marks(self) -> list[tuple[float, float, float]]:
        """(x, y, radius) of three dots a named lane; their areas show the lengths of the three vectors."""
        lengths = np.linalg.norm(self.parts.embeddings, axis=-1)  # (3, tokens)
        start, end = self.layout.embeddings
        places = np.linspace(start + 9, end - 9, 3)
        return [
            (
                *self.layout.point(place, self.lanes.centres[position]),
                self._radius(length / lengths.max()) * 0.8,
            )
            for place, row in zip(places, lengths, strict=True)
            for position, length in enumerate(row)
            if position in self.lanes.named
        ]

    def places(self, layer: int) -> tuple[float, float, float, float]:
        """Along one layer: its start, where attention and the feed-forward part add something, and its end."""
        start, end = self.layout.layer(layer)
        length = end - start
        return start + 3, start + 0.7 * length, start + 0.88 * length, end

    def attention_lines(self, layer: int) -> list[dict[str, Any]]:
        """The lines of one layer, as wide as their weight times ``layout.line_width``, the widest first."""
        weights, tokens = self.lines[layer], self.trace.tokens
        cells = [tuple(cell) for cell in np.argwhere(weights >= MIN_WEIGHT).tolist()]
        cells.sort(key=lambda cell: -weights[cell])
        return [
            {
                "d": self.curve(layer, query, key),
                "weight": float(weights[query, key]),
                "width": float(weights[query, key] * self.layout.line_width),
                "key": key,
                "title": f"{quoted(tokens[key])} to {quoted(tokens[query])}: {percent(weights[query, key])}",
            }
            for query, key in cells[:MAX_LINES]
        ]

    def faint_lines(self, layer: int) -> str:
        """The strongest lines between all other word pieces as one faint path: mean attention of the heads."""
        weights = self.trace.attentions[layer].mean(axis=0)
        weights[list(self.chosen)] = 0
        np.fill_diagonal(weights, 0)
        cells = np.argwhere(weights >= MIN_FAINT_WEIGHT)
        order = np.argsort(-weights[tuple(cells.T)], kind="stable")[:MAX_FAINT_LINES]
        return "".join(self.curve(layer, query, key) for query, key in cells[order].tolist())

    def marks(self, layer: int) -> list[dict[str, Any]]:
        """What attention and the feed-forward part add to each named word piece, as the areas of two marks."""
        _, attention, feed_forward, _ = self.places(layer)
        attended, fed = self.parts.attention_ratio[layer], self.parts.feed_forward_ratio[layer]
        result = []
        for position in self.lanes.named:
            centre = self.lanes.centres[position]
            looked = self._radius(attended[position] / MAX_RATIO)
            made = self._radius(fed[position] / MAX_RATIO) * 1.25
            result.append(
                {
                    "dot": (*self.layout.point(attention, centre), looked),
                    "diamond": (*self.layout.point(feed_forward, centre), made),
                }
            )
        return result

    def heads(self, layer: int) -> list[dict[str, Any]]:
        """One tile a head, made from its weights; the bar below it is as long as what the head adds."""
        crossing, ratios = self._crossing[layer], self.parts.head_ratios
        return [
            {
                "head": head,
                "box": self.layout.tile(layer, head),
                "image": weights_tile(weights),
                "bar": ratios[layer, head] / ratios.max(),
                "label": f"{place_name(layer, head)}: {percent(crossing[head])} of the words’ attention crosses to the "
                f"other sentence; adds {ratios[layer, head]:.2f} of the length of what it is added to",
            }
            for head, weights in enumerate(self.trace.attentions[layer])
        ]

    @cached_property
    def _crossing(self) -> np.ndarray:
        pair = self.trace.pair
        return head_summaries(
            self.trace.attentions, pair.tokens, segments=pair.segments, special=pair.special
        ).to_other_sentence

    def feed_forward_label(self, layer: int) -> str:
        """What a layer's feed-forward part adds, as a ratio of lengths, in words."""
        ratio = self.parts.feed_forward_ratio[layer].mean()
        return (
            f"{layer_name(layer)}, feed-forward part: adds {ratio:.2f} of the length of what it is added to"
        )

    def early_verdict(self, layer: int) -> dict[str, Any]:
        """The probabilities read from [CLS] after one layer, as a divided bar."""
        shares, labels = self.early[layer + 1], tuple(self.trace.prediction.probabilities)
        box, best = self.layout.early(layer), int(shares.argmax())
        starts = np.cumsum(shares) - shares
        listed = ", ".join(
            f"{label_name(name)} {percent(share)}" for name, share in zip(labels, shares, strict=True)
        )
        return {
            "text": f"{label_name(labels[best])} {percent(shares[best])}",
            "winner": labels[best],
            "bars": [
                (name, box.x + box.width * start, box.y, box.width * share, box.height)
                for name, start, share in zip(labels, starts, shares, strict=True)
            ],
            "label": f"Verdict read after {layer_name(layer).lower()}: {listed}",
        }

    @cached_property
    def pooled(self) -> str:
        """The pooled vector as a square picture, blue above zero and orange below."""
        values = self.parts.pooled
        columns = int(np.ceil(len(values) ** 0.5))
        square = np.full(-(-len(values) // columns) * columns, np.nan)
        square[: len(values)] = values
        return signed_tile(square.reshape(-1, columns))

    @cached_property
    def verdict(self) -> list[dict[str, Any]]:
        """One row a label: a band from the pooler, its bar, name and number; band and bar grow with the probability."""
        prediction, pooler = self.trace.prediction, self.layout.pooler(float(self.lanes.centres[0]))
        edge, place, result = pooler.x + pooler.width, pooler.y, []
        for index, (label, share) in enumerate(prediction.probabilities.items()):
            box = self.layout.label(index)
            top, end, middle = place + pooler.height * share / 2, box.y + box.height / 2, (edge + box.x) / 2
            result.append(
                {
                    "key": label,
                    "name": label_name(label),
                    "share": share,
                    "percent": percent(share),
                    "box": box,
                    "band": f"M{edge:g} {top:.2f}C{middle:g} {top:.2f} {middle:g} {end:g} {box.x:g} {end:g}",
                    "wins": label == prediction.label,
                }
            )
            place += pooler.height * share
        return result

    @property
    def note(self) -> str:
        """Which word pieces have no name, where there is no room for all."""
        total, named = len(self.trace.tokens), len(self.lanes.named)
        return "" if named == total else f"{named} of {total} word pieces are named"

    def _radius(self, share: float) -> float:
        """The radius of a mark whose area shows a share from 0 to 1 of the largest."""
        return float(min(self.lanes.room, 18) * 0.46 * min(share, 1.0) ** 0.5)

    def straight(self, start: float, end: float, centre: float) -> str:
        """A stretch of one lane, from one place along the layers to another."""
        (x, y), (to_x, to_y) = self.layout.point(start, centre), self.layout.point(end, centre)
        return f"M{x:g} {y:g}L{to_x:g} {to_y:g}"

    def curve(self, layer: int, query: int, key: int) -> str:
        """From a key's lane at the start of a layer to the query's lane, where attention adds."""
        start, end, *_ = self.places(layer)
        middle, centres = (start + end) / 2, self.lanes.centres
        corners = (
            (start, centres[key]),
            (middle, centres[key]),
            (middle, centres[query]),
            (end, centres[query]),
        )
        first, *rest = (self.layout.point(*corner) for corner in corners)
        return f"M{first[0]:g} {first[1]:g}C" + " ".join(f"{x:g} {y:g}" for x, y in rest)
