"""An analysis as one HTML document that needs nothing else: it opens offline, prints, and can be sent along.

A pure function: results in, a document out. Pictures are HTML and inline SVG made from the numbers, no more than some
200 kB for a common pair and readable without scripts; plotly.js alone would add 4.5 MB to every report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bertmini_demo import __version__
from bertmini_demo.figures import rendering, theme
from bertmini_demo.figures.model_map import model_map
from bertmini_demo.figures.naming import depth_name, head_name, layer_name, place_name
from bertmini_demo.figures.png_tiles import weights_tile
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.settings import ASSETS

if TYPE_CHECKING:
    from bertmini_demo.explain.norm_decomposition import Contributions
    from bertmini_demo.results import Attribution, Head, Trace

MOST_CELLS = 40  # word pieces a side of a table of weights; a longer pair's head is a picture alone
# What the page's theme gives to laboratory.css, for light paper and dark screens.
VARIABLES = """
:root { color-scheme: light dark; --body-text-color: #1f2937; --body-text-color-subdued: #475569; --color-accent: #2563eb;
  --border-color-primary: #cbd5e1; --border-color-accent: #2563eb; --block-background-fill: #fff;
  --background-fill-secondary: #f8fafc; --body-background-fill: #fff; }
@media screen and (prefers-color-scheme: dark) { :root { --body-text-color: #f1f5f9; --body-text-color-subdued: #94a3b8;
  --border-color-primary: #475569; --block-background-fill: #1e293b; --background-fill-secondary: #172033;
  --body-background-fill: #0f172a; --color-accent: #60a5fa; } }
"""
OWN_STYLE = """
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--body-text-color); background: var(--body-background-fill);
  max-width: 72rem; margin: 0 auto; padding: 1.5rem clamp(0.8rem, 3vw, 2rem); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.8rem 0 0.5rem; }
.verdict, .strip, .sentences, .map { font-size: 0.9rem; }
button { pointer-events: none; }
figure { margin: 0; } figcaption { margin: 0.3rem 0; }
.about { overflow-wrap: anywhere; }
.plain { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.plain th, .plain td { padding: 0.15rem 0.6rem; text-align: left; border-bottom: 1px solid var(--border-color-primary); font-weight: inherit; overflow-wrap: break-word; }
.plain thead th { font-weight: 600; }
.way { position: relative; width: 12rem; min-width: 5rem; }
.way i { position: absolute; top: 0.25rem; bottom: 0.25rem; border-radius: 2px; }
.heads { border-spacing: 6px; } .heads th { font-weight: 500; text-align: left; white-space: nowrap; }
.heads img { display: block; width: min(7rem, 15vw); aspect-ratio: 1; image-rendering: pixelated; outline: 1px solid var(--border-color-primary); }
.heads .chosen img { outline: 3px solid var(--body-text-color); }
.wide { overflow-x: auto; }
.weights { border-collapse: collapse; font-size: 0.8rem; }
.weights thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; }
.weights th { font-weight: 400; white-space: nowrap; padding: 0.1rem 0.3rem; text-align: right; }
.weights thead td { border: 0 !important; }
.weights td { width: 1.5rem; min-width: 1.1rem; height: 1.3rem; border: 1px solid var(--border-color-primary); }
.closeup { width: min(30rem, 100%); aspect-ratio: 1; image-rendering: pixelated; outline: 1px solid var(--border-color-primary); }
.sentences .pending { display: none; }
.map-heading h3 { white-space: nowrap; }
@media (max-width: 640px) { .plain { font-size: 0.85rem; } .plain th, .plain td { padding: 0.15rem 0.3rem; } .heads { border-spacing: 3px; font-size: 0.85rem; } }
@media print {
  body { padding: 0; font-size: 10.5pt; max-width: none; } .wide { overflow: visible; }
  h2 { break-after: avoid; } figure, .verdict, .sentences, .heads, tr { break-inside: avoid; }
  /* the whole map within the width of a sheet, its lines drawn and not on their way */
  .map { min-width: 0; } .map .line { animation: none !important; } .map-words text { font-size: 15px; }
  .map-heading, .map-above { padding-left: 6px; padding-right: 4px; } .map-above { gap: 4px; } .map-heads { gap: 3px; }
  .map-heading h3, .map-heading button { font-size: 7.5pt; } .map-legend, .map-above p { font-size: 6pt; } .map-legend li { padding-left: 13px; }
  .map-answer strong { font-size: 10pt; } .map-answer span { font-size: 9pt; } .map-feed-forward { width: 24px; } .map-feed-forward span { font-size: 6pt; }
}
"""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What a report tells of one pair.

    Attributes:
        parts: the pass taken apart, for the map.
        early: (layers + 1, labels) probabilities read after each layer, labels as in the prediction.
        head: (layer, head) shown closely, counted from 0.
        model: the model's name.
        people: what people say about the pair; None where it is no pair of the gallery.
        link: where the same place is opened again; empty where that is not known.
    """

    trace: Trace
    attribution: Attribution
    parts: Contributions
    early: np.ndarray
    head: Head
    model: str
    people: str | None = None
    link: str = ""


def report(findings: Findings) -> str:
    """The document."""
    trace, attribution = findings.trace, findings.attribution
    style = (ASSETS / "laboratory.css").read_text(encoding="utf-8")
    label = label_name(trace.prediction.label)
    sections = (
        verdict(findings),
        section(
            "Which words moved the verdict",
            rendering.sentences(trace.pair, attribution),
            rendering.strip(attribution),
            word_bars(attribution),
            rendering.strongest(attribution),
        ),
        section("The model on this pair", drawn_map(findings)),
        section("Where each head looks", heads(findings), closeup(findings)),
        section("The verdict, read after each layer", early(findings)),
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(label)}: {escape(trace.pair.hypothesis[:80])}</title>"
        f"<style>{VARIABLES}{style}{OWN_STYLE}</style></head><body><main>{heading(findings)}{''.join(sections)}</main></body></html>\n"
    )


