"""The words of the tab Traps, as HTML."""

import json
from collections import Counter
from collections.abc import Sequence

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PAIRS,
    ProbePair,
    ProbeResult,
    Template,
    example_pair,
    hans_accuracy,
    hans_agreement,
    heuristics,
    seed_accuracies,
    stored_agreement,
    subcases,
)
from bertmini_demo.figures import rendering
from bertmini_demo.figures.rendering import escape, label_name

LABELS_TOLD = {ENTAILED: "follows", NOT_ENTAILED: "does not follow"}
CAVEAT = (
    "What it does not prove: a low figure says that such pairs mislead the model, not which rule it follows inside; and "
    "right answers may come from a taste for one label. Made-up sentences like these were rare in what it was trained on."
)


def label_told(label: str) -> str:
    return LABELS_TOLD[label]


def explained() -> str:
    """Each heuristic in a sentence, and a pair on which it fails."""
    cards = []
    for heuristic in heuristics():
        case = next(case for case in heuristic.subcases if case.label == NOT_ENTAILED)
        example = example_pair(case)
        shown = pair(
            example.premise,
            example.hypothesis,
            facts=f"The rule says it follows. It {label_told(case.label)}.",
        )
        cards.append(
            f'<section class="heuristic"><h3>{escape(heuristic.title)}</h3>'
            f"<p><em>{escape(heuristic.rule)}</em> {escape(heuristic.why)}</p>{shown}</section>"
        )
    what = explain_terms(
        '<p class="says">Three rules of thumb (heuristics) give the right answer on most pairs that people write, and '
        "read no structure at all (McCoy, Pavlick and Linzen 2019, HANS). The probe asks this model about "
        f"{PAIRS * len(subcases())} pairs made from templates: in half of the {len(subcases())} constructions the rule is "
        "right, in half it fails.</p>"
    )
    return f'{what}<div class="heuristics">{"".join(cards)}</div>'


def progress(done: int, total: int) -> str:
    """How much of the probe is scored, as a bar and in words."""
    if not done:
        return f'<p class="hint">Not run yet for this seed: {total} pairs, a few seconds.</p>'
    return rendering.progress(done, total, f"{done} of {total} pairs scored.")


def findings(result: ProbeResult | None, metrics: dict, *, seed: int) -> str:
    """The probe's outcome in plain sentences, what it does not prove, and how far it says what HANS says."""
    hans = hans_accuracy(metrics)
    told = outcome(result, seed=seed) if result else "Run the probe to see this model’s bars."
    if hans is None:
        beside = "This model brings no figures for the real HANS set, so only those published for BERT-base stand beside it."
    else:
        means = {label: _mean(hans, label) for label in (ENTAILED, NOT_ENTAILED)}
        beside = (
            f"On the real HANS set it is right on {means[ENTAILED]:.0%} of the entailed and {means[NOT_ENTAILED]:.0%} of "
            "the non-entailed pairs. "
        )
        found = hans_agreement(result.accuracy, hans) if result else stored_agreement(metrics)
        if found:
            beside += f"How far the probe says what HANS says, sub-case by sub-case: {agreement_told(found)}."
    return f'<p class="says">{told}</p><p class="says">{beside}</p><p class="says">{CAVEAT}</p>'


def outcome(result: ProbeResult, *, seed: int) -> str:
    right = {label: _mean(result.accuracy, label) for label in (ENTAILED, NOT_ENTAILED)}
    yes = sum(answer == ENTAILED for answer in result.answers) / len(result.answers)
    failing = [name for name, case in subcases().items() if case.label == NOT_ENTAILED]
    worst = subcases()[min(failing, key=result.accuracy.get)]
    return (
        f"With seed {seed}, this model is right on {right[ENTAILED]:.0%} of the pairs that follow and "
        f"{right[NOT_ENTAILED]:.0%} of those that do not; it says entailment to {yes:.0%} of all. The rules alone would be "
        f"right on 100% and 0%. The deepest trap is “{escape(worst.title)}”, with {result.accuracy[worst.name]:.0%} right."
    )


