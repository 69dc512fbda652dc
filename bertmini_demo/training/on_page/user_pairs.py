"""A visitor's own pairs: rows of a table, checked by their number, and a part of them held out."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import resolve_two_way_labels, without_label
from bertmini_demo.data.pair_layouts import LABEL, pair_of
from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, TWO_LABELS, fold_label

COLUMNS = (PREMISE, HYPOTHESIS, LABEL)
MIN_PAIRS = 8
ONE_IN = 4  # pairs is held out
ERRORS_SHOWN = 3  # in one message


def check_rows(rows: Sequence[Sequence[object]], model: NLIModel) -> list[Pair]:
    """The pairs in a table, each with its row counted from 1; empty rows are skipped.

    Returns:
        pairs whose labels are the model's own: where it has two, neutral and contradiction become not_entailment.

    Raises:
        InputError: rows that are no labelled pair, or that the model cannot read or has no label for; too few or too
            many; or all of one label. The field is "pairs".
    """
    read = [
        read_row(row, number)
        for number, row in enumerate(rows, start=1)
        if any(str(cell).strip() for cell in row if cell is not None)
    ]
    checked = [
        check_pair(pair, model)
        for pair in resolve_two_way_labels([row for row in read if isinstance(row, Pair)])
    ]
    errors = [row for row in (*read, *checked) if isinstance(row, BadRow)]
    if errors:
        errors.sort(key=lambda row: row.line)
        shown = " ".join(f"Row {row.line}: {row.message}" for row in errors[:ERRORS_SHOWN])
        more = f" And {len(errors) - ERRORS_SHOWN} more." if len(errors) > ERRORS_SHOWN else ""
        raise InputError(shown + more, field="pairs")
    check_numbers(checked, max_pairs=model.settings.train_pairs)
    return checked


def read_row(row: Sequence[object], number: int) -> Pair | BadRow:
    """One row of the table as a pair, or what is wrong with it. ``number`` counts rows from 1."""
    cells = ["" if cell is None else str(cell) for cell in row]
    try:
        return pair_of(dict(zip(COLUMNS, cells, strict=False)), line=number)
    except UnicodeEncodeError:
        return BadRow(number, "it holds half a surrogate pair.")
    except ValueError as error:
        return BadRow(number, str(error))


def check_pair(pair: Pair, model: NLIModel) -> Pair | BadRow:
    """The pair with the label as the model has it; a bad row where the model cannot learn from it."""
    if pair.label is None:
        return without_label(pair)
    if pair.label not in model.labels and len(model.labels) != len(TWO_LABELS):
        return BadRow(
            pair.line, f"the label {pair.label} is not one of this model’s: {', '.join(model.labels)}."
        )
    try:
        model.encode(pair.premise, pair.hypothesis)
    except InputError as error:
        return BadRow(pair.line, str(error))
    return replace(pair, label=fold_label(pair.label, model.labels))


def check_numbers(pairs: Sequence[Pair], *, max_pairs: int) -> None:
    """
    Raises:
        InputError: too few or too many pairs, or all of one label.
    """
    if not MIN_PAIRS <= len(pairs) <= max_pairs:
        raise InputError(
            f"There {'is 1 pair' if len(pairs) == 1 else f'are {len(pairs)} pairs'}; training takes from {MIN_PAIRS} to "
            f"{max_pairs}.",
            field="pairs",
        )
    if len({pair.label for pair in pairs}) == 1:
        raise InputError(
            f"All {len(pairs)} pairs are labelled {pairs[0].label}: a copy would learn to say it always. Add pairs of "
            "another label.",
            field="pairs",
        )


def hold_out(pairs: Sequence[Pair], *, seed: int = 0) -> tuple[list[Pair], list[Pair]]:
    """The pairs to learn from, and every fourth, which is held out; each label in as equal a share as possible."""
    shuffled = list(pairs)
    Random(seed).shuffle(shuffled)
    shuffled.sort(key=lambda pair: pair.label)  # within a label the order stays shuffled
    held_out = shuffled[ONE_IN - 1 :: ONE_IN]
    return [pair for number, pair in enumerate(shuffled, start=1) if number % ONE_IN], held_out
