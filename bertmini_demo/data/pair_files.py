"""Reads sentence pairs as people have them: the one reader of the page and of every command.

CSV, tab-separated text, JSON lines or a JSON array, plain or compressed, in the layouts and with the labels of the field's
data sets. A row that is no pair is reported by its line and never stops the rest. A file is read row by row, in constant
memory; only :func:`read_text` and :func:`read_file` hold all of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO

from bertmini_demo.data.json_rows import array_rows, find_array, line_rows
from bertmini_demo.data.label_words import (
    KNOWN_LABELS,
    LABELS,
    NEUTRAL,
    NOT_ENTAILMENT,
    TWO_WAY_WORDS,
    missing_labels,
    normalise,
)
from bertmini_demo.data.numbered_lines import BLANK
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_layouts import pair_of
from bertmini_demo.data.table_rows import has_header, table_rows
from bertmini_demo.data.text_encoding import open_text
from bertmini_demo.errors import DataError, InputError

SAMPLE = 1 << 16  # characters that show how a file is written
WORDS_SHOWN = 3
Labels = Literal["optional", "required", "ignored"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """What a text or file held, in its order.

    Attributes:
        more: whether rows beyond the limit were left out.
        notes: plain sentences on its labels: what was not understood, what is missing.
    """

    pairs: tuple[Pair, ...]
    bad_rows: tuple[BadRow, ...]
    more: bool
    notes: tuple[str, ...] = ()


def read_text(text: str, *, max_rows: int, labels: Labels = "optional") -> Pairs:
    """The pairs of pasted text; at most ``max_rows`` rows are read.

    Args:
        labels: "required": a pair without a label that is understood is a bad row; "ignored": no label is looked at.

    Raises:
        InputError: its layout is not known; field "pairs".
    """
    try:
        return collect(
            read_pairs(StringIO(text, newline=None), labels=labels), max_rows=max_rows, labels=labels
        )
    except DataError as error:
        raise InputError(str(error), field="pairs") from error


def read_file(path: Path, *, max_rows: int, megabytes: float, labels: Labels = "optional") -> Pairs:
    """The pairs of a visitor's file; see :func:`read_text`.

    Args:
        megabytes: of its text, decompressed.

    Raises:
        InputError: the file is too large, not text, damaged, or of unknown layout; field "pairs".
    """
    try:
        with open_text(path, max_bytes=megabytes * 1e6) as stream:
            return collect(read_pairs(stream, labels=labels), max_rows=max_rows, labels=labels)
    except DataError as error:
        raise InputError(str(error), field="pairs") from error


def collect(rows: Iterator[Pair | BadRow], *, max_rows: int, labels: Labels) -> Pairs:
    """At most so many rows, sorted into pairs and others, with what is to be said of the labels."""
    read = list(islice(rows, max_rows))
    pairs = resolve_two_way_labels([row for row in read if isinstance(row, Pair)])
    bad_rows = [row for row in read if isinstance(row, BadRow)]
    notes = label_notes(pairs) if labels != "ignored" else ()
    if labels == "required":
        bad_rows += [without_label(pair) for pair in pairs if pair.label is None]
        pairs = [pair for pair in pairs if pair.label]
    return Pairs(
        pairs=tuple(pairs),
        bad_rows=tuple(sorted(bad_rows, key=lambda row: row.line)),
        more=next(rows, None) is not None,
        notes=notes,
    )


def read_pairs(
    stream: TextIO,
    *,
    labels: Labels = "optional",
    order: Mapping[int, str] | None = None,
    graded: bool = False,
) -> Iterator[Pair | BadRow]:
    """One pair or bad row for each row that is not blank, in order and in constant memory.

    A label that is not understood leaves a pair without one; :func:`collect` and the commands decide about it.

    Args:
        stream: a text that can be read again from its start.
        order: what numbers mean as labels.
        graded: whether the probabilities of labels are read.

    Raises:
        DataError: its layout is not known.
    """
    sample = stream.read(SAMPLE)
    stream.seek(0)
    for row in rows_of(stream, sample):
        if isinstance(row, BadRow):
            yield row
            continue
        line, values = row
        try:
            yield pair_of(values, line=line, labels=labels != "ignored", order=order, graded=graded)
        except UnicodeEncodeError:
            yield BadRow(line, "it holds bytes that are not UTF-8, or half a surrogate pair.")
        except ValueError as error:
            yield BadRow(line, str(error))


def rows_of(stream: TextIO, sample: str) -> Iterator[tuple[int, Mapping[str, object]] | BadRow]:
    """Each row as (line, values by column or key); how the text is written is found from its beginning."""
    if not sample.strip(BLANK).startswith(("{", "[")):
        return table_rows(stream, sample)
    start = find_array(sample)
    return line_rows(stream) if start is None else array_rows(stream, start)


def looks_like_pairs(sample: str) -> bool:
    """Whether a text begins with named columns, or an object with keys, of sentence pairs."""
    if not sample.strip(BLANK).startswith(("{", "[")):
        return has_header(sample)
    row = next(rows_of(StringIO(sample), sample))
    try:
        return not isinstance(row, BadRow) and bool(pair_of(row[1]))
    except ValueError:
        return False


def resolve_two_way_labels(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs with "no" and "false" as not_entailment where no other label says that there are three."""
    words = {normalise(pair.label_text) for pair in pairs if pair.label_text}
    labels = {pair.label for pair in pairs if not is_two_way(pair)}
    if not words & set(TWO_WAY_WORDS) or labels & {NEUTRAL, *LABELS[2:]}:
        return list(pairs)
    return [replace(pair, label=NOT_ENTAILMENT) if is_two_way(pair) else pair for pair in pairs]


