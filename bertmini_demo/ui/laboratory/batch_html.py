"""What the tab Batch says of a file of pairs: pure HTML."""

from collections import Counter
from collections.abc import Sequence

from bertmini_demo.data.batch import Answer
from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.pair import BadRow
from bertmini_demo.figures import rendering
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.ui.laboratory.beside_html import open_button, says

BAD_ROWS_SHOWN = 20
MISTAKES_SHOWN = 20
CALIBRATION = " Its confidence and its accuracy differ by {:.1f} points on average, on these pairs."
OPEN_ONE = " Confidence is not understanding: open a mistake and ask why."


def intro(*, rows: int, megabytes: int) -> str:
    return (
        f'<p class="says">A file of pairs, up to {rows:,} rows and {megabytes} MB of text: CSV, tab-separated, JSON lines or '
        "a JSON array, compressed or not, with the columns <code>premise</code>, <code>hypothesis</code> and, if annotators "
        "have labelled them, <code>label</code>; or in the layout of SNLI, MultiNLI, XNLI, ANLI and other data sets. "
        "Without column names the order is premise, hypothesis, label.</p>"
    )


def judged(
    name: str,
    *,
    model: str,
    answers: int,
    bad_rows: int,
    explained: int,
    max_rows: int | None,
    notes: Sequence[str],
) -> str:
    """How many pairs of which file were judged, by which model, what was left out, and what its labels lack.

    Args:
        max_rows: beyond which rows were left out; None where none were.
    """
    text = f"{name}: {model} judged {count(answers, 'pair')}."
    if explained:
        text += f" The words of {count(explained, 'pair')} have scores."
    if bad_rows:
        text += f" {count(bad_rows, 'row')} could not be read."
    if max_rows:
        text += (
            f" Rows beyond the first {max_rows:,} were left out: python -m bertmini_demo.training evaluate --predictions "
            "takes a file of any size."
        )
    return says(" ".join((text, *notes)))


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def bad_rows(rows: Sequence[BadRow], *, total: int) -> str:
    """The first rows that could not be read, each by its line."""
    if not rows:
        return ""
    items = "".join(f"<li>{escape(str(row))}</li>" for row in rows)
    more = f"<p>And {total - len(rows):,} more.</p>" if total > len(rows) else ""
    return f'<ul class="differing">{items}</ul>{more}'


def verdicts(counts: Counter[str], labels: Sequence[str]) -> str:
    """How often each label was given."""
    rows = [
        (label_name(label), f"{counts[label]:,}", f"{counts[label] / counts.total():.1%}") for label in labels
    ]
    return rendering.open_table(("Verdict", "Pairs", "Share"), rows)


def measured(tally: Tally, calibration: dict | None) -> str:
    """Accuracy with its interval, and the most confident mistakes, each with a button that opens it."""
    low, high = tally.accuracy_interval
    text = (
        f"Of {count(tally.pairs, 'pair')} with a label the model gets {tally.accuracy:.1%} right (95 % interval "
        f"{low:.1%} to {high:.1%})."
    )
    if len(tally.labels) == 2:
        text += " Neutral and contradiction count as one: not entailment."
    if calibration:
        text += CALIBRATION.format(100 * calibration["expected_calibration_error"])
    mistakes = tally.mistakes
    if not mistakes:
        return says(text)
    heading = "Its most confident mistake" + (f"s, {len(mistakes)} of them" if len(mistakes) > 1 else "")
    return f'{says(text + OPEN_ONE)}<h4>{heading}</h4><ul class="differing">{"".join(map(mistake, mistakes))}</ul>'


def mistake(answer: Answer) -> str:
    """One pair whose label the model does not predict."""
    pair, prediction = answer.pair, answer.prediction
    return (
        f"<li>Line {pair.line}: <bdi>{escape(pair.premise)}</bdi> · <bdi>{escape(pair.hypothesis)}</bdi>: labelled "
        f"{label_name(pair.label)}, predicted {label_name(prediction.label)} "
        f"({prediction.probabilities[prediction.label]:.0%}) {open_button(pair.premise, pair.hypothesis)}</li>"
    )
