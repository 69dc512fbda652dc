"""The lines of the map: one a word piece, at the same height in every part, and what is drawn on and between them.

Functions return SVG as text. Lengths are in the units of the view boxes, about one pixel each on a wide page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from bertmini_demo.figures.naming import layer_name
from bertmini_demo.figures.rendering import escape
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair

MOST_LANES = 40  # word pieces with a line of their own
MOST_LINES = 24  # drawn into one layer
LEAST_WEIGHT = 0.01  # thinner lines are left out
NAME_LENGTH = 13
TOP, SENTENCE_GAP = 4, 10

EMBEDDINGS = ("word piece", "position", "segment")
EMBEDDING_PLACES, EMBEDDING_MARKS = (148, 177, 206), ("word", "pos.", "seg.")
NAMES_END, LANES_START, WORDS_WIDTH = 118, 125, 226
ATTENTION_PLACE, FEED_FORWARD_PLACE, BLOCK_WIDTH = 124, 162, 190
LONGEST = 2.0  # ratio of lengths at which a bead is as large as its lane allows


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where each word piece's line runs.

    Attributes:
        heights: position to height, for the positions that have a line, in reading order.
        row: distance between two lines.
        end: the height of the whole.
        left_out: how many positions have no line.
    """

    heights: dict[int, float]
    row: float
    end: float
    left_out: int

    @property
    def bead(self) -> float:
        """The largest radius of a bead."""
        return self.row * 0.46


def lay_lanes(segments: Sequence[int], importance: np.ndarray, *, always: Iterable[int]) -> Lanes:
    """Gives each word piece a line; with more than ``MOST_LANES``, only the most important ones.

    Args:
        segments: (tokens,) 0 in the premise, 1 in the hypothesis.
        importance: (tokens,) of which the largest are kept.
        always: positions kept in any case.
    """
    ranked = [*always, *np.argsort(-importance, kind="stable").tolist()]
    kept = sorted(list(dict.fromkeys(ranked))[:MOST_LANES])
    row = min(20.0, max(14.0, 440 / len(kept)))
    heights = {
        position: round(TOP + row * (place + 0.5) + SENTENCE_GAP * int(segments[position]), 1)
        for place, position in enumerate(kept)
    }
    end = TOP * 2 + row * len(kept) + SENTENCE_GAP
    return Lanes(heights, row, round(end, 1), len(segments) - len(kept))


def picture(content: str, *, width: int, height: float) -> str:
    """The drawing as an SVG element of this size in pixels."""
    return f'<svg viewBox="0 0 {width} {height:g}" class="map-lanes">{content}</svg>'


def rails(lanes: Lanes, start: int, end: int) -> str:
    """All lines as one path: what runs past every part unchanged."""
    steps = "".join(f"M{start} {height:g}H{end}" for height in lanes.heights.values())
    return f'<path class="rails" d="{steps}"/>'


def part(
    content: str, told: str, *, opens: str, kind: str = "", position: int | None = None, first: bool = True
) -> str:
    """Something to point at and to press: it tells its numbers, and opens what the attributes in ``opens`` name.

    Of parts that stand in one toolbar, only the first is a stop of the Tab key.
    """
    row = "" if position is None else f' data-row="{position}"'
    return (
        f'<g class="opens {kind}" role="button" tabindex="{0 if first else -1}" aria-label="{told}" {opens}{row}>'
        f"<title>{told}</title>{content}</g>"
    )


