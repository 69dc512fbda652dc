"""Coloured sentences, verdicts and tables as HTML. Whatever a reader typed comes out as text, never as markup.

Functions take results and return strings; the classes they name are styled in assets/laboratory.css.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bertmini_demo.figures import theme

if TYPE_CHECKING:
    from bertmini_demo.results import Attribution, EncodedPair, Prediction, Word

BRACES = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;"})
STRONGEST = 0.55  # opacity of the largest score; text stays readable on it in light and dark
METHOD_NAMES = {
    "input_x_gradient": "input × gradient",
    "gradient_shap": "gradient SHAP",
    "shapley_sampling": "Shapley sampling",
    "attention": "[CLS] attention",
}
MEANINGS = {
    "entailment": "If the premise is true, so is the hypothesis.",
    "neutral": "The premise leaves open whether the hypothesis is true.",
    "contradiction": "The premise and the hypothesis cannot both be true.",
    "not_entailment": "The hypothesis does not follow from the premise.",
}

DATA_NAMES = {"mnli_dev_matched": "MultiNLI dev, matched", "snli_dev": "SNLI dev", "hans": "HANS"}


def escape(text: object) -> str:
    """Text made safe as HTML content and attribute value, and inert in JavaScript and Handlebars templates."""
    return html.escape(str(text)).translate(BRACES)


def label_name(label: str) -> str:
    """A label as it is written on the page."""
    return label.replace("_", " ")


def data_name(name: str) -> str:
    """How a data set that models are measured on is called on the page; another one by its file's name."""
    return DATA_NAMES.get(name, name)


def method_name(method: str, *, title: bool = False) -> str:
    """A way of scoring words as it is written on the page; ``title`` where it begins a line."""
    name = METHOD_NAMES.get(method, method.replace("_", " "))
    return name[:1].upper() + name[1:] if title else name


def verdict(prediction: Prediction, *, explain: Callable[[str], str] = str) -> str:
    """The label, what it means, a bar for each probability, and what the reader should know.

    Args:
        explain: puts the meaning of a technical word beside it, as glossary.explain_terms does.
    """
    bars = "".join(
        f'<div class="bar {label}{" winner" if label == prediction.label else ""}">'
        f'<span class="name">{explain(label_name(label))}</span>'
        f'<span class="track"><span class="fill" style="width: {share:.1%}"></span></span>'
        f'<span class="share">{share:.1%}</span></div>'
        for label, share in prediction.probabilities.items()
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in prediction.notes)
    pieces = explain("word pieces")
    return (
        f'<section class="verdict" aria-live="polite" data-label="{prediction.label}">'
        f'<p class="answer"><strong>{label_name(prediction.label)}</strong> '
        f"<span>{explain(MEANINGS[prediction.label])}</span></p>{bars}"
        f'<p class="facts">{prediction.seconds * 1000:.0f} ms · {len(prediction.tokens)} {pieces}</p>'
        f'<ul class="notes">{notes}</ul></section>'
    )


class Unit(NamedTuple):
    """What the reader sees as one coloured thing: a word, a word piece, or a special token."""

    text: str
    score: float | None
    word: int | None  # index in pair.words; None for special tokens


def sentences(
    pair: EncodedPair,
    attribution: Attribution | None = None,
    *,
    chosen: int | None = None,
    pieces: bool = False,
    special: bool = False,
) -> str:
    """Premise and hypothesis as two rows of words, coloured by their scores.

    Args:
        attribution: scores to colour by; None for plain words.
        chosen: index of the chosen word in ``pair.words``.
        pieces: show word pieces rather than words.
        special: show [CLS] and [SEP], too.
    """
    rows = {
        sentence: units(pair, attribution, sentence=sentence, pieces=pieces, special=special)
        for sentence in ("premise", "hypothesis")
    }
    scores = [abs(unit.score) for row in rows.values() for unit in row if unit.score is not None]
    largest = max(scores, default=0.0)
    signed = attribution.signed if attribution else True
    body = "".join(
        f'<div class="sentence"><span class="which">{sentence}</span><p>'
        + " ".join(coloured(unit, largest, signed=signed, chosen=chosen) for unit in row)
        + "</p></div>"
        for sentence, row in rows.items()
    )
    return (
        f'<div class="sentences" data-premise="{escape(pair.premise)}" data-hypothesis="{escape(pair.hypothesis)}">'
        f"{body}{legend(attribution)}</div>"
    )


def units(
    pair: EncodedPair, attribution: Attribution | None, *, sentence: str, pieces: bool, special: bool
) -> list[Unit]:
    """One sentence's words or word pieces with their scores, special tokens around them if asked for."""
    score = {} if attribution is None else dict(enumerate(map(float, attribution.scores)))
    found = []
    for index, word in enumerate(pair.words):
        if word.sentence != sentence:
            continue
        groups = [(position,) for position in word.positions] if pieces else [word.positions]
        for group in groups:
            text = pair.tokens[group[0]] if pieces else word.text
            total = sum(score[position] for position in group) if score else None
            found.append(Unit(text, total, index))
    if special:
        segment = 0 if sentence == "premise" else 1
        for position, (is_special, where) in enumerate(zip(pair.special, pair.segments, strict=True)):
            if is_special and where == segment:
                unit = Unit(pair.tokens[position], score.get(position), None)
                found.insert(0 if position == 0 else len(found), unit)
    return found


