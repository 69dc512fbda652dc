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
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import evidence, label_name, method_name, with_sign, word_name
from bertmini_demo.results import Attribution, EncodedPair, Word

BASELINE_NAMES = {"zero": "zeros", "mask": "[MASK]", "pad": "[PAD]"}
OUTPUT_NAMES = {"logit": "this label alone (logit)", "margin": "this label, not the next (margin)"}
REMOVED = {"delete": "deleted", "mask": "replaced by [MASK]"}
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
    facts.append(f"{attribution.inputs:,} inputs, {attribution.gradients:,} gradients")
    if attribution.standard_errors is not None:
        largest = float(attribution.standard_errors.max())
        facts.append(f"standard error up to {largest:.2f} logits" if largest else "exact")
    elif attribution.completeness_gap is not None:
        facts.append(f"the scores add up to the change within {percent(attribution.completeness_gap)}")
    return (*facts, f"{attribution.seconds:.2f} s")


def baseline_says(attribution: Attribution) -> str:
    """What the pair is compared with, and what the model predicts there."""
    label = attribution.baseline_label
    if label is None:
        return "This method compares with no baseline: it looks at the pair itself."
    share = percent(attribution.baseline_probabilities[label])
    return (
        f"Compared with the same pair with {BASELINE_NAMES[attribution.baseline]} in place of every word, for which it "
        f"predicts {label_name(label)}, {share}."
    )


def run_warnings(attribution: Attribution) -> tuple[str, ...]:
    """What makes this run hard to read."""
    warnings = []
    target = label_name(attribution.target)
    if attribution.baseline_label == attribution.target:
        warnings.append(
            f"Without any words it already predicts {target}: the scores show only what the words change from there. "
            "Compare with another baseline."
        )
    gap = attribution.completeness_gap
    if gap is not None and gap > LARGE_GAP:
        warnings.append(
            f"The scores miss the change in the output by {percent(gap)}: read them as approximate."
        )
    return tuple(warnings)


def baselines_say(results: BaselineResults) -> str:
    """Why the default baseline and output are what they are."""
    overall = results.overall
    best = max(overall, key=overall.get)
    default = OUTPUTS[0], BASELINES[0]
    others = ", ".join(
        f"{overall[default[0], other]:.2f} with {BASELINE_NAMES[other]}" for other in BASELINES[1:]
    )
    reason = (
        "It is the default because no other choice finds words that matter more"
        if best == default
        else f"{BASELINE_NAMES[best[1]].capitalize()} and the {best[0]} would do best ({overall[best]:.2f})"
    )
    return (
        f"Without the fifth of the words ranked highest with {BASELINE_NAMES[default[1]]}, a confident verdict falls by "
        f"{overall[default]:.2f} on average; {others}. {reason}. The margin does {'no better' if overall['margin', default[1]] <= overall[default] else 'better'} "
        f"({overall['margin', default[1]]:.2f})."
    )


def given_away_says(row: WordLabel, *, every: int) -> str:
    """The word that says most about the label."""
    return (
        f"Of the {row.count:,} training pairs with “{row.word}” in their hypothesis, {percent(row.counts[row.label] / row.count)} "
        f"are labelled {label_name(row.label)}. The dotted lines are the labels’ shares of all {every:,} pairs."
    )


def first_says(pair: EncodedPair, scores: Sequence[WordScores], *, target: str) -> str:
    """Which word most methods rank first."""
    firsts = [int(words.order[0]) for words in scores]
    first = max(firsts, key=firsts.count)
    return (
        f"{word_name(pair.words, first)} comes first in {firsts.count(first)} of {len(scores)} methods for "
        f"{label_name(target)}. Each column is divided by its largest score: compare down a column, not across."
    )


def failed_says(failed: Mapping[str, str]) -> str:
    """Which methods gave no scores, and why; nothing where all did."""
    return "".join(
        f" Without {method_name(method)}: {reason.rstrip('.')}." for method, reason in failed.items()
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
        names = f"{method_name(methods[column])} and {method_name(methods[row])}"
        return f"{names} ({with_sign(below[row, column])})"

    closest, furthest = pair(np.nanargmax(below)), pair(np.nanargmin(below))
    measured = "words for and against" if signed else "how much each word counts"
    return (
        f"On {measured}, {closest} agree most and {furthest} least. Kendall’s tau is 1 for the same order, 0 for unrelated "
        "orders. They answer different questions, so they need not agree."
    )


def erased_says(result: Faithfulness, *, method: str, best: str) -> str:
    """How far the probability falls by one method's order, against random orders and the best method."""
    erasure, target = result.erasures[method], label_name(result.target)
    beaten = sum(erasure.comprehensiveness > other.comprehensiveness for other in result.random)
    fall = 100 * erasure.comprehensiveness
    start = (
        f"With the words that {method_name(method)} ranks highest {REMOVED[result.removal]}, the probability of {target} "
        f"({percent(erasure.full)}) {'falls' if fall >= 0 else 'rises'} by {abs(fall):.0f} points on average, more than in "
        f"{beaten} of {len(result.random)} random orders."
        if beaten
        else f"With the words that {method_name(method)} ranks highest {REMOVED[result.removal]}, the probability of {target} "
        f"({percent(erasure.full)}) {'falls' if fall >= 0 else 'rises'} by {abs(fall):.0f} points on average, no more than in "
        f"any of {len(result.random)} random orders."
    )
    if best == method:
        return f"{start} No other method does better."
    top = 100 * result.erasures[best].comprehensiveness
    return f"{start} The best is {method_name(best)}, with {top:.0f} points."


def randomised_says(result: SanityCheck) -> str:
    """Whether the scores still resemble the trained model's once all is random."""
    last, chance = float(result.sizes[-1]), 2 * chance_spread(result.words)
    name = f"the sizes of the scores by {method_name(result.method)}"
    if np.isnan(last):
        return f"With every part randomised, {name} are all the same: there is no order to compare."
    sense = (
        "no more than unrelated orders do: they depend on what was learned"
        if abs(last) <= chance
        else "more than unrelated orders do: part of the pattern comes from the sentences, not from what was learned"
    )
    return (
        f"With every part randomised, {name} agree with the trained model’s at tau {with_sign(last)}, {sense} "
        f"(within ±{chance:.2f} for {result.words} words, 19 times in 20)."
    )


def together_says(result: Interactions, words: Sequence[Word]) -> str:
    """The two words that gain most together, and the two that replace each other."""

    def pair(place: int) -> str:
        row, column = np.unravel_index(place, result.values.shape)
        names = (word_name(words, index) for index in (result.premise[row], result.hypothesis[column]))
        return f"{' and '.join(names)} ({with_sign(result.values[row, column])} logits)"

    highest, lowest = result.values.argmax(), result.values.argmin()
    parts = []
    if result.values.max() > 0:
        parts.append(f"{pair(highest)} matter most together")
    if result.values.min() < 0:
        parts.append(f"{pair(lowest)} most replace or cancel each other")
    sense = "; ".join(parts) or "no two words interact"
    return f"For the {result.output} of {label_name(result.target)}, {sense}."
