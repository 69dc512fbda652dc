"""The whole model on one pair as one SVG picture: word pieces, embeddings, layers, [CLS], pooler, probabilities.

A pure function of results. Every part that can be pressed is an element of class ``part`` with ``role="button"`` and
``data-part``: "pieces", "token", "embeddings", "layer", "head", "feed-forward", "early", "pooler" or "verdict".
``data-layer``, ``data-head``, ``data-token``, ``data-word`` (an index of ``pair.words``) and ``data-label`` name the
instance; all count from 0. Parts in one ``data-toolbar`` share one stop of the Tab key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from bertmini_demo.explain.attention_flow import MEAN, attention_flow, start_shares
from bertmini_demo.explain.head_roles import head_summaries
from bertmini_demo.figures.map_layout import Lanes, MapLayout, TallLayout, WideLayout, lay_lanes
from bertmini_demo.figures.naming import layer_name, percent, place_name
from bertmini_demo.figures.png_tiles import signed_tile, weights_tile
from bertmini_demo.figures.templates import render
from bertmini_demo.results import HYPOTHESIS, PREMISE

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Head, Trace

TEMPLATE = Path(__file__).with_name("model_map.svg.jinja")
STYLE = Path(__file__).with_name("model_map.css")
MIN_WEIGHT = 0.01  # thinner lines are left out
MAX_LINES = 40  # drawn into one layer
MAX_WEB = 48  # faint lines of one layer
WEB_WEIGHT = 0.08
MAX_RATIO = 4.0  # of lengths, at which a mark is as large as its lane allows
ROAD_WIDTH = 0.35  # of a share of 1, in widths of a line of weight 1
ROAD_WEIGHT = 0.03


def model_map_svg(
    trace: Trace,
    parts: Contributions,
    early: np.ndarray,
    *,
    lines: np.ndarray | None = None,
    sources: np.ndarray | None = None,
    road: np.ndarray | None = None,
    word: int | None = None,
    head: Head | None = None,
    portrait: bool = False,
    arrives: bool = False,
) -> Markup:
    """Draws the model on one pair.

    Args:
        parts: the vectors added on the way, see ``bertmini_demo.explain.norm_decomposition``.
        early: (layers + 1, labels) probabilities read after the embeddings and after each layer, in the order of
            ``trace.prediction.probabilities``.
        lines: (layers, query tokens, key tokens) weights from 0 to 1 of the violet lines, see
            ``bertmini_demo.explain.attention_flow``; None for the mean attention of the word, or of [CLS].
        sources: (layers, tokens) weights from 0 to 1, drawn as the width of each lane in each layer: rollout, for
            example, followed back.
        road: (layers + 1, tokens) from 0 to 1, drawn as a road along the lanes: the share that patching recovers.
        word: index in ``pair.words`` whose lines are drawn; None for [CLS], from which the verdict is read.
        head: the one that is outlined.
        portrait: from top to bottom, for a page 360 pixels wide.
        arrives: the lines run into [CLS] once, unless the reader prefers reduced motion.

    Returns:
        An SVG element, its style included; it needs no script.
    """
    layers, heads = trace.attentions.shape[:2]
    layout = (TallLayout if portrait else WideLayout)(layers, heads, len(trace.prediction.probabilities))
    chosen = (0,) if word is None else trace.pair.words[word].positions
    if lines is None:
        lines = attention_flow(trace.attentions, start_shares(chosen, len(trace.tokens)), kind=MEAN)
    lanes = lay_lanes(
        trace.pair.segments,
        lines.sum(axis=(0, 1)),
        always=(0, *chosen),
        start=layout.lanes_start,
        room=layout.lanes_room,
        narrowest=layout.narrowest_lane,
        widest=layout.widest_lane,
    )
    drawing = Drawing(trace, parts, np.asarray(early), layout, lanes, lines, chosen)
    return render(
        TEMPLATE,
        style=Markup(STYLE.read_text(encoding="utf-8")),
        drawing=drawing,
        layout=layout,
        summary=describe_map(trace, early),
        highlights=[*drawing.source_lines(sources), *drawing.road_lines(road)],
        outlined=head,
        arrives=arrives,
    )


def describe_map(trace: Trace, early: np.ndarray) -> str:
    """The picture in a few sentences: its text alternative."""
    layers, heads = trace.attentions.shape[:2]
    last = trace.attentions[-1, :, 0].mean(axis=0)
    strongest = int(last[1:].argmax()) + 1
    labels = tuple(trace.prediction.probabilities)
    verdicts = ", ".join(
        f"{_spoken(labels[row.argmax()])} {percent(row.max())} after layer {layer + 1}"
        for layer, row in enumerate(np.asarray(early)[1:])
    )
    return (
        f"The model on this pair: {len(trace.tokens)} word pieces pass through {layers} layers of {heads} heads. "
        f"In the last layer, [CLS] attends most to “{trace.tokens[strongest]}” ({percent(last[strongest])}), itself "
        f"left out. The verdict read from [CLS]: {verdicts}."
    )


@dataclass(frozen=True, eq=False)
class Drawing:
    """The shapes of one map; the template gives them their elements.

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
                    "label": f"“{token}”, word piece {position + 1} of {len(pair.tokens)}, {sentence}",
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

    def rails(self, *, named: bool) -> str:
        """The lanes with a name, or those without one, as one path from the embeddings to the end of the last layer."""
        start, end = self.layout.names_end + 5, self.layout.end
        return "".join(
            self._straight(start, end, centre)
            for position, centre in enumerate(self.lanes.centres)
            if (position in self.lanes.named) == named
        )

    @cached_property
    def cls_rail(self) -> str:
        """The lane of [CLS], as far as the pooler."""
        return self._straight(self.layout.names_end + 5, self.layout.pooler_edge, self.lanes.centres[0])

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

    def violet(self, layer: int) -> list[dict[str, Any]]:
        """The lines of one layer, as wide as their weight times ``layout.line_width``, the widest first."""
        weights, tokens = self.lines[layer], self.trace.tokens
        cells = [tuple(cell) for cell in np.argwhere(weights >= MIN_WEIGHT).tolist()]
        cells.sort(key=lambda cell: -weights[cell])
        return [
            {
                "d": self._curve(layer, query, key),
                "weight": float(weights[query, key]),
                "width": float(weights[query, key] * self.layout.line_width),
                "key": key,
                "title": f"“{tokens[key]}” to “{tokens[query]}”: {percent(weights[query, key])}",
            }
            for query, key in cells[:MAX_LINES]
        ]

    def web(self, layer: int) -> str:
        """The strongest lines between all other word pieces as one faint path: mean attention of the heads."""
        weights = self.trace.attentions[layer].mean(axis=0)
        weights[list(self.chosen)] = 0
        np.fill_diagonal(weights, 0)
        cells = np.argwhere(weights >= WEB_WEIGHT)
        order = np.argsort(-weights[tuple(cells.T)], kind="stable")[:MAX_WEB]
        return "".join(self._curve(layer, query, key) for query, key in cells[order].tolist())

    def marks(self, layer: int) -> list[dict[str, Any]]:
        """What attention and the feed-forward part add to each named word piece, as the areas of two marks."""
        _, attention, feed_forward, _ = self.places(layer)
        result = []
        for position in self.lanes.named:
            centre = self.lanes.centres[position]
            looked = self._radius(self.parts.attention_ratio[layer, position] / MAX_RATIO)
            made = self._radius(self.parts.feed_forward_ratio[layer, position] / MAX_RATIO) * 1.25
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
            f"{_spoken(name)} {percent(share)}" for name, share in zip(labels, shares, strict=True)
        )
        return {
            "text": f"{_spoken(labels[best])} {percent(shares[best])}",
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
                    "name": _spoken(label),
                    "share": share,
                    "percent": percent(share),
                    "box": box,
                    "band": f"M{edge:g} {top:.2f}C{middle:g} {top:.2f} {middle:g} {end:g} {box.x:g} {end:g}",
                    "wins": label == prediction.label,
                }
            )
            place += pooler.height * share
        return result

    def source_lines(self, sources: np.ndarray | None) -> list[dict[str, Any]]:
        """A stretch of each lane in each layer, as wide as its weight."""
        if sources is None:
            return []
        return [
            {
                "kind": "source",
                "d": self._straight(*self.layout.layer(layer), self.lanes.centres[position]),
                "width": float(sources[layer, position] * self.layout.line_width),
                "title": f"“{self.trace.tokens[position]}”, {layer_name(layer).lower()}: "
                f"{percent(sources[layer, position])}",
            }
            for layer, position in np.argwhere(sources >= MIN_WEIGHT).tolist()
        ]

    def road_lines(self, road: np.ndarray | None) -> list[dict[str, Any]]:
        """Stretches of lanes as wide as the share at that place, and attention from there to where the share grows."""
        if road is None:
            return []
        layers, tokens = range(len(self.lines)), self.trace.tokens
        starts = (self.layout.names_end + 5, *(self.places(layer)[2] for layer in layers))
        ends = (*(self.places(layer)[1] for layer in layers), self.layout.pooler_edge)
        stretches = [
            {
                "kind": "road",
                "d": self._straight(starts[depth], ends[depth], self.lanes.centres[position]),
                "width": float(road[depth, position] * self.layout.line_width * ROAD_WIDTH),
                "title": f"“{tokens[position]}” {f'after layer {depth}' if depth else 'in the embeddings'}: "
                f"{percent(road[depth, position])}",
            }
            for depth, position in np.argwhere(road >= MIN_WEIGHT).tolist()
        ]
        weights = self.trace.attentions.mean(axis=1) * road[:-1, None, :] * (road[1:] > road[:-1])[:, :, None]
        weights[:, range(len(tokens)), range(len(tokens))] = 0
        return stretches + [
            {
                "kind": "road",
                "d": self._curve(layer, query, key),
                "width": float(weights[layer, query, key] * self.layout.line_width),
                "title": f"“{tokens[key]}” to “{tokens[query]}”, {layer_name(layer).lower()}: attention times share, "
                f"{percent(weights[layer, query, key])}",
            }
            for layer, query, key in np.argwhere(weights >= ROAD_WEIGHT).tolist()
        ]

    @property
    def note(self) -> str:
        """Which word pieces have no name, where there is no room for all."""
        total, named = len(self.trace.tokens), len(self.lanes.named)
        return "" if named == total else f"{named} of {total} word pieces are named"

    def _radius(self, share: float) -> float:
        """The radius of a mark whose area shows a share from 0 to 1 of the largest."""
        return float(min(self.lanes.room, 18) * 0.46 * min(share, 1.0) ** 0.5)

    def _straight(self, start: float, end: float, centre: float) -> str:
        (x, y), (to_x, to_y) = self.layout.point(start, centre), self.layout.point(end, centre)
        return f"M{x:g} {y:g}L{to_x:g} {to_y:g}"

    def _curve(self, layer: int, query: int, key: int) -> str:
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


def _spoken(label: str) -> str:
    return label.replace("_", " ")