def names(pair: EncodedPair, lanes: Lanes, *, chosen: Sequence[int]) -> str:
    """The word pieces as buttons that choose their word; a special token's choose none."""
    word_at = {position: index for index, word in enumerate(pair.words) for position in word.positions}
    found = []
    for place, (position, height) in enumerate(lanes.heights.items()):
        token, pressed = pair.tokens[position], position in chosen
        sentence = (PREMISE, HYPOTHESIS)[int(pair.segments[position])]
        told = f"{quoted(token)}, word piece {position + 1} of {len(pair.tokens)}, {sentence}"
        word = "" if pressed else word_at.get(position, "")
        found.append(
            part(
                f'<rect class="hit" x="12" y="{height - lanes.row / 2:g}" width="{NAMES_END - 8}" height="{lanes.row:g}"/>'
                f'<text x="{NAMES_END}" y="{height + 4:g}">{name(token)}</text>',
                told,
                opens=f'data-word="{word}" aria-pressed="{str(pressed).lower()}"',
                kind="token" if position in word_at else "token special",
                position=position,
                first=place == 0,
            )
        )
    return "".join(found)


def plain_names(pair: EncodedPair, lanes: Lanes) -> tuple[str, str]:
    """The word pieces beside the lines of a block, for pages where blocks stand below each other.

    Returns:
        what defines them, needed once, and what draws them, for each block.
    """
    texts = "".join(
        f'<text x="-6" y="{height + 4:g}" data-row="{position}">{name(pair.tokens[position])}</text>'
        for position, height in lanes.heights.items()
    )
    mark = f"names-{crc32(texts.encode()):08x}"
    return (
        f'<defs><g id="{mark}">{texts}</g></defs>',
        f'<use class="map-names" href="#{mark}" aria-hidden="true"/>',
    )


def sentence_marks(pair: EncodedPair, lanes: Lanes) -> str:
    """A bar in the colour of its sentence beside the words of each, with its name where there is room."""
    found = ""
    for segment, sentence in enumerate((PREMISE, HYPOTHESIS)):
        heights = [height for position, height in lanes.heights.items() if pair.segments[position] == segment]
        if not heights:
            continue
        top, length = heights[0] - lanes.row / 2 + 1, heights[-1] - heights[0] + lanes.row - 2
        middle = top + length / 2
        found += f'<rect class="{sentence}" x="0" y="{top:g}" width="3" height="{length:g}" rx="1.5"/>'
        text = sentence if length >= 70 else sentence[0].upper()
        turn = f' transform="rotate(-90 13 {middle:g})"' if length >= 70 else ""
        found += f'<text class="sentence-name" x="13" y="{middle:g}"{turn}>{text}</text>'
    return found


def embedding_beads(pair: EncodedPair, lanes: Lanes, lengths: np.ndarray) -> str:
    """Three beads on each line: the vectors of the word piece, its position and its segment.

    Args:
        lengths: (3, tokens); the longest has the largest bead.
    """
    word_at = {position: index for index, word in enumerate(pair.words) for position in word.positions}
    longest = float(lengths[:, list(lanes.heights)].max())
    found = [
        f'<text class="small" x="{x}" y="-1">{mark}</text>'
        for x, mark in zip(EMBEDDING_PLACES, EMBEDDING_MARKS, strict=True)
    ]
    for place, (position, height) in enumerate(lanes.heights.items()):
        column = lengths[:, position]
        beads = "".join(
            f'<circle cx="{x}" cy="{height:g}" r="{lanes.bead * (length / longest) ** 0.5:.2f}"/>'
            for x, length in zip(EMBEDDING_PLACES, column, strict=True)
        )
        numbers = ", ".join(f"{what} {length:.2f}" for what, length in zip(EMBEDDINGS, column, strict=True))
        word = f' data-word="{word_at[position]}"' if position in word_at else ""
        found.append(
            part(
                hit(LANES_START, WORDS_WIDTH, height, lanes.row) + beads,
                f"{quoted(pair.tokens[position])}, lengths: {numbers}",
                opens=f'data-tab="words"{word}',
                kind="embedding",
                position=position,
                first=place == 0,
            )
        )
    return "".join(found)


