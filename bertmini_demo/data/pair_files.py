"""Reads sentence pairs as people have them: CSV, tab-separated or JSON lines, with a label or without.

What is no pair is told by its line and never stops the rest. A file is read line by line; only ``read_text`` and
``read_file`` hold all of it.
"""

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from bertmini_demo.errors import InputError
from bertmini_demo.results import HYPOTHESIS, LABELS, PREMISE

KNOWN_LABELS = (*LABELS, "not_entailment")
LABEL = "label"
NAMES = {  # of a column or key, and what SNLI, MultiNLI and HANS call it
    PREMISE: (PREMISE, "sentence1"),
    HYPOTHESIS: (HYPOTHESIS, "sentence2"),
    LABEL: (LABEL, "gold_label"),
}
COLUMNS = tuple(chain.from_iterable(NAMES.values()))
NO_LABEL = ("", "-")  # SNLI's dash: people did not agree
LINES_OF_A_ROW = (
    50  # a quoted CSV field may go over so many; a quotation mark open for longer was not meant so
)
SAMPLE = 4096  # of bytes or characters, that tell what a file or a row is
BLANK = "\ufeff \t\r\n"
WAY_OUT = "Save it as CSV in UTF-8 or as JSON lines."


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, the line it begins on (from 1), and its label: one of KNOWN_LABELS, or None."""

    line: int
    premise: str
    hypothesis: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line (from 1) that is no pair, and why."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Pairs:
    """What a text or file held, in its order; ``more`` where rows beyond the most that are read were left out."""

    pairs: tuple[Pair, ...]
    faults: tuple[Fault, ...]
    more: bool


def read_text(text: str, *, most: int, labelled: bool | None = False) -> Pairs:
    """The pairs of pasted text; ``most`` rows are read.

    Args:
        labelled: where it is on, a pair without a label is a fault, too; where it is None, labels are not looked at.

    Raises:
        InputError: a first row that names some columns, but not premise and hypothesis; field "pairs".
    """
    return collect(read_pairs(StringIO(text, newline=None), labelled=labelled), most=most)


def read_file(path: Path, *, most: int, megabytes: float, labelled: bool | None = False) -> Pairs:
    """The pairs of a file in UTF-8; see :func:`read_text`.

    Raises:
        InputError: the file is too large or not text, or as in :func:`read_text`.
    """
    size = path.stat().st_size
    if size > megabytes * 1e6:
        raise InputError(
            f"The file has {size / 1e6:,.1f} MB; the limit is {megabytes:g} MB. Split it.", field="pairs"
        )
    with path.open("rb") as file:
        if b"\0" in file.read(SAMPLE):
            raise InputError(f"The file is not text in UTF-8. {WAY_OUT}", field="pairs")
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        return collect(read_pairs(lines, labelled=labelled), most=most)


def collect(rows: Iterator[Pair | Fault], *, most: int) -> Pairs:
    found = list(islice(rows, most))
    return Pairs(
        pairs=tuple(row for row in found if isinstance(row, Pair)),
        faults=tuple(row for row in found if isinstance(row, Fault)),
        more=next(rows, None) is not None,
    )


def read_pairs(lines: Iterable[str], *, labelled: bool | None = False) -> Iterator[Pair | Fault]:
    """One pair or fault for each row that is not blank, in order and in constant memory.

    The first row tells the format: JSON lines begin with a brace, tab-separated ones hold a tab, others are CSV with
    commas or semicolons. Where it names columns they are found by their names; else they are premise, hypothesis and,
    if there is a third, label.

    Raises:
        InputError: the first row names some columns, but not premise and hypothesis; field "pairs".
    """
    numbered = enumerate(lines, start=1)
    for line, text in numbered:
        if text.strip(BLANK):
            rows = rows_of(chain([(line, text.removeprefix("\ufeff"))], numbered), first=text.strip(BLANK))
            break
    else:
        return
    for line, row in rows:
        if isinstance(row, Fault):
            yield row
            continue
        try:
            yield pair_of(row, line=line, labelled=labelled)
        except ValueError as error:
            yield Fault(line, reason(error))


Row = Mapping[str, object] | Fault
Numbered = tuple[int, str]


def rows_of(lines: Iterator[Numbered], *, first: str) -> Iterator[tuple[int, Row]]:
    """Each row as (line, values by column or key), or what is wrong with it."""
    if first.startswith(("{", "[")):
        yield from ((line, json_row(text, line=line)) for line, text in lines if text.strip(BLANK))
        return
    columns, heading = None, True
    for line, row in cells_of(lines, delimiter=delimiter_of(first)):
        if isinstance(row, Fault):
            yield line, row
        elif not heading or (columns := header(row)) is None:
            yield line, named(row, columns, line=line)
        heading = False


def json_row(text: str, *, line: int) -> Row:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Fault(line, reason(error))
    return (
        row if isinstance(row, dict) else Fault(line, f"expected a JSON object, found {type(row).__name__}.")
    )


def delimiter_of(text: str) -> str:
    """A tab where there is one; a semicolon where it gives columns that are named, labelled, or of the right number
    when a comma does not; else a comma."""
    if "\t" in text:
        return "\t"
    commas, semicolons = (next(csv.reader([text[:SAMPLE]], delimiter=sign)) for sign in ",;")
    right = [2 <= len(row) <= len(NAMES) for row in (commas, semicolons)]
    labelled = right[1] and semicolons[-1].strip().lower() in KNOWN_LABELS
    return ";" if names_of(semicolons) or labelled or right == [False, True] else ","


def cells_of(lines: Iterator[Numbered], *, delimiter: str) -> Iterator[tuple[int, list[str] | Fault]]:
    """Each row as (line it begins on, its cells); where quotation marks spoil one, the line after it is a row again."""
    waiting: deque[Numbered] = deque()

    def feed(taken: list[Numbered]) -> Iterator[str]:
        while len(taken) < LINES_OF_A_ROW and (one := waiting.popleft() if waiting else next(lines, None)):
            taken.append(one)
            yield one[1]

    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL  # tab-separated text quotes nothing
    while True:
        taken: list[Numbered] = []
        try:
            row = next(csv.reader(feed(taken), delimiter=delimiter, quoting=quoting, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            waiting.extendleft(reversed(taken[1:]))
            yield taken[0][0], Fault(taken[0][0], f"not CSV: {error}. Look at its quotation marks.")
            continue
        if any(cell.strip() for cell in row):
            yield taken[0][0], row


def names_of(row: list[str]) -> dict[str, int]:
    """Which of NAMES stand in a row, and where."""
    cells = [cell.strip().lower() for cell in row]
    found = {name: [cells.index(one) for one in known if one in cells] for name, known in NAMES.items()}
    return {name: places[0] for name, places in found.items() if places}


def header(row: list[str]) -> dict[str, int] | None:
    """The place of each column that a first row names; None where it names none.

    Raises:
        InputError: it names some, but not premise and hypothesis.
    """
    found = names_of(row)
    if found and not {PREMISE, HYPOTHESIS} <= set(found):
        raise InputError(
            f"The first row names the columns {', '.join(cell.strip() for cell in row)}; premise and hypothesis must be "
            "among them, label may be.",
            field="pairs",
        )
    return found or None


def named(row: list[str], columns: Mapping[str, int] | None, *, line: int) -> Row:
    """A row's cells by the names of their columns."""
    if columns is None:
        if not 2 <= len(row) <= len(NAMES):
            return Fault(
                line,
                f"expected premise, hypothesis and perhaps a label, found {len(row)} columns. A sentence that holds the "
                "sign between columns goes into quotation marks.",
            )
        columns = {name: place for place, name in enumerate(NAMES) if place < len(row)}
    return {name: row[place] for name, place in columns.items() if place < len(row)}