def heading(findings: Findings) -> str:
    link = escape(findings.link)
    again = (
        f'<br>To open it again: <a href="{link}">{link}</a>'
        if link.startswith(("http://", "https://"))
        else ""
    )
    return (
        "<header><h1>What BERT made of two sentences</h1>"
        f'<p class="about">Model: {escape(findings.model)}. Made with the BERT-mini demo {__version__}.{again}</p></header>'
    )


def section(title: str, *content: str) -> str:
    return f"<section><h2>{title}</h2>{''.join(content)}</section>"


def verdict(findings: Findings) -> str:
    pair = findings.trace.pair
    people = f"<p><strong>People say {label_name(findings.people)}.</strong></p>" if findings.people else ""
    return section(
        "The verdict",
        f'<dl class="strip"><div><dt>Premise</dt><dd>{escape(pair.premise)}</dd></div>'
        f"<div><dt>Hypothesis</dt><dd>{escape(pair.hypothesis)}</dd></div></dl>",
        rendering.verdict(findings.trace.prediction),
        people,
    )


def word_bars(attribution: Attribution) -> str:
    """Each word with its score as a bar: to the right for the label, to the left against it."""
    scores = attribution.word_scores
    largest = max(np.abs(scores).max(initial=0.0), 1e-9)
    body = "".join(
        f"<tr><td>{word.sentence}</td><th scope='row'>{escape(word.text)}</th><td>{score:+.3f}</td>"
        f'<td class="way">{bar(score / largest, signed=attribution.signed)}</td></tr>'
        for word, score in zip(attribution.pair.words, scores, strict=True)
    )
    return table(("Sentence", "Word", "Score", "As a bar"), body)


