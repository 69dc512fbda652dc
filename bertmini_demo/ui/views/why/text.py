"""The sentences of Why, each about this pair and this run."""

from collections.abc import Mapping, Sequence

import numpy as np

from bertmini_demo.data.baseline_results import BaselineResults
from bertmini_demo.data.word_labels import WordLabel
from bertmini_demo.explain.faithfulness import Faithfulness
from bertmini_demo.explain.interactions import Interactions
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.explain.randomization_check import SanityCheck
from bertmini_demo.explain.rank_correlation import chance_spread
from bertmini_demo.explain.word_scores import WordScores
from bertmini_demo.figures.naming import capital, count, joined, percent
from bertmini_demo.figures.rendering import evidence, label_name, method_name, with_sign, word_name
from bertmini_demo.results import Attribution, EncodedPair, Word

BASELINE_NAMES = {"zero": "zeros", "mask": "[MASK]", "pad": "[PAD]"}
OUTPUT_NAMES = {"logit": "this label alone (logit)", "margin": "this label over the best other (margin)"}
REMOVED = {"delete": "deleted", "mask": "replaced by [MASK]"}
REMOVING = {"delete": "Deleting the words {}", "mask": "Replacing the words {} by [MASK]"}
STEPS = {
    "integrated_gradients": "points on the path",
    "gradient_shap": "random points on the path",
    "shapley_sampling": "orders of the words",
}
LARGE_GAP = 0.05  # of the change in the output
NOTHING_COUNTED = "None of these words is frequent enough in the training pairs to be counted."


def bars_title(target: str, predicted: str) -> str:
    """The question that the bars answer."""
    if target == predicted:
        return f"Which words make it say {label_name(target)}?"
    return f"Which words are evidence for {label_name(target)}?"


def evidence_says(attribution: Attribution, logits: Mapping[str, float]) -> str:
    """The strongest words for and against the label, or against its rival where the margin is explained.

    Args:
        logits: label to logit of this pair.
    """
    rival = None
    if attribution.output == "margin":
        rival = max((label for label in logits if label != attribution.target), key=logits.get)
    return evidence(attribution, rival=rival)


def run_facts(attribution: Attribution) -> tuple[str, ...]:
    """How the scores were made and what it took, all from the run."""
    facts = [method_name(attribution.method, title=True)]
    if attribution.steps:
        exact = attribution.standard_errors is not None and not attribution.standard_errors.any()
        facts.append(
            f"{attribution.steps:,} {'subsets, all of them' if exact else STEPS[attribution.method]}"
        )
    facts.append(f"{count(attribution.inputs, 'input')}, {count(attribution.gradients, 'gradient')}")
    if attribution.standard_errors is not None:
        largest = float(attribution.standard_errors.max())
        facts.append(f"standard error up to {largest:.2f} logits" if largest else "exact")
    elif attribution.completeness_gap is not None:
        facts.append(f"their sum misses the change by {percent(attribution.completeness_gap)}")
    return tuple(facts)


def baseline_says(attribution: Attribution) -> str:
    """What the pair is compared with, and what the model predicts there."""
    label = attribution.baseline_label
    if label is None:
        return "This method has no baseline: it looks only at the pair itself."
    share = percent(attribution.baseline_probabilities[label])
    return (
        f"The baseline is the same pair with {BASELINE_NAMES[attribution.baseline]} in place of every word; for it the model "
        f"predicts {label_name(label)}, {share}."
    )


def run_warnings(attribution: Attribution) -> tuple[str, ...]:
    """What makes this run hard to read."""
    warnings = []
    target = label_name(attribution.target)
    if attribution.baseline_label == attribution.target:
        warnings.append(
            f"At the baseline the model already predicts {target}, so the scores show only what the words change from "
            "there. Try another baseline."
        )
    gap = attribution.completeness_gap
    if gap is not None and gap > LARGE_GAP:
        warnings.append(
            f"The sum of the scores misses the change in the output by {percent(gap)}: read them as approximate."
        )
    return tuple(warnings)


def baselines_say(results: BaselineResults) -> str:
    """Why the default baseline and output are what they are."""
    overall = results.overall
    best = max(overall, key=overall.get)
    default = OUTPUTS[0], BASELINES[0]
    others = joined(
        [f"{overall[default[0], other]:.2f} with {BASELINE_NAMES[other]}" for other in BASELINES[1:]]
    )
    name, margin = BASELINE_NAMES[default[1]], overall["margin", default[1]]
    reason = (
        f"Of these, {name} and the {default[0]} find the words that matter most, so they are the default."
        if best == default
        else f"{capital(BASELINE_NAMES[best[1]])} and the {best[0]} do best ({overall[best]:.2f})."
    )
    return (
        f"Removing the fifth of the words ranked highest with {name} as the baseline lowers the probability of a confident "
        f"verdict by {overall[default]:.2f} on average; it is {others}. {reason} The margin with {name} gives {margin:.2f}."
    )