def is_two_way(pair: Pair) -> bool:
    """Whether the label is a word that means "does not follow" in sets of two labels."""
    return pair.label is not None and normalise(pair.label_text or "") in TWO_WAY_WORDS


def label_notes(pairs: Iterable[Pair]) -> tuple[str, ...]:
    """Plain sentences on labels that were not understood, and on labels that no pair has; none where none was given."""
    labels, unread, two_way = Counter(), Counter(), set()
    for pair in pairs:
        if pair.label:
            labels[pair.label] += 1
            if pair.label == NOT_ENTAILMENT and normalise(pair.label_text or "") in TWO_WAY_WORDS:
                two_way.add(pair.label_text)
        elif pair.label_text:
            unread[pair.label_text] += 1
    notes = [unread_note(unread)] if unread else []
    if two_way:
        quoted = " and ".join(f"“{word}”" for word in sorted(two_way))
        notes.append(f"{quoted} is read as not_entailment, since there is no third label.")
    if labels and (missing := missing_labels(labels)):
        counts = ", ".join(f"{label} {labels[label]:,}" for label in KNOWN_LABELS if labels[label])
        notes.append(f"No pair is labelled {' or '.join(missing)} (labels read: {counts}).")
    return tuple(notes)


def unread_note(unread: Counter[str]) -> str:
    """A sentence on labels that were not understood, the most frequent first."""
    shown = ", ".join(f"“{word[:40]}” ({count:,})" for word, count in unread.most_common(WORDS_SHOWN))
    more = ", …" if len(unread) > WORDS_SHOWN else ""
    count = unread.total()
    return (
        f"The {'label' if count == 1 else 'labels'} of {count:,} {'pair is' if count == 1 else 'pairs are'} not "
        f"understood: {shown}{more}.{NUMBERS_ADVICE if any(map(is_number, unread)) else ''}"
    )


NUMBERS_ADVICE = (
    " Data sets count labels differently: say what the numbers mean in the name of the column, as in “label "
    "(0=entailment, 1=neutral, 2=contradiction)”."
)


def is_number(text: str) -> bool:
    """Whether a label is a number, whatever its meaning."""
    return text.strip().lstrip("-").replace(".", "", 1).isdecimal()


def without_label(pair: Pair) -> BadRow:
    """Why a pair cannot be used where a label is required."""
    known = f"It is one of {', '.join(KNOWN_LABELS)}."
    if pair.label_text is None:
        return BadRow(pair.line, f"the label is missing. {known}")
    advice = NUMBERS_ADVICE if is_number(pair.label_text) else f" {known}"
    return BadRow(pair.line, f"the label {pair.label_text[:40]!r} is not understood.{advice}")
