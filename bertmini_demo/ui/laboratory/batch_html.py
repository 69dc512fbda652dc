"""What the tab Batch says of a file of pairs: pure HTML."""

from collections import Counter
from collections.abc import Sequence

from bertmini_demo.data.batch import Answer
from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.pair_files import Fault
from bertmini_demo.figures import rendering
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.ui.laboratory.beside_html import open_button, says

FAULTS_SHOWN = 20
MISTAKES_SHOWN = 20
SURE = (
    "How sure it is and how often it is right differ by {:.1%} on average. Sure is not the same as right for the right "
    "reason: open a mistake and ask why."
)


def intro(*, rows: int, megabytes: int) -> str:
    return (
        f'<p class="says">A file of pairs, up to {rows:,} rows and {megabytes} MB: CSV, tab-separated or JSON lines in UTF-8, '
        "with the columns <code>premise</code>, <code>hypothesis</code> and, if people have judged them, "
        "<code>label</code>. Without column names they are taken in this order. Without a file, the example pairs are "
        "judged.</p>"
    )


def judged(name: str, *, answers: int, faults: int, explained: int, left_out: int | None = None) -> str:
    """How many rows were judged, by which model, and what was not done."""
    told = f"{name} judged {count(answers, 'row')}."
    if explained:
        told += (
            f" {count(explained, 'row')} also {'has' if explained == 1 else 'have'} a score for each word."
        )
    if faults:
        told += f" {count(faults, 'row')} could not be read."
    if left_out:
        told += (
            f" Rows beyond the first {left_out:,} were left out: python -m bertmini_demo.training evaluate --predictions "
            "takes a file of any size."
        )
    return says(told)


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def faults(found: Sequence[Fault], *, total: int) -> str:
    """The first rows that could not be read, each by its line."""
    if not found:
        return ""
    items = "".join(f"<li>{escape(str(fault))}</li>" for fault in found)
    more = f"<p>And {total - len(found):,} more.</p>" if total > len(found) else ""
    return f'<ul class="differing">{items}</ul>{more}'


def verdicts(counts: Counter[str], labels: Sequence[str]) -> str:
    """How often each label was given."""
    rows = [
        (label_name(label), f"{counts[label]:,}", f"{counts[label] / counts.total():.1%}") for label in labels
    ]
    return rendering.open_table(("Verdict", "Rows", "Share"), rows)


def measured(tally: Tally, *, calibrated: bool) -> str:
    """Accuracy, and the mistakes of which the model was surest, each with a button that opens it."""
    told = f"Of {count(tally.pairs, 'row')} with a label the model gets {tally.accuracy:.1%} right."
    if len(tally.labels) == 2:
        told += " Neutral and contradiction count as one: not entailment."
    if calibrated:
        told += " " + SURE.format(tally.calibration()["expected_calibration_error"])
    mistakes = tally.mistakes
    if not mistakes:
        return says(told)
    heading = f"<h4>The {count(len(mistakes), 'mistake')} of which it is surest</h4>"
    return f'{says(told)}{heading}<ul class="differing">{"".join(map(mistake, mistakes))}</ul>'


def mistake(answer: Answer) -> str:
    """One pair that people call something else."""
    pair, prediction = answer.pair, answer.prediction
    return (
        f"<li>Line {pair.line}: <bdi>{escape(pair.premise)}</bdi> · <bdi>{escape(pair.hypothesis)}</bdi>: people say "
        f"{label_name(pair.label)}, the model says {label_name(prediction.label)} "
        f"({prediction.probabilities[prediction.label]:.0%}) {open_button(pair.premise, pair.hypothesis)}</li>"
    )