def given_away_says(row: WordLabel, *, every: int, shipped: bool) -> str:
    """The word that says most about the label."""
    share = percent(row.counts[row.label] / row.count)
    whose = "" if shipped else " These are the shipped model’s data; what this model read is not known here."
    return (
        f"Of the {count(row.count, 'training pair')} with “{row.word}” in their hypothesis, {share} are labelled "
        f"{label_name(row.label)}. The dotted lines are the labels’ shares of all {every:,} pairs.{whose}"
    )


def first_says(pair: EncodedPair, scores: Sequence[WordScores], *, target: str) -> str:
    """Which word most methods rank first."""
    firsts = [int(words.order[0]) for words in scores]
    first = max(firsts, key=firsts.count)
    return (
        f"For {label_name(target)}, {word_name(pair.words, first)} ranks first by {firsts.count(first)} of {len(scores)} "
        f"methods. Each column is divided by its largest score: compare down a column, not across."
    )


def failed_says(failed: Mapping[str, str]) -> str:
    """Which methods gave no scores, and why; nothing where all did."""
    return "".join(
        f" {method_name(method, title=True)} gave no scores: {reason.rstrip('.')}."
        for method, reason in failed.items()
    )


def signed_number(value: float) -> str:
    """To two decimals; "none" for a correlation that does not exist."""
    return "none" if np.isnan(value) else with_sign(value)


def agreement_says(methods: Sequence[str], taus: np.ndarray, *, signed: bool) -> str:
    """Which two methods agree most, and which least.

    Args:
        taus: (methods, methods) Kendall's tau-b.
    """
    below = np.where(np.tri(len(methods), k=-1, dtype=bool), taus, np.nan)
    if not np.isfinite(below).any():
        return "The methods cannot be compared: all words have the same score."

    def pair(place: int) -> str:
        row, column = np.unravel_index(place, below.shape)
        return f"{method_name(methods[column])} and {method_name(methods[row])}"

    closest, furthest = int(np.nanargmax(below)), int(np.nanargmin(below))
    measured = "scores with their signs" if signed else "sizes of the scores"
    start = f"Ranked by the {measured}, {pair(closest)} agree most (tau {with_sign(below.flat[closest])})"
    last = "" if furthest == closest else f", {pair(furthest)} least ({with_sign(below.flat[furthest])})"
    return (
        f"{start}{last}. Kendall’s tau is 1 for the same order and 0 for unrelated orders. The methods answer different "
        "questions, so they need not agree."
    )


def erased_says(result: Faithfulness, *, method: str, best: str) -> str:
    """How far the probability falls by one method's order, against random orders and the best method."""
    erasure, target = result.erasures[method], label_name(result.target)
    beaten, orders = (
        sum(erasure.comprehensiveness > other.comprehensiveness for other in result.random),
        len(result.random),
    )
    removing = REMOVING[result.removal].format(f"that {method_name(method)} ranks highest")
    less = {
        0: f"none of the {orders} random orders lowers it less",
        orders: f"all {orders} random orders lower it less",
    }
    start = (
        f"{removing} {'lowers' if erasure.comprehensiveness >= 0 else 'raises'} the probability of {target} "
        f"({percent(erasure.full)}) by {points(erasure.comprehensiveness)} on average; "
        f"{less.get(beaten, f'{beaten} of {orders} random orders lower it less')}."
    )
    if best == method:
        return f"{start} No other method does better."
    return f"{start} The best method, {method_name(best)}, reaches {points(result.erasures[best].comprehensiveness)}."


def points(fall: float) -> str:
    """The size of a change in probability in words: "85 points", "less than 1 point"."""
    size = round(100 * abs(fall))
    return count(size, "point") if size else "less than 1 point"


def randomised_says(result: SanityCheck) -> str:
    """Whether the scores still resemble the trained model's once all is random."""
    last, chance = float(result.sizes[-1]), 2 * chance_spread(result.words)
    name = f"the sizes of the scores by {method_name(result.method)}"
    if np.isnan(last):
        return f"With every part randomised, {name} are all the same, so there is no order to compare."
    sense = (
        "The scores depend on what the model learned."
        if abs(last) <= chance
        else "Part of the pattern comes from the sentences, not from what the model learned."
    )
    return (
        f"With every part randomised, {name} agree with the trained model’s at tau {with_sign(last)}. Unrelated orders of "
        f"{count(result.words, 'word')} stay within ±{chance:.2f}, 19 times in 20. {sense}"
    )


def together_says(result: Interactions, words: Sequence[Word]) -> str:
    """The two words that gain most together, and the two that replace each other."""

    def pair(place: int) -> tuple[str, str]:
        row, column = np.unravel_index(place, result.values.shape)
        names = [word_name(words, index) for index in (result.premise[row], result.hypothesis[column])]
        return joined(names), f"({with_sign(result.values[row, column])} logits)"

    highest, lowest = result.values.argmax(), result.values.argmin()
    parts = []
    if result.values.max() > 0:
        parts.append("{} matter most together {}.".format(*pair(highest)))
    if result.values.min() < 0:
        parts.append("{} do most to replace or cancel each other {}.".format(*pair(lowest)))
    explained = f"The figure explains the {result.output} of {label_name(result.target)}."
    return " ".join((*map(capital, parts or ["No two words interact."]), explained))
