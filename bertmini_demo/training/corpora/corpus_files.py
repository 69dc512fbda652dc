"""Reads text and labelled sentence pairs for the commands."""

import argparse
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bertmini_demo.data.label_words import KNOWN_LABELS, missing_labels, order_of
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import (
    SAMPLE,
    Pairs,
    label_notes,
    looks_like_pairs,
    resolve_two_way_labels,
    without_label,
)
from bertmini_demo.data.pair_files import read_pairs as read_rows
from bertmini_demo.data.text_encoding import open_text, read_beginning
from bertmini_demo.errors import DataError
from bertmini_demo.results import LABELS

log = logging.getLogger(__name__)

WARNINGS_SHOWN = 5
DATA_HELP = "files of labelled pairs: JSON lines, a JSON array, CSV or tab-separated, compressed or not"


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how files of pairs are read."""
    parser.add_argument(
        "--label-order",
        type=label_order,
        metavar="LABELS",
        help="what labels that are numbers mean, from 0 on, such as entailment,neutral,contradiction",
    )
    parser.add_argument("--encoding", help="encoding of the files, such as cp1252 (default: detected)")


def label_order(text: str) -> dict[int, str]:
    """The option --label-order as the meaning of each number.

    Raises:
        ArgumentTypeError: the text names no order of labels.
    """
    try:
        return order_of(text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def reading(arguments: argparse.Namespace) -> dict:
    """The keyword arguments of :func:`read_labelled` that the options of a command give."""
    return {"order": arguments.label_order, "encoding": arguments.encoding}


def read_lines(path: Path) -> Iterator[str]:
    """Yields the lines of a text file, decompressed.

    Raises:
        DataError: there is no such file, it is no text, or it is damaged.
    """
    with open_text(path, errors="replace") as lines:
        yield from lines


def holds_pairs(path: Path) -> bool:
    """Whether a file holds sentence pairs rather than running text, by its name or its beginning.

    Raises:
        DataError: there is no such file, or it is no text.
    """
    return ".jsonl" in path.suffixes or looks_like_pairs(read_beginning(path, SAMPLE))


def read_documents(path: Path) -> Iterator[list[str]]:
    """Yields documents as lists of lines; an empty line ends a document."""
    document: list[str] = []
    for line in read_lines(path):
        line = line.strip()
        if line:
            document.append(line)
        elif document:
            yield document
            document = []
    if document:
        yield document


def read_unlabelled(path: Path) -> Iterator[Pair]:
    """Yields the pairs of a file, whatever their labels, in constant memory; rows that are none are counted in a warning.

    Raises:
        DataError: no such file, not text, of unknown layout, or without one pair.
    """
    pairs = bad_rows = 0
    with open_text(path) as stream:
        for row in read_rows(stream, labels="ignored"):
            if isinstance(row, Pair):
                pairs += 1
                yield row
            else:
                bad_rows += 1
    if not pairs:
        raise DataError(f"{path} holds no sentence pair.")
    if bad_rows:
        log.warning("%s: %d of %d rows skipped", path, bad_rows, bad_rows + pairs)


def read_graded(
    path: Path, *, order: Mapping[int, str] | None = None, encoding: str | None = None
) -> list[Pair]:
    """The pairs of a file with the labels and probabilities that they have; rows that are none are counted in a warning.

    Args:
        order: what numbers mean as labels.
        encoding: None detects it.

    Raises:
        DataError: no such file, not text, of unknown layout, or without one pair.
    """
    with open_text(path, encoding=encoding) as stream:
        rows = list(read_rows(stream, order=order, graded=True))
    pairs = resolve_two_way_labels([row for row in rows if isinstance(row, Pair)])
    bad_rows = [row for row in rows if isinstance(row, BadRow)]
    if not pairs:
        raise DataError(f"{path} holds no sentence pair.{f' {bad_rows[0]}' if bad_rows else ''}")
    for row in bad_rows[:WARNINGS_SHOWN]:
        log.warning("%s, line %d skipped: %s", path, row.line, row.message)
    if bad_rows:
        log.warning("%s: %d of %d rows skipped", path, len(bad_rows), len(rows))
    for note in label_notes(pairs):
        log.warning("%s: %s", path, note)
    return pairs


def read_labelled(
    path: Path, *, order: Mapping[int, str] | None = None, encoding: str | None = None
) -> Pairs:
    """All labelled pairs of a file. The first rows that are none are named in warnings, then counted.

    Args:
        order: what numbers mean as labels.
        encoding: None detects it.

    Raises:
        DataError: no such file, not text, of unknown layout, or without one labelled pair.
    """
    pairs: list[Pair] = []
    bad_rows = 0
    first_bad: list[BadRow] = []
    with open_text(path, encoding=encoding) as stream:
        for row in read_rows(stream, order=order, graded=True):
            if isinstance(row, Pair):
                pairs.append(row)
                continue
            bad_rows += 1
            first_bad += [row] if len(first_bad) < WARNINGS_SHOWN else []
    pairs = resolve_two_way_labels(pairs)
    notes = label_notes(pairs)
    unlabelled = [pair for pair in pairs if pair.label is None]
    bad_rows += len(unlabelled)
    first_bad += [without_label(pair) for pair in unlabelled[: WARNINGS_SHOWN - len(first_bad)]]
    labelled = [pair for pair in pairs if pair.label]
    if not labelled:
        first = f" {first_bad[0]}" if first_bad else " It is empty."
        raise DataError(
            f"{path} holds no labelled pair.{first} A pair has a premise, a hypothesis and a label (one of "
            f"{', '.join(KNOWN_LABELS)})."
        )
    report(path, first_bad, bad_rows=bad_rows, rows=bad_rows + len(labelled), notes=notes)
    return Pairs(tuple(labelled), tuple(first_bad), more=False, notes=notes)


def report(
    path: Path, first_bad: Sequence[BadRow], *, bad_rows: int, rows: int, notes: Sequence[str]
) -> None:
    """Logs what was wrong with a file: the first bad rows, how many there are, and the notes on its labels."""
    for row in first_bad:
        log.warning("%s, line %d skipped: %s", path, row.line, row.message)
    if bad_rows:
        log.warning("%s: %d of %d rows skipped", path, bad_rows, rows)
    for note in notes:
        log.warning("%s: %s", path, note)


def read_pairs(
    path: Path, *, order: Mapping[int, str] | None = None, encoding: str | None = None
) -> list[Pair]:
    """The labelled pairs of a file; see :func:`read_labelled`."""
    return list(read_labelled(path, order=order, encoding=encoding).pairs)


def labelled_pairs(
    paths: Sequence[Path],
    *,
    blank_premises: bool = False,
    order: Mapping[int, str] | None = None,
    encoding: str | None = None,
) -> list[Pair]:
    """The pairs of all files whose label is one of the three.

    Raises:
        DataError: a file has no labelled pair, or all files together none with one of the three labels.
    """
    pairs = [pair for path in paths for pair in read_pairs(path, order=order, encoding=encoding)]
    three_way = [pair for pair in pairs if pair.label in LABELS]
    if not three_way:
        raise DataError(f"None of the pairs has a label among {', '.join(LABELS)}.")
    if len(three_way) < len(pairs):
        log.warning("left out, since labelled not_entailment: %d pairs", len(pairs) - len(three_way))
    return [replace(pair, premise="") for pair in three_way] if blank_premises else three_way


def check_labels(pairs: Sequence[Pair]) -> None:
    """Warns of a label that no pair has.

    Raises:
        DataError: all have the same label, so that there is nothing to learn. Pairs with probabilities are not checked.
    """
    counts = Counter(pair.label for pair in pairs)
    if any(pair.probabilities for pair in pairs):
        return
    if len(counts) == 1:
        raise DataError(
            f"All {len(pairs):,} pairs are labelled {pairs[0].label}: from one label a classifier learns nothing. Give "
            "pairs of at least two labels."
        )
    if missing := missing_labels(counts):
        log.warning("No pair is labelled %s: the classifier will not learn that label", " or ".join(missing))