def pair_of(row: Mapping[str, object], *, line: int = 1, labelled: bool | None = False) -> Pair:
    """A row as a pair; its keys may be any of NAMES.

    Raises:
        ValueError: a sentence or, where it is asked for, the label is missing, blank or not text; half a surrogate pair;
            an unknown label.
    """
    values = {name: next((row[one] for one in known if one in row), None) for name, known in NAMES.items()}
    for name in (PREMISE, HYPOTHESIS):
        if not isinstance(values[name], str):
            raise ValueError(
                f"the {name} is missing." if values[name] is None else f"the {name} is not text."
            )
        if not values[name].strip():
            raise ValueError(f"the {name} is empty.")
        values[name].encode()  # bytes that are no UTF-8, or half a surrogate pair, stand for no character
    label = None if labelled is None else label_of(values[LABEL])
    if labelled and label is None:
        raise ValueError(f"the label is missing. It is one of {', '.join(KNOWN_LABELS)}.")
    return Pair(line, values[PREMISE].strip(), values[HYPOTHESIS].strip(), label)


def label_of(value: object) -> str | None:
    """A label in any of its spellings; None where there is none.

    Raises:
        ValueError: it is none of KNOWN_LABELS; a number is none, since models do not count labels alike.
    """
    if value is None or (isinstance(value, str) and value.strip() in NO_LABEL):
        return None
    label = str(value).strip().lower().replace(" ", "_").replace("-", "_")
    label = "not_entailment" if label == "non_entailment" else label
    if label not in KNOWN_LABELS:
        raise ValueError(f"the label {str(value)[:40]!r} is none of {', '.join(KNOWN_LABELS)}.")
    return label


def reason(error: Exception) -> str:
    """What is wrong with a row, for the person who wrote it."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}."
    if isinstance(error, UnicodeEncodeError):
        return "it holds bytes that are not UTF-8, or half a surrogate pair."
    return "nested too deeply." if isinstance(error, RecursionError) else str(error)
