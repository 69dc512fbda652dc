"""Coloured sentences, verdicts and tables as HTML. Whatever a reader typed comes out as text, never as markup.

Functions take results and return strings; the classes they name are styled in figures/report.css.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from bertmini_demo.figures import theme
from bertmini_demo.figures.naming import decimal, joined, names_in_pair, percent
from bertmini_demo.figures.templates import render_macro

if TYPE_CHECKING:
    from bertmini_demo.results import Attribution, EncodedPair, Prediction, Word

TEMPLATE = Path(__file__).with_name("rendering.html.jinja")
STRONGEST = 0.55  # opacity of the largest score; text stays readable on it in light and dark
MIN_SIGNED = 0.08  # of the largest score; a smaller one is given no sign
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


def label_name(label: str) -> str:
    """A label as it is written on the page."""
    return label.replace("_", " ")


def data_name(name: str) -> str:
    """The name on the page of a data set that models are measured on; of another one its file's name."""
    return DATA_NAMES.get(name, name)


def method_name(method: str, *, title: bool = False) -> str:
    """A method of scoring words as it is written on the page; ``title`` where it begins a line."""
    name = METHOD_NAMES.get(method, method.replace("_", " "))
    return name[:1].upper() + name[1:] if title else name


def verdict(prediction: Prediction, *, explain: Callable[[str], str] = str) -> str:
    """The label, what it means, a bar for each probability, and what the reader should know.

    Args:
        explain: puts the meaning of a technical word beside it, as glossary.explain_terms does; it returns HTML.
    """
    names = (Markup(explain(label_name(label))) for label in prediction.probabilities)
    meaning, pieces = (Markup(explain(text)) for text in (MEANINGS[prediction.label], "word pieces"))
    bars = list(zip(names, prediction.probabilities.items(), strict=True))
    return _html("verdict", prediction, label_name(prediction.label), meaning, bars, pieces)


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
        special: also show [CLS] and [SEP].
    """
    rows = {
        sentence: units(pair, attribution, sentence=sentence, pieces=pieces, special=special)
        for sentence in ("premise", "hypothesis")
    }
    scores = [abs(unit.score) for row in rows.values() for unit in row if unit.score is not None]
    largest = max(scores, default=0.0)
    signed = attribution.signed if attribution else True
    words = {
        sentence: [Markup(coloured(unit, largest, signed=signed, chosen=chosen)) for unit in row]
        for sentence, row in rows.items()
    }
    return _html("sentences", pair, words, Markup(legend(attribution)))


def units(
    pair: EncodedPair, attribution: Attribution | None, *, sentence: str, pieces: bool, special: bool
) -> list[Unit]:
    """One sentence's words or word pieces with their scores, special tokens around them if asked for."""
    score = {} if attribution is None else dict(enumerate(map(float, attribution.scores)))
    row = []
    for index, word in enumerate(pair.words):
        if word.sentence != sentence:
            continue
        groups = [(position,) for position in word.positions] if pieces else [word.positions]
        for group in groups:
            text = pair.tokens[group[0]] if pieces else word.text
            total = sum(score[position] for position in group) if score else None
            row.append(Unit(text, total, index))
    if special:
        segment = 0 if sentence == "premise" else 1
        for position, (is_special, where) in enumerate(zip(pair.special, pair.segments, strict=True)):
            if is_special and where == segment:
                unit = Unit(pair.tokens[position], score.get(position), None)
                row.insert(0 if position == 0 else len(row), unit)
    return row


def coloured(unit: Unit, largest: float, *, signed: bool, chosen: int | None) -> str:
    """One word as a button that shows its score by colour and sign, and as a number on hover."""
    title, tint, sign = "", "", ""
    if unit.score is not None:
        strength = abs(unit.score) / largest if largest else 0.0
        colour = theme.UNSIGNED if not signed else theme.SUPPORTS if unit.score >= 0 else theme.OPPOSES
        tint = theme.tint(colour, round(strength * STRONGEST, 2))
        title = with_sign(unit.score) if signed else f"{unit.score:.2f}"
        if signed and strength > MIN_SIGNED:
            sign = "+" if unit.score >= 0 else "−"
    return _html("word", unit, title, tint, sign, unit.word == chosen)


def legend(attribution: Attribution | None) -> str:
    """One line on what the colours mean; always there, so that the page does not jump."""
    if attribution is None:
        return _html("legend", None, False)
    return _html("legend", label_name(attribution.target), attribution.signed)


def strip(attribution: Attribution) -> str:
    """What was done, in short facts; amber where the scores miss the change in the output by over 5 %."""
    gap, errors = attribution.completeness_gap, attribution.standard_errors
    facts = [
        ("method", method_name(attribution.method)),
        ("explains", f"{attribution.output} of {label_name(attribution.target)}"),
        ("absent word", attribution.baseline or "not needed"),
        ("steps", attribution.steps or "none"),
        ("inputs", f"{attribution.inputs:,}"),
        ("completeness gap", "not promised" if gap is None else percent(gap, digits=1)),
        ("time", f"{attribution.seconds:.2f} s"),
    ]
    if errors is not None:  # what such scores add up to says nothing about their error
        facts[-2] = ("standard error", f"up to {errors.max(initial=0):.2f} logits")
    return _html("strip", facts, gap is not None and gap > 0.05)


def strongest(attribution: Attribution) -> str:
    """The attribution in one plain sentence, and what it does not prove."""
    text = (
        f"{evidence(attribution)} A score holds for one label and one baseline. This does not show what the model would say "
        "without the word: change it and see."
    )
    return _html("says", text)


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
        names = joined([word_name(words, index) for index in ranked[:3]])
        return f"The {output} of {target} depends most on {names}. These scores have no direction."
    support = [index for index in ranked if scores[index] > 0][:3]
    oppose = [index for index in reversed(ranked) if scores[index] < 0][:2]
    for_it, against = (
        joined([f"{word_name(words, index)} ({with_sign(scores[index])})" for index in some])
        for some in (support, oppose)
    )
    if not for_it:
        return f"No word is evidence for {target}. The strongest evidence against it is {against}."
    end = f"The strongest against it is {against}." if against else "No word is evidence against it."
    return f"The strongest evidence for {target} is {for_it}. {end}"


def word_name(words: Sequence[Word], index: int) -> str:
    """A word in quotation marks; with its sentence, and its place among equals, where that is needed to find it."""
    return names_in_pair([word.text for word in words], [word.sentence for word in words])[index]


def with_sign(value: float) -> str:
    """A number with its sign, to two decimals; zero has none."""
    shown = decimal(value)
    return f"+{shown}" if value > 0 and float(shown) else shown


def _html(macro: str, *values: object) -> str:
    return str(render_macro(TEMPLATE, macro, *values))