def bar(share: float, *, signed: bool) -> str:
    """A score from -1 to 1; the middle of the cell is zero where scores are signed, else its left edge."""
    colour = theme.UNSIGNED if not signed else theme.SUPPORTS if share >= 0 else theme.OPPOSES
    width = abs(share) * (50 if signed else 100)
    left = (50 - width if share < 0 else 50) if signed else 0
    return f'<i style="left: {left:.1f}%; width: {width:.1f}%; background: {colour}"></i>'


def drawn_map(findings: Findings) -> str:
    drawing = model_map(findings.trace, findings.parts, head=findings.head)
    return (
        f'<figure><div id="map">{drawing}</div><figcaption>Left to right: word pieces, what each block adds to them, '
        "[CLS], the verdict. Violet lines lead to what [CLS] looks at. What flows where is not by itself a reason for "
        "the verdict.</figcaption></figure>"
    )


def heads(findings: Findings) -> str:
    """Every head as a tile: rows are queries, columns are keys, the darker the more weight."""
    layers, of_layer = findings.trace.attentions.shape[:2]
    top = "".join(f'<th scope="col">{head_name(head)}</th>' for head in range(of_layer))
    body = "".join(
        f'<tr><th scope="row">{layer_name(layer)}</th>'
        + "".join(tile(findings, layer, head) for head in range(of_layer))
        + "</tr>"
        for layer in range(layers)
    )
    return f'<div class="wide"><table class="heads"><thead><tr><td></td>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def tile(findings: Findings, layer: int, head: int) -> str:
    weights = findings.trace.attentions[layer, head]
    query, key = np.unravel_index(weights.argmax(), weights.shape)
    tokens = findings.trace.tokens
    told = (
        f"{place_name(layer, head)}: most weight from {tokens[query]} to {tokens[key]}, {weights.max():.2f}"
    )
    chosen = ' class="chosen"' if (layer, head) == findings.head else ""
    return f'<td{chosen}><img src="{weights_tile(weights)}" alt="{escape(told)}" title="{escape(told)}"></td>'


def closeup(findings: Findings) -> str:
    """One head's weights, cell by cell where there is room for it."""
    tokens, (layer, head) = findings.trace.tokens, findings.head
    weights, name = findings.trace.attentions[layer, head], place_name(layer, head)
    caption = (
        f"<figcaption>{name}. Rows are queries (from), columns are keys (to); each row sums to 1. "
        "Attention is not by itself a reason for the verdict.</figcaption>"
    )
    if len(tokens) > MOST_CELLS:
        picture = f'<img class="closeup" src="{weights_tile(weights)}" alt="The weights of {name.lower()}">'
        return f"<figure>{picture}{caption}</figure>"
    top = "".join(f'<th scope="col">{escape(token)}</th>' for token in tokens)
    body = "".join(
        f'<tr><th scope="row">{escape(token)}</th>'
        + "".join(
            f'<td style="background: {theme.tint(theme.ATTENTION, round(float(weight) ** 0.5, 2))}" title="{weight:.3f}"></td>'
            for weight in row
        )
        + "</tr>"
        for token, row in zip(tokens, weights, strict=True)
    )
    return (
        f'<figure><div class="wide"><table class="weights"><thead><tr><td></td>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{caption}</figure>"
    )


def early(findings: Findings) -> str:
    labels = [label_name(label) for label in findings.trace.prediction.probabilities]
    body = "".join(
        f'<tr><th scope="row">{depth_name(depth)}</th>'
        + "".join(f"<td>{share:.1%}</td>" for share in row)
        + f"<td>{labels[int(row.argmax())]}</td></tr>"
        for depth, row in enumerate(findings.early)
    )
    return (
        table(("Read after", *labels, "Most probable"), body)
        + "<p>Approximate: pooler and classifier learned to read what the last layer puts out.</p>"
    )


def table(headings: Sequence[str], body: str) -> str:
    """An open table; ``body`` is made of rows that are escaped already."""
    top = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    return f'<div class="wide"><table class="plain"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
