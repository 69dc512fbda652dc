"""What the questions of trust are called, and their answers in plain sentences with the numbers behind them."""

from collections.abc import Mapping, Sequence

import numpy as np

from bertmini_demo.explain.faithfulness import TENTHS, Faithfulness
from bertmini_demo.explain.interactions import Interactions
from bertmini_demo.explain.randomization_check import SanityCheck
from bertmini_demo.explain.rank_correlation import chance_spread
from bertmini_demo.explain.word_scores import MethodAgreement, WordScores
from bertmini_demo.figures.naming import layer_name
from bertmini_demo.figures.rendering import escape, label_name, method_name, table, with_sign
from bertmini_demo.results import EncodedPair

REMOVED = {"delete": "deleted", "mask": "replaced by [MASK]"}
# heading, what is asked, and what the button says
PARTS = {
    "compare": (
        "All methods side by side",
        "Every way of scoring the same words for the same label. Those with a direction stand left; those that say "
        "only how much stand right, on a scale of their own. Each column is divided by its largest score.",
        "Compare all methods",
    ),
    "faithful": (
        "Does the verdict rest on these words?",
        "The words that a method puts first are taken away, 10, 20 … 90 % of them. Comprehensiveness is how far the "
        "probability falls without them, on average; sufficiency how far it falls with them alone (not over the bins of "
        "DeYoung et al. 2020: 1, 5, 10, 20, 50 %). Words in random order are the measure to beat. Labels and removals do "
        "not compare.",
        "Measure faithfulness",
    ),
    "sanity": (
        "Does it depend on what the model learned?",
        "We randomise a copy of the model from the top down and explain again each time. If an attribution depends on what "
        "the model learned, it should change. Passing does not make it right.",
        "Randomise the layers",
    ),
    "together": (
        "Which words work together?",
        "What two words, one of each sentence, do for the label that neither does alone: the score with both, less that "
        "without the one, less that without the other, plus that without both. A word deleted moves all words after it, "
        "which alone can change the verdict; [MASK] keeps their places.",
        "Find interactions",
    ),
}


def waiting(part: str) -> str:
    """What stands where an answer will be."""
    button = PARTS[part][2]
    return (
        f'<p class="hint">Not worked out for this pair and these choices. “{button}” takes a few seconds.</p>'
    )


def lacking(missing: Sequence[str], failed: Mapping[str, str]) -> str:
    """Which ways of scoring are still to come, and which gave no scores and why; nothing where all are there."""
    told = []
    if missing:
        names = ", ".join(map(method_name, missing))
        told.append(f"Still without {names}: “{PARTS['compare'][2]}” goes on from here.")
    told += [f"Without {method_name(method)}: {escape(why)}" for method, why in failed.items()]
    return "".join(f'<p class="hint">{sentence.rstrip(".")}.</p>' for sentence in told)


def compared(pair: EncodedPair, found: Sequence[WordScores], alike: MethodAgreement, *, target: str) -> str:
    """Which methods agree most and least, which word most of them put first, and what that does not prove."""
    taus = np.where(np.tri(len(alike.methods), dtype=bool), np.nan, alike.sizes)
    told = ""
    if np.isfinite(taus).any():
        most, least = (np.unravel_index(pick(taus), taus.shape) for pick in (np.nanargmax, np.nanargmin))
        told = (
            f"For {label_name(target)}, {_two(alike, most)} agree most on how much each word counts "
            f"(tau-b {_signed(taus[most])}), {_two(alike, least)} least ({_signed(taus[least])}). "
        )
    firsts = [int(words.order[0]) for words in found]
    first = max(firsts, key=firsts.count)
    return (
        f'<p class="says">{told}“{escape(pair.words[first].text)}” in the {pair.words[first].sentence} comes first '
        f"with {firsts.count(first)} of {len(found)} ways. Agreement is no proof: methods built alike agree with each "
        "other, and all can miss what the model does. Where they differ, change the word and look.</p>"
        + scores_table(pair, found)
        + agreement_table(alike)
    )


