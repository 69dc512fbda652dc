"""A visitor's own pairs: rows of a table, checked by their number, and a part of them held out."""

from collections.abc import Sequence
from random import Random

from bertmini_demo.data.pair_files import Pair, pair_of
from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, TWO_LABELS, fold_label

COLUMNS = (PREMISE, HYPOTHESIS, "label")
LEAST_PAIRS = 8
ONE_IN = 4  # pairs is held out
TOLD = 3  # rows that are wrong, in one message


def check_rows(rows: Sequence[Sequence[object]], model: NLIModel) -> list[Pair]:
    """The pairs in a table, each with its row counted from 1; rows that are quite empty are none.

    Returns:
        pairs whose labels are the model's own: where it knows two, what does not follow is not entailed.

    Raises:
        InputError: rows that are no labelled pair, or that the model cannot read or has no label for; or too few or
            too many. The field is "pairs".
    """
    pairs, wrong = [], []
    for number, row in enumerate(rows, start=1):
        cells = ["" if cell is None else str(cell) for cell in row]
        if not any(cell.strip() for cell in cells):
            continue
        try:
            pairs.append(
                readable(pair_of(dict(zip(COLUMNS, cells, strict=False)), line=number, labelled=True), model)
            )
        except (ValueError, InputError) as error:
            wrong.append(f"Row {number}: {error}")
    if wrong:
        more = f" And {len(wrong) - TOLD} more." if len(wrong) > TOLD else ""
        raise InputError(" ".join(wrong[:TOLD]) + more, field="pairs")
    most = model.settings.train_pairs
    if not LEAST_PAIRS <= len(pairs) <= most:
        raise InputError(
            f"There are {len(pairs)} pairs; training takes from {LEAST_PAIRS} to {most}.", field="pairs"
        )
    return pairs


def readable(pair: Pair, model: NLIModel) -> Pair:
    """The pair with the label as the model has it.

    Raises:
        InputError: a sentence that the model cannot read, or a label that it does not have.
    """
    model.encode(pair.premise, pair.hypothesis)
    if pair.label not in model.labels and len(model.labels) != len(TWO_LABELS):
        raise InputError(
            f"the label {pair.label} is none of this model’s: {', '.join(model.labels)}.", field="pairs"
        )
    return Pair(pair.line, pair.premise, pair.hypothesis, fold_label(pair.label, model.labels))


def hold_out(pairs: Sequence[Pair], *, seed: int = 0) -> tuple[list[Pair], list[Pair]]:
    """The pairs to learn from, and every fourth that is kept from training; of each label as evenly as can be."""
    shuffled = list(pairs)
    Random(seed).shuffle(shuffled)
    shuffled.sort(key=lambda pair: pair.label)  # within a label the order stays shuffled
    held_out = shuffled[ONE_IN - 1 :: ONE_IN]
    return [pair for number, pair in enumerate(shuffled, start=1) if number % ONE_IN], held_out
