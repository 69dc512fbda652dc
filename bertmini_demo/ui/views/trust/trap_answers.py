"""Does it fall into traps? Accuracy where a shallow rule is right and where it fails, as recorded or asked again."""

from collections.abc import Iterator

from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PAIRS,
    PUBLISHED,
    PUBLISHED_BY,
    Heuristic,
    hans_accuracy,
    hans_agreement,
    heuristics,
    predict_labels,
    probe_pairs,
    score,
    seed_accuracies,
    stored_accuracy,
    subcases,
)
from bertmini_demo.figures.hans_accuracy import Row, accuracy_rows
from bertmini_demo.figures.naming import interval, percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.model.files import read_metrics
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

ALL = "all"
FAMILIES = (ALL, *(heuristic.name for heuristic in heuristics()))
DRAWS = ("1", "2", "3", "4", "5")
GROUPS = {NOT_ENTAILED: "Traps", ENTAILED: "Where the rule is right"}
HEADINGS = (
    "Rule",
    "Construction",
    "In HANS",
    "Label",
    "This probe",
    "95\u00a0% interval",
    "HANS",
    "BERT-base, 100 seeds",
)
Accuracies = dict[str, float] | None


def traps(analysis: Analysis, state: State) -> Reply:
    """Accuracy as it was recorded with the model; without a record, what was published of BERT-base."""
    metrics = read_metrics(analysis.model.folder)
    return traps_card(stored_accuracy(metrics), hans_accuracy(metrics), state=state)


def fresh_traps(analysis: Analysis, state: State) -> Iterator[Reply]:
    """The same on pairs that are drawn and asked now."""
    seed = int(state.option("trap_seed", DRAWS))
    pairs = probe_pairs(seed=seed)
    accuracy = analysis.of_model.get(("probe", seed))
    if accuracy is None:
        answers: list[str] = []
        for batch in predict_labels(analysis.model, pairs):
            answers += batch
            yield {"progress": len(answers) / len(pairs), "message": f"{len(answers)} of {len(pairs)} pairs"}
        accuracy = score(pairs, answers).accuracy
        analysis.of_model.put(("probe", seed), accuracy)
    yield traps_card(accuracy, hans_accuracy(read_metrics(analysis.model.folder)), state=state)


def traps_card(accuracy: Accuracies, hans: Accuracies, *, state: State) -> Reply:
    """The figure for all rules or for the constructions of one.

    Args:
        accuracy, hans: by sub-case, of the probe and of the HANS set, as shares; None where not measured.
    """
    family = state.option("trap_family", FAMILIES)
    agreement = hans_agreement(accuracy, hans) if accuracy and hans else None
    return card(
        accuracy_rows(rows_of(accuracy, hans, family=family), source=PUBLISHED_BY),
        title=text.traps_title(accuracy),
        says=text.traps_says(accuracy, hans, agreement),
        table=(HEADINGS, numbers(accuracy, hans)),
        press={"custom": ["trap"]} if family != ALL else {"custom": ["trap_family"]},
    )


def rows_of(accuracy: Accuracies, hans: Accuracies, *, family: str) -> list[Row]:
    """The three rules, or the constructions of one, first where the rule fails, then where it is right."""
    rows = []
    for label, title in GROUPS.items():
        names = [name for name, case in subcases().items() if case.label == label]
        if family == ALL:
            rows.append(Row(title, mean_of(accuracy, names), mean_of(hans, names), summary=True))
            rows += [rule_row(rule, label, accuracy, hans) for rule in heuristics()]
        else:
            rule = next(rule for rule in heuristics() if rule.name == family)
            rows.append(rule_row(rule, label, accuracy, hans, title=title))
            rows += [
                Row(
                    case.title,
                    accuracy and accuracy[case.name],
                    hans and hans[case.name],
                    name=case.name,
                    seeds=seed_accuracies(case.name),
                )
                for case in rule.subcases
                if case.label == label
            ]
    return rows


def rule_row(
    rule: Heuristic, label: str, accuracy: Accuracies, hans: Accuracies, *, title: str | None = None
) -> Row:
    """One rule over its five constructions of a label; with a title of its own it heads them."""
    names = [case.name for case in rule.subcases if case.label == label]
    return Row(
        title or rule.title,
        mean_of(accuracy, names),
        mean_of(hans, names),
        name=None if title else rule.name,
        summary=title is not None,
        published=PUBLISHED[label][heuristics().index(rule)],
        seeds=seed_accuracies(f"{rule.name}/{label}"),
    )


def mean_of(accuracy: Accuracies, names: list[str]) -> float | None:
    """The mean over some sub-cases, which all have as many pairs."""
    return sum(accuracy[name] for name in names) / len(names) if accuracy else None


def numbers(accuracy: Accuracies, hans: Accuracies) -> list[tuple[str, ...]]:
    """One row for each of the 30 constructions, under the names that HANS uses."""
    rows = []
    for rule in heuristics():
        for case in rule.subcases:
            share = accuracy and accuracy[case.name]
            low, mean, high = seed_accuracies(case.name)
            rows.append(
                (
                    rule.title,
                    case.title,
                    case.name,
                    label_name(case.label),
                    percent(share) if accuracy else "not measured",
                    interval(wilson_interval(share * PAIRS, PAIRS)) if accuracy else "not measured",
                    percent(hans[case.name], digits=1) if hans else "not measured",
                    f"{100 * low:.0f} to {percent(high)}, mean {percent(mean)}",
                )
            )
    return rows


QUESTIONS = (
    Question("trust.traps", traps, reads=("trap_family",), pair=False),
    Question(
        "trust.fresh_traps", fresh_traps, reads=("trap_family", "trap_seed"), pair=False, lane=WORK_LANE
    ),
)
