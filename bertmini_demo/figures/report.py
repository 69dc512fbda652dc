"""An analysis as one HTML document that needs nothing else: it opens offline, prints, and can be sent.

A pure function: results in, a document out. Pictures are HTML and inline SVG made from the numbers, no more than some
200 kB for a common pair and readable without scripts; plotly.js alone would add 4.5 MB to every report.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from bertmini_demo import __version__
from bertmini_demo.figures import rendering, theme
from bertmini_demo.figures.map.model_map_svg import model_map_svg
from bertmini_demo.figures.naming import depth_name, head_name, layer_name, place_name
from bertmini_demo.figures.png_tiles import weights_tile
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.figures.templates import render

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Attribution, Head, Trace

MAX_CELLS = 40  # word pieces a side of a table of weights; a longer pair's head is a picture alone
TEMPLATE, STYLE = (Path(__file__).with_name(name) for name in ("report.html.jinja", "report.css"))


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What a report shows of one pair.

    Attributes:
        parts: the pass taken apart, for the map.
        early: (layers + 1, labels) probabilities read after each layer, labels as in the prediction.
        head: shown closely.
        model: the model's name.
        expected: the label expected of the pair; None where it is no pair of the gallery.
        link: where the same place is opened again; empty where that is not known.
    """

    trace: Trace
    attribution: Attribution
    parts: Contributions
    early: np.ndarray
    head: Head
    model: str
    expected: str | None = None
    link: str = ""


def report(findings: Findings) -> str:
    """Returns the document."""
    trace, attribution = findings.trace, findings.attribution
    labels = [label_name(label) for label in trace.prediction.probabilities]
    weights = trace.attentions[findings.head]
    fits = len(trace.tokens) <= MAX_CELLS
    return str(
        render(
            TEMPLATE,
            findings=findings,
            trace=trace,
            version=__version__,
            style=Markup(STYLE.read_text(encoding="utf-8")),
            label_name=label_name,
            verdict=Markup(rendering.verdict(trace.prediction)),
            sentences=Markup(rendering.sentences(trace.pair, attribution)),
            strip=Markup(rendering.strip(attribution)),
            strongest=Markup(rendering.strongest(attribution)),
            bars=word_bars(attribution),
            map=model_map_svg(trace, findings.parts, findings.early, head=findings.head),
            tiles=head_tiles(findings),
            head_name=place_name(*findings.head),
            weights=weight_rows(trace.tokens, weights) if fits else None,
            closeup=None if fits else weights_tile(weights),
            labels=labels,
            early=[
                (depth_name(depth), row, labels[int(row.argmax())])
                for depth, row in enumerate(findings.early)
            ],
        )
    )


def word_bars(attribution: Attribution) -> list[tuple]:
    """(word, score, bar) of each word: to the right for the label, to the left against it."""
    scores = attribution.word_scores
    largest = max(np.abs(scores).max(initial=0.0), 1e-9)
    return [
        (word, score, bar(score / largest, signed=attribution.signed))
        for word, score in zip(attribution.pair.words, scores, strict=True)
    ]


def bar(share: float, *, signed: bool) -> dict[str, str]:
    """A score from -1 to 1; the middle of the cell is zero where scores are signed, else its left edge."""
    colour = theme.UNSIGNED if not signed else theme.SUPPORTS if share >= 0 else theme.OPPOSES
    width = abs(share) * (50 if signed else 100)
    left = (50 - width if share < 0 else 50) if signed else 0
    return {"left": f"{left:.1f}%", "width": f"{width:.1f}%", "colour": colour}


def head_tiles(findings: Findings) -> list[list[dict[str, Any]]]:
    """Every head as a tile, a row a layer: rows of a tile are queries, columns are keys, the darker the more weight."""
    tokens = findings.trace.tokens
    tiles = []
    for layer, heads in enumerate(findings.trace.attentions):
        tiles.append([])
        for head, weights in enumerate(heads):
            query, key = np.unravel_index(weights.argmax(), weights.shape)
            tiles[-1].append(
                {
                    "row": layer_name(layer),
                    "column": head_name(head),
                    "chosen": (layer, head) == findings.head,
                    "image": weights_tile(weights),
                    "label": f"{place_name(layer, head)}: largest weight from {tokens[query]} to {tokens[key]}, "
                    f"{weights.max():.2f}",
                }
            )
    return tiles


def weight_rows(tokens: tuple[str, ...], weights: np.ndarray) -> list[tuple]:
    """(token, [(weight, colour)]) of each query; a colour's opacity is the square root of the weight."""
    return [
        (
            token,
            [(float(weight), theme.tint(theme.ATTENTION, round(float(weight) ** 0.5, 2))) for weight in row],
        )
        for token, row in zip(tokens, weights, strict=True)
    ]