def coloured(unit: Unit, largest: float, *, signed: bool, chosen: int | None) -> str:
    """One word as a button that tells its score by colour, by a sign and in words."""
    style, sign, told = "", "", ""
    if unit.score is not None:
        strength = abs(unit.score) / largest if largest else 0.0
        colour = theme.UNSIGNED if not signed else theme.SUPPORTS if unit.score >= 0 else theme.OPPOSES
        style = f' style="background: {theme.tint(colour, round(strength * STRONGEST, 2))}"'
        told = with_sign(unit.score) if signed else f"{unit.score:.2f}"
        if signed and strength > 0.08:
            sign = f"<sup>{'+' if unit.score >= 0 else '−'}</sup>"
    text = f"{escape(unit.text)}{sign}"
    if unit.word is None:
        return f'<span class="word special" title="{told}"{style}>{text}</span>'
    pressed = str(unit.word == chosen).lower()
    return (
        f'<button type="button" class="word" data-word="{unit.word}" aria-pressed="{pressed}" '
        f'title="{told}"{style}><bdi>{text}</bdi></button>'
    )


def legend(attribution: Attribution | None) -> str:
    """One line on what the colours mean; always there, so that the page does not jump."""
    if attribution is None:
        text = "Which words moved the verdict is being worked out."
    elif attribution.signed:
        target = label_name(attribution.target)
        text = (
            f'<span class="key support">+ supports {target}</span> '
            f'<span class="key oppose">− speaks against it</span>'
        )
    else:
        text = '<span class="key unsigned">the darker, the more the output depends on the word</span>'
    return (
        f'<p class="legend">{text}</p>'
        '<p class="pending">These are the words of the pair before. Press Enter to see which words of yours count.</p>'
    )


def strip(attribution: Attribution) -> str:
    """What was done, in short facts; amber where the scores miss the change in the output by over 5 %."""
    gap = attribution.completeness_gap
    facts = [
        ("method", method_name(attribution.method)),
        ("explains", f"{attribution.output} of {label_name(attribution.target)}"),
        ("absent word", attribution.baseline or "not needed"),
        ("steps", attribution.steps or "one"),
        ("completeness gap", "not promised" if gap is None else f"{gap:.1%}"),
        ("time", f"{attribution.seconds:.2f} s"),
    ]
    amber = " amber" if gap is not None and gap > 0.05 else ""
    cells = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="strip{amber}">{cells}</dl>'


def strongest(attribution: Attribution) -> str:
    """The attribution in one plain sentence, and what it does not prove."""
    return (
        f'<p class="says">{escape(evidence(attribution))} A score holds for one label and one baseline. This does not show '
        "what the model would say without the word: change it and see.</p>"
    )


def evidence(attribution: Attribution, *, rival: str | None = None) -> str:
    """The strongest words for and against the target, as plain text; a word that occurs twice is named with its place.

    Args:
        rival: the label that a margin is taken over.
    """
    target, output = label_name(attribution.target), attribution.output
    if rival is not None:
        target = f"{target} rather than {label_name(rival)}"
    words, scores = attribution.pair.words, [float(score) for score in attribution.word_scores]
    ranked = sorted(range(len(words)), key=lambda index: -scores[index])
    if not attribution.signed:
        names = ", ".join(word_name(words, index) for index in ranked[:3])
        return f"The {output} of {target} depends most on {names}. These scores have no direction."
    support = [index for index in ranked if scores[index] > 0][:3]
    oppose = [index for index in reversed(ranked) if scores[index] < 0][:2]
    for_it, against = (
        ", ".join(f"{word_name(words, index)} ({with_sign(scores[index])})" for index in some) or "no word"
        for some in (support, oppose)
    )
    return f"The strongest evidence for {target} is {for_it}; against it, {against}."


def word_name(words: Sequence[Word], index: int) -> str:
    """A word in quotation marks; with its sentence, and its number there, where that is needed to find it."""
    word = words[index]
    same = [place for place, other in enumerate(words) if other.text.lower() == word.text.lower()]
    name = f"“{word.text}”"
    if len(same) == 1:
        return name
    own = [place for place in same if words[place].sentence == word.sentence]
    if len(own) > 1:
        name += f" number {own.index(index) + 1}"
    return f"{name} in the {word.sentence}"


def with_sign(value: float) -> str:
    """A number with its sign, to two decimals."""
    return f"{value:+.2f}".replace("-", "−")


def progress(done: int, total: int, told: str) -> str:
    """How much of some work is done, as a bar and in words."""
    return (
        f'<p class="progress"><progress max="{total}" value="{done}" aria-label="Work done"></progress> '
        f"<span>{escape(told)}</span></p>"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str) -> str:
    """A folded table with the numbers behind a picture."""
    return f'<details class="numbers"><summary>{escape(caption)}</summary>{cells(headings, rows)}</details>'


def open_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table that stands open."""
    return f'<div class="numbers">{cells(headings, rows)}</div>'


def cells(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Headings and rows; they scroll by themselves where the page is narrow."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'  # wider than a phone, it is scrolled by keyboard, too
