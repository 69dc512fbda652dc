"""Two models beside each other, in words and tables: pure HTML."""

import json
from collections.abc import Sequence

from bertmini_demo.explain.model_comparison import (
    ComparedPair,
    agreement,
    chance_agreement,
    confident_disagreements,
    label_counts,
)
from bertmini_demo.figures import rendering
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.results import HYPOTHESIS, PREMISE, Attribution, Prediction, Trace

MOST_DIFFERENCES = 30
CAVEAT = "Two models that agree may both be wrong, and for the same shallow reason."


def says(text: str) -> str:
    return f'<p class="says" role="status">{escape(text)}</p>'


def verdicts(names: Sequence[str], predictions: Sequence[Prediction]) -> str:
    """Every label's probability in both; what one model has no label for stays empty."""
    labels = list(dict.fromkeys(label for one in predictions for label in one.probabilities))

    def cell(prediction: Prediction, label: str) -> str:
        if label not in prediction.probabilities:
            return "<td>–</td>"
        share, mark = prediction.probabilities[label], " ✓" if label == prediction.label else ""
        return (
            f'<td><span class="track"><span class="fill" style="width: {share:.1%}"></span></span> '
            f"{share:.1%}{mark}</td>"
        )

    rows = "".join(
        f'<tr><th scope="row">{label_name(label)}</th>{"".join(cell(one, label) for one in predictions)}</tr>'
        for label in labels
    )
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    first, second = (label_name(one.label) for one in predictions)
    told = f"Both say {first}." if first == second else f"{names[0]} says {first}, {names[1]} says {second}."
    return (
        f'<table class="differences"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f"{says(f'{told} {CAVEAT}')}"
    )


def words(names: Sequence[str], attributions: Sequence[Attribution]) -> str:
    """The words as each model weighs them, each on a scale of its own: their logits have no common unit."""
    columns = "".join(
        f'<section class="side"><h4>{escape(name)}: {label_name(one.target)}</h4>{coloured(one)}</section>'
        for name, one in zip(names, attributions, strict=True)
    )
    rows = [
        (name, word.sentence, word.text, f"{score:.3f}")
        for name, one in zip(names, attributions, strict=True)
        for word, score in zip(one.pair.words, one.word_scores, strict=True)
    ]
    return (
        f'<div class="beside">{columns}</div><p class="legend">Each model’s words are coloured on a scale of its own: '
        "the deepest colour is that model’s strongest word. Compare which words count, not how deep a colour is.</p>"
        + rendering.table(("Model", "Sentence", "Word", "Score"), rows, caption="The scores as a table")
    )


def coloured(attribution: Attribution) -> str:
    """Two rows of coloured words."""
    largest = max(abs(float(score)) for score in attribution.word_scores)
    found = ""
    for sentence in (PREMISE, HYPOTHESIS):
        units = rendering.units(attribution.pair, attribution, sentence=sentence, pieces=False, special=False)
        shown = " ".join(
            rendering.coloured(unit._replace(word=None), largest, signed=attribution.signed, chosen=None)
            for unit in units
        )
        found += f'<p><span class="which">{sentence}</span> {shown}</p>'
    return found


def heads(names: Sequence[str], traces: Sequence[Trace]) -> str:
    """How many heads each has; the grids stand below."""
    sizes = [trace.attentions.shape[:2] for trace in traces]
    told = "; ".join(
        f"{name}: {layers} layers of {count} heads"
        for name, (layers, count) in zip(names, sizes, strict=True)
    )
    return says(
        f"Where their heads look, in the same order. {told}. Heads of two models are no pairs: the same place in two grids "
        "means nothing, since each network divided the work by itself."
    )


def opinions(names: Sequence[str], found: Sequence[ComparedPair]) -> str:
    """How far both agree, which labels met which, and the pairs of which both are surest and differ."""
    counts = label_counts(found)
    sides = [sorted({answers[side] for answers in counts}) for side in (0, 1)]
    rows = [(label_name(one), *(f"{counts[one, other]:,}" for other in sides[1])) for one in sides[0]]
    heads = (f"{names[0]} \\ {names[1]}", *map(label_name, sides[1]))
    differing = sum(not one.agree for one in found)
    told = says(
        f"On {agreement(found):.1%} of {len(found):,} pairs both say the same; by chance it would be "
        f"{chance_agreement(found):.1%}, given how often each says what. They differ on {differing:,}. {CAVEAT}"
    )
    shown = "".join(map(difference, confident_disagreements(found, limit=MOST_DIFFERENCES)))
    more = f"<p>The {MOST_DIFFERENCES} of which both are surest:</p>" if differing > MOST_DIFFERENCES else ""
    return f'{told}{rendering.open_table(heads, rows)}{more}<ul class="differing">{shown}</ul>'


def difference(opinion: ComparedPair) -> str:
    """One pair on which they differ, with a button that opens it."""
    said = " and ".join(
        f"{label_name(one.label)} ({one.probabilities[one.label]:.0%})"
        for one in (opinion.first, opinion.second)
    )
    return (
        f"<li><bdi>{escape(opinion.premise)}</bdi> · <bdi>{escape(opinion.hypothesis)}</bdi>: {said} "
        f"{open_button(opinion.premise, opinion.hypothesis)}</li>"
    )


def open_button(premise: str, hypothesis: str) -> str:
    """A button that opens a pair as the pair at hand, see ui.clicks.OPEN_PAIR."""
    pair = escape(json.dumps([premise, hypothesis]))
    return (
        f'<button type="button" data-pair="{pair}" aria-label="Open: {escape(premise)} {escape(hypothesis)}">'
        "Open</button>"
    )
