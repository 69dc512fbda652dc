"""How often is it right, does it know when, and what does it mistake for what? From the model's own record."""

from collections.abc import Mapping
from pathlib import Path

from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.data.model_family import FAMILY
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.accuracy_intervals import Accuracy, accuracy_intervals
from bertmini_demo.figures.model_quality import calibration_curve, confusion_heatmap
from bertmini_demo.figures.naming import interval, percent
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.files import read_metrics
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

DATA = ("measured_on",)
MINI = next(member for member in FAMILY if member.name == "mini")
# MultiNLI by the name of the data set; the fine-tuned copy: https://huggingface.co/prajjwal1/bert-mini-mnli
PUBLISHED = {
    "mnli_dev_matched": (MINI.mnli[0] / 100, 0.6804),
    "mnli_dev_mismatched": (MINI.mnli[1] / 100, 0.6917),
}
PUBLISHED_BY = ("BERT-mini, Turc et al. 2019, test set", "BERT-mini, prajjwal1’s copy")


def measured_sets(folder: Path) -> dict[str, str]:
    """The data sets of three labels that a model was measured on, with their names on the page.

    Development sets, which also served to choose between models, come last.
    """
    data = read_metrics(folder).get("data", {})
    names = [name for name, entry in data.items() if "calibration" in entry and "confusion" in entry]
    return {name: data_name(name) for name in sorted(names, key=lambda name: "_dev" in name)}


def measured(analysis: Analysis, state: State) -> tuple[str, Mapping, Mapping] | None:
    """The chosen data set, what was measured on it, and the whole record; None of a model without one."""
    names = measured_sets(analysis.model.folder)
    if not names:
        return None
    chosen = state.options.get(DATA[0])
    name = chosen if chosen in names else next(iter(names))
    metrics = read_metrics(analysis.model.folder)
    return name, metrics["data"][name], metrics


def missing(title: str) -> Reply:
    """The card of a model without measurements."""
    return card(
        title=title, says=text.MEASURE, html=render("views/trust/missing.html", message=text.NOT_MEASURED)
    )


def accuracy(analysis: Analysis, state: State) -> Reply:
    """Accuracy over all pairs and by label with 95 % intervals, beside what other answers would reach."""
    known = measured(analysis, state)
    if known is None:
        return missing("How often is it right?")
    name, entry, metrics = known
    rows = accuracy_rows_of(name, entry, metrics)
    return card(
        accuracy_intervals(rows),
        title=text.accuracy_title(name, entry),
        says=text.accuracy_says(rows, entry, chosen=analysis.model.folder == SHIPPED and "_dev" in name),
        table=(
            ("Measured", "Accuracy", "95\u00a0% interval"),
            [
                (
                    row.name,
                    percent(row.share, digits=1),
                    interval(row.interval) if row.interval else "not known",
                )
                for row in rows
            ],
        ),
    )


def accuracy_rows_of(name: str, entry: Mapping, metrics: Mapping) -> list[Accuracy]:
    """This model over all pairs and by label, then what it is compared with."""
    pairs = entry["pairs"]
    rows = [Accuracy("All pairs", entry["accuracy"], wilson_interval(entry["accuracy"] * pairs, pairs))]
    totals = {label: sum(row.values()) for label, row in entry["confusion"].items()}
    for label, row in entry["confusion"].items():
        if totals[label]:
            ends = wilson_interval(row[label], totals[label])
            rows.append(Accuracy(f"Labelled {label_name(label)}", row[label] / totals[label], ends))
    if "empty_premise_accuracy" in entry:
        rows.append(Accuracy("Without the premises", entry["empty_premise_accuracy"], reference=True))
    alone = metrics.get("hypothesis_only_classifier", {}).get(name)
    if alone is not None:
        rows.append(Accuracy("Trained on hypotheses only", alone, reference=True))
    rows.append(Accuracy("Always the most frequent label", max(totals.values()) / pairs, reference=True))
    for source, share in zip(PUBLISHED_BY, PUBLISHED.get(name, ()), strict=False):
        rows.append(Accuracy(source, share, reference=True))
    return rows


def calibration(analysis: Analysis, state: State) -> Reply:
    """Accuracy by confidence, with 95 % intervals."""
    known = measured(analysis, state)
    if known is None:
        return missing("Does it know when it is right?")
    name, entry, metrics = known
    fitted = is_fitted(name, entry, metrics)
    bins = [
        {"interval": wilson_interval(one["accuracy"] * one["pairs"], one["pairs"]), **one}
        for one in entry["calibration"]["bins"]
    ]
    rows = [
        (
            f"{one['pairs']:,}",
            percent(one["confidence"], digits=1),
            percent(one["accuracy"], digits=1),
            interval(one["interval"]),
        )
        for one in bins
    ]
    return card(
        calibration_curve(bins),
        title=text.calibration_title(entry, fitted=fitted),
        says=text.calibration_says(bins, entry, fitted=fitted),
        table=(("Pairs", "Confidence", "Accuracy", "95\u00a0% interval"), rows),
    )


def is_fitted(name: str, entry: Mapping, metrics: Mapping) -> bool:
    """Whether the temperature was fitted on half of this data set."""
    files = metrics.get("temperature", {}).get("fitted_on", ())
    return entry.get("file") in files or any(file.split(".")[0] == name for file in files)


def confusion(analysis: Analysis, state: State) -> Reply:
    """Which label is predicted for which."""
    known = measured(analysis, state)
    if known is None:
        return missing("What does it mistake for what?")
    _, entry, _ = known
    counts = entry["confusion"]
    return card(
        confusion_heatmap(counts, names={label: label_name(label) for label in counts}),
        title="What does it mistake for what?",
        says=text.confusion_says(counts),
        table=(
            ("Labelled", *(f"Predicted {label_name(label)}" for label in counts)),
            [(label_name(label), *(f"{count:,}" for count in row.values())) for label, row in counts.items()],
        ),
    )


QUESTIONS = (
    Question("trust.accuracy", accuracy, reads=DATA, pair=False),
    Question("trust.calibration", calibration, reads=DATA, pair=False),
    Question("trust.confusion", confusion, reads=DATA, pair=False),
)