def _two(alike: MethodAgreement, place: tuple[int, int]) -> str:
    return " and ".join(method_name(alike.methods[index]) for index in place)


def _signed(value: float) -> str:
    return "none" if np.isnan(value) else with_sign(value)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def scores_table(pair: EncodedPair, found: Sequence[WordScores]) -> str:
    """The scores behind the columns, before they were divided."""
    rows = (
        (word.sentence, word.text, *(f"{words.scores[index]:.4f}" for words in found))
        for index, word in enumerate(pair.words)
    )
    headings = ("Sentence", "Word", *(method_name(words.method, title=True) for words in found))
    return table(headings, rows, caption="The scores of all methods as a table")


def agreement_table(alike: MethodAgreement) -> str:
    """Tau-b between each two methods, over sizes and over signed scores."""
    place = {method: index for index, method in enumerate(alike.signed_methods)}
    rows = [
        (
            method_name(one, title=True),
            method_name(other, title=True),
            _signed(alike.sizes[i, j]),
            _signed(alike.signed[place[one], place[other]]) if {one, other} <= set(place) else "",
        )
        for i, one in enumerate(alike.methods)
        for j, other in enumerate(alike.methods[:i])
    ]
    return table(
        ("One", "Other", "tau-b of sizes", "tau-b with signs"), rows, caption="The agreement as a table"
    )


def measured(found: Faithfulness, seconds: Mapping[str, float], *, method: str) -> str:
    """All methods in a table, the best of each column marked, and what the one at hand comes to."""
    erasure = found.erasures[method]
    beaten = sum(erasure.comprehensiveness > other.comprehensiveness for other in found.random)
    return (
        faithfulness_table(found, seconds, chosen=method)
        + f'<p class="says">With the words that {method_name(method)} puts first {REMOVED[found.removal]}, the '
        f"probability of {label_name(found.target)} ({erasure.whole:.0%} for the whole pair) falls by "
        f"{_number(erasure.comprehensiveness)} on average: more than in {beaten} of {len(found.random)} random orders. "
        "That a probability falls does not prove that these words were the reason: what is left is a sentence nobody "
        "would write, in which deleted words also move those after them, and the model may be moved by that. Methods that take words away themselves (feature "
        "ablation, Shapley sampling) are measured here by their own rule.</p>" + curves_table(found)
    )


def faithfulness_table(found: Faithfulness, seconds: Mapping[str, float], *, chosen: str) -> str:
    """One row a method and one for random orders; the best of each column is marked by a star and in words."""
    methods = list(found.erasures)
    columns = [
        [f"{found.erasures[method].comprehensiveness:.3f}" for method in methods],
        [f"{found.erasures[method].sufficiency:.3f}" for method in methods],
        [f"{seconds[method]:.2f}" for method in methods],
    ]
    best = [pick(map(float, column)) for pick, column in zip((max, min, min), columns, strict=True)]
    rows = "".join(
        f'<tr{" aria-current=true" if method == chosen else ""}><th scope="row">{escape(method_name(method, title=True))}</th>'
        + "".join(
            _cell(column[row], best=float(column[row]) == top)
            for column, top in zip(columns, best, strict=True)
        )
        + "</tr>"
        for row, method in enumerate(methods)
    )
    by_chance = "".join(
        f"<td>{np.mean(values):.3f} ± {np.std(values):.3f}</td>"
        for values in (
            [erasure.comprehensiveness for erasure in found.random],
            [erasure.sufficiency for erasure in found.random],
        )
    )
    return (
        '<div class="faithful-scroll"><table class="faithful"><thead><tr><th scope="col">By order of</th>'
        '<th scope="col">Comprehensiveness <small>higher is better</small></th>'
        '<th scope="col">Sufficiency <small>lower is better</small></th><th scope="col">Seconds</th></tr></thead>'
        f'<tbody>{rows}<tr><th scope="row">{len(found.random)} random orders</th>{by_chance}<td></td></tr></tbody>'
        "</table></div>"
    )


