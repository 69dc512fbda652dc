"""The sentences of the workbench, each about the visitor's pairs, models and copies."""

from collections.abc import Mapping, Sequence

from bertmini_demo.data.metrics import Tally
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import TWO_LABELS


def count(number: int, what: str) -> str:
    """A number of things: "1 pair", "2 pairs"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def judged(
    name: str,
    *,
    model: str,
    pairs: int,
    bad_rows: int,
    explained: int,
    max_rows: int | None,
    notes: Sequence[str],
) -> str:
    """How many pairs of which file were judged, by which model, what was left out, and what its labels lack.

    Args:
        max_rows: beyond which rows were left out; None where none were.
    """
    sentences = [f"{model} judged {count(pairs, 'pair')} of {name}."]
    if explained:
        sentences.append(f"The words of {count(explained, 'pair')} have scores.")
    if bad_rows:
        sentences.append(f"{count(bad_rows, 'row')} could not be read.")
    if max_rows:
        sentences.append(
            f"Rows beyond the first {max_rows:,} were left out; python -m bertmini_demo.training evaluate --predictions "
            "takes a file of any size."
        )
    return " ".join((*sentences, *notes))


def measured(tally: Tally) -> str:
    """Accuracy with its interval."""
    low, high = tally.accuracy_interval
    sentence = (
        f"Of {count(tally.pairs, 'pair')} with a label, the model gets {tally.accuracy:.1%} right (95 % interval "
        f"{low:.1%} to {high:.1%})."
    )
    if len(tally.labels) == len(TWO_LABELS):
        sentence += " Neutral and contradiction count as one label: not entailment."
    return sentence


def confused(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """The most common mistake.

    Args:
        confusion: counts by label, then by verdict.
    """
    share, truth, verdict = max(
        (number / max(sum(row.values()), 1), truth, verdict)
        for truth, row in confusion.items()
        for verdict, number in row.items()
        if verdict != truth
    )
    if not share:
        return "It makes no mistake on these pairs."
    return f"Its most common mistake is to predict {label_name(verdict)} for pairs labelled {label_name(truth)} ({percent(share)} of them)."


def calibrated(calibration: Mapping) -> str:
    """How far confidence and accuracy differ."""
    points = 100 * calibration["expected_calibration_error"]
    return (
        f"On these pairs its confidence and its accuracy differ by {points:.1f} percentage points on average."
    )