def block_beads(
    pair: EncodedPair, lanes: Lanes, *, layer: int, attention: np.ndarray, feed_forward: np.ndarray
) -> str:
    """A bead for what attention adds to each line and a diamond for what the feed-forward part adds.

    Args:
        attention, feed_forward: (tokens,) length of what is added over the length of what it is added to.
    """
    word_at = {position: index for index, word in enumerate(pair.words) for position in word.positions}
    found = []
    for place, (position, height) in enumerate(lanes.heights.items()):
        looked, made = float(attention[position]), float(feed_forward[position])
        size = bead_size(made, lanes) * 1.25  # a diamond of the area of the circle
        corner = f"{size:.2f}"
        word = f' data-word="{word_at[position]}"' if position in word_at else ""
        found.append(
            part(
                hit(ATTENTION_PLACE - 10, BLOCK_WIDTH, height, lanes.row)
                + f'<circle class="attention" cx="{ATTENTION_PLACE}" cy="{height:g}" r="{bead_size(looked, lanes):.2f}"/>'
                f'<path class="feed-forward" d="M{FEED_FORWARD_PLACE} {height - size:.2f}l{corner} {corner} '
                f'-{corner} {corner} -{corner} -{corner}z"/>',
                f"{quoted(pair.tokens[position])}, {layer_name(layer).lower()}: attention adds {looked:.2f}, "
                f"feed-forward {made:.2f} of its length",
                opens=f'data-tab="layers"{word}',
                kind="addition",
                position=position,
                first=place == 0,
            )
        )
    return "".join(found)


def bead_size(ratio: float, lanes: Lanes) -> float:
    """The radius of a bead whose area stands for a ratio of lengths; the largest for ``LONGEST`` and more."""
    return lanes.bead * (min(ratio, LONGEST) / LONGEST) ** 0.5


def path_lines(tokens: Sequence[str], lanes: Lanes, weights: np.ndarray, *, flows: bool) -> str:
    """The lines of one layer that lead into the chosen positions, from keys on the left; as wide as their weight.

    Args:
        weights: (query tokens, key tokens); they sum to 1, as wide as a lane, or to 0 in a layer without lines.
        flows: whether what has come together flows on as wide as its sum.
    """
    found = []
    for query, key in drawn(lanes, weights):
        weight = weights[query, key]
        start, end = lanes.heights[key], lanes.heights[query]
        bend = ATTENTION_PLACE / 2
        found.append(
            f'<path class="line" pathLength="1" d="M0 {start:g}C{bend:g} {start:g} {bend:g} {end:g} {ATTENTION_PLACE} {end:g}" '
            f'stroke-width="{weight * lanes.row:.2f}" data-weight="{weight:.4f}">'
            f"<title>{quoted(tokens[key])} to {quoted(tokens[query])}: {weight:.1%}</title></path>"
        )
    for query in np.flatnonzero(weights.sum(axis=1) >= LEAST_WEIGHT):
        if query in lanes.heights:
            width = weights[query].sum() * lanes.row if flows else 2
            found.append(
                f'<path class="line on" pathLength="1" d="M{ATTENTION_PLACE} {lanes.heights[query]:g}H{BLOCK_WIDTH}" '
                f'stroke-width="{width:.2f}"/>'
            )
    return "".join(found)


def drawn(lanes: Lanes, weights: np.ndarray) -> list[tuple[int, int]]:
    """(query, key) of the lines that are drawn in one layer, the thickest first."""
    cells = [(q, k) for q in lanes.heights for k in lanes.heights if weights[q, k] >= LEAST_WEIGHT]
    return sorted(cells, key=lambda cell: -weights[cell])[:MOST_LINES]


def hit(start: int, end: int, height: float, row: float) -> str:
    """An unseen field that makes a thin thing easy to point at."""
    return f'<rect class="hit" x="{start}" y="{height - row / 2:g}" width="{end - start}" height="{row:g}"/>'


def name(token: str) -> str:
    """A word piece as it fits beside a lane, escaped."""
    cut = token if len(token) <= NAME_LENGTH else token[: NAME_LENGTH - 1] + "…"
    return escape(cut)


def quoted(token: str) -> str:
    """A word piece in quotation marks, escaped."""
    return f"“{escape(token)}”"