def _cell(number: str, *, best: bool) -> str:
    number = number.replace("-", "−")
    return (
        f'<td class="best">{number} <span title="best">★ best</span></td>' if best else f"<td>{number}</td>"
    )


def curves_table(found: Faithfulness) -> str:
    """The probabilities behind the curves, and where only the first words stay."""
    gone = (0, *(10 * tenth for tenth in TENTHS), 100)
    means = [np.mean([erasure.curve for erasure in found.random], axis=0)]
    rows = [
        (method_name(method, title=True), *_shares(erasure.curve))
        for method, erasure in found.erasures.items()
    ]
    rows += [("Mean of random orders", *_shares(curve)) for curve in means]
    rows += [
        (f"{method_name(method, title=True)}, only these kept", "", *_shares(erasure.kept), "")
        for method, erasure in found.erasures.items()
    ]
    return table(
        ("Order", *(f"{share} %" for share in gone)),
        rows,
        caption="The probabilities as words go, as a table",
    )


def _shares(values: Sequence[float]) -> list[str]:
    return [f"{value:.1%}" for value in values]


def checked(found: SanityCheck, *, layers: int) -> str:
    """Whether the scores still resemble the trained model's once all is random, and what that does not prove."""
    names = ["As trained", "Classifier", "Pooler"]
    names += [*(layer_name(layer) for layer in reversed(range(layers))), "Embeddings"]
    last, chance = float(found.sizes[-1]), 2 * chance_spread(found.words)
    sense = (
        "no more than unrelated orders do, so the scores depend on what was learned"
        if abs(last) <= chance
        else "more than unrelated orders do, so part of the pattern comes from the sentences, not from what was learned"
    )
    signed = [None] * len(found.sizes) if found.signed is None else found.signed
    rows = (
        (name, _signed(size), "" if sign is None else _signed(sign))
        for name, size, sign in zip(names, found.sizes, signed, strict=False)
    )
    return (
        f'<p class="says">For {label_name(found.target)} by {method_name(found.method)}: with every part randomised the '
        f"sizes of the scores agree with the trained model’s at tau-b {_signed(last)}; that is {sense} (for "
        f"{found.words} words these stay within ±{chance:.2f}, 19 times of 20). One draw of weights on one pair, with "
        "fewer steps than above: a method that passes may still mislead.</p>"
        + table(
            ("Randomised down to", "tau-b of sizes", "tau-b with signs"),
            rows,
            caption="The similarities as a table",
        )
    )


def joined(found: Interactions, premise: Sequence[str], hypothesis: Sequence[str]) -> str:
    """The strongest interaction of each kind, and what it does not prove."""

    def told(place: int) -> str:
        row, column = np.unravel_index(place, found.values.shape)
        return (
            f"“{escape(premise[row])}” and “{escape(hypothesis[column])}” "
            f"({_signed(found.values[row, column])} logits)"
        )

    most, least = found.values.argmax(), found.values.argmin()
    together = f"{told(most)} do most together that neither does alone" if found.values.max() > 0 else ""
    apart = f"{told(least)} most stand in for each other or cancel" if found.values.min() < 0 else ""
    sense = "; ".join(filter(None, (together, apart))) or "no two words do anything together"
    rows = (
        (word, *(f"{value:.3f}" for value in row)) for word, row in zip(premise, found.values, strict=True)
    )
    return (
        f'<p class="says">For the {found.output} of {label_name(found.target)}: {sense}. Each number compares four '
        "versions of the pair, three of which lack words and may be read in their own odd way; it holds with all other "
        "words in place, and for this label only.</p>"
        + table(("Premise \\ hypothesis", *hypothesis), rows, caption="The interactions as a table")
    )