def agreement_told(found: dict[str, dict[str, float | None]]) -> str:
    parts = []
    for label, values in found.items():
        rank = "not defined" if values["spearman"] is None else f"{values['spearman']:.2f}".replace("-", "−")
        parts.append(
            f"Spearman’s rho {rank} and a mean difference of {100 * values['mean_difference']:.0f} points where it "
            f"{label_told(label)}"
        )
    return ", ".join(parts)


def numbers(result: ProbeResult | None, hans: dict[str, float] | None) -> str:
    """Accuracy by sub-case, under the names HANS uses."""
    rows = [
        (
            heuristic.title,
            case.name,
            case.title,
            label_name(case.label),
            f"{result.accuracy[case.name]:.0%}" if result else "–",
            f"{hans[case.name]:.1%}" if hans else "–",
            "{0:.0%} to {2:.0%}, mean {1:.0%}".format(*seed_accuracies(case.name)),
        )
        for heuristic in heuristics()
        for case in heuristic.subcases
    ]
    headings = (
        "Heuristic",
        "Sub-case in HANS",
        "In words",
        "Label",
        "This probe",
        "HANS",
        "BERT-base, 100 seeds",
    )
    return rendering.table(headings, rows, caption="Right answers as a table")


def examples(chosen: Sequence[tuple[ProbePair, str | None]], *, at_hand: tuple[str, str]) -> str:
    """Pairs to open, each with its label and, where it is known, the model's answer."""
    items = "".join(
        "<li>"
        + pair(
            each.premise,
            each.hypothesis,
            facts=f"It {label_told(each.label)}." + judged(each.label, answer),
            current=(each.premise, each.hypothesis) == at_hand,
        )
        + "</li>"
        for each, answer in chosen
    )
    hint = (
        ""
        if all(answer for _, answer in chosen)
        else " What the model says to each is known once the probe has run."
    )
    return f'<p class="hint">Pairs from the probe.{hint}</p><ul class="traps">{items}</ul>'


def written(premise: str, hypothesis: str, *, label: str, answer: str) -> str:
    """The reader's own pair with its label by construction."""
    facts = f"By construction it {label_told(label)}." + judged(label, answer)
    return (
        pair(premise, hypothesis, facts=facts)
        + '<p class="hint">The label holds as long as each word is of the kind its list offers.</p>'
    )


def refused(message: str) -> str:
    return f'<p class="says">{escape(message)}</p>'


def judged(label: str, answer: str | None) -> str:
    if answer is None:
        return ""
    right = (answer == ENTAILED) == (label == ENTAILED)
    return f" The model says {label_name(answer)}: {'✓ right' if right else '✗ wrong'}."


def pair(premise: str, hypothesis: str, *, facts: str, current: bool = False) -> str:
    """Two sentences, what is known of them, and a button that opens them."""
    state = "This pair is open" if current else "Open this pair"
    told = escape(json.dumps([premise, hypothesis]))
    return (
        f'<div class="trap"{" aria-current=true" if current else ""}>'
        f"<p><span>Premise</span> <bdi>{escape(premise)}</bdi></p>"
        f"<p><span>Hypothesis</span> <bdi>{escape(hypothesis)}</bdi></p>"
        f'<p class="facts">{escape(facts)}</p>'
        f'<button type="button" data-pair="{told}" aria-label="{state}: {escape(premise)} {escape(hypothesis)}">'
        f"{state}</button></div>"
    )


def slot_labels(template: Template) -> dict[str, str]:
    """A name for each slot: its list's, with a number where several slots draw from one list."""
    counts, seen, labels = Counter(template.slots.values()), Counter(), {}
    for slot, name in template.slots.items():
        seen[name] += 1
        labels[slot] = f"{name} {seen[name]}" if counts[name] > 1 else name
    return {slot: label.capitalize() for slot, label in labels.items()}


def pattern(template: Template) -> str:
    """A template as it is shown: slots in brackets."""
    premise, hypothesis = template.fill(
        {slot: f"[{label.lower()}]" for slot, label in slot_labels(template).items()}
    )
    return f"{premise} → {hypothesis}"


def _mean(accuracy: dict[str, float], label: str) -> float:
    names = [name for name, case in subcases().items() if case.label == label]
    return sum(accuracy[name] for name in names) / len(names)
