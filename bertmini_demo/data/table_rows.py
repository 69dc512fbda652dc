"""Rows of a table: CSV with commas, semicolons or bars, or tab-separated, quoted or not."""

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TextIO

from bertmini_demo.data.label_words import WORDS, normalise
from bertmini_demo.data.numbered_lines import Line, NumberedLines
from bertmini_demo.data.pair import BadRow
from bertmini_demo.data.pair_layouts import LABEL, UnknownLayout, layout_of, names_columns
from bertmini_demo.errors import DataError
from bertmini_demo.results import HYPOTHESIS, PREMISE

TableRow = tuple[int, Mapping[str, object]] | BadRow
DELIMITERS = "\t,;|"
PLAIN = (PREMISE, HYPOTHESIS, LABEL)  # the columns of a table without names
LABEL_FIRST = (LABEL, PREMISE, HYPOTHESIS)
SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)  # the first line of what Excel writes
LINES_OF_A_ROW = 50  # a quoted cell may go over so many; a quotation mark open for longer was not meant so
TOO_MANY = "A sentence that holds the sign between columns goes into quotation marks."
TOO_FEW = "Put a tab or a comma between them."
CELLS_SHOWN = 4


def table_rows(stream: TextIO, sample: str) -> Iterator[TableRow]:
    """Each row that is not blank, by its columns. Without column names they are premise, hypothesis, label.

    Args:
        sample: the beginning of the text.

    Raises:
        DataError: the first row names columns, but premise and hypothesis are not among them.
    """
    lines = NumberedLines(stream)
    if separator := SEPARATOR.fullmatch(sample.split("\n", 1)[0].strip("\ufeff \r\n")):
        lines.next()
    delimiter = separator[1] if separator else find_delimiter(sample)
    names: tuple[str, ...] = ()
    for row in cells_of(lines, delimiter=delimiter):
        if isinstance(row, BadRow):
            yield row
            continue
        line, cells = row
        if not names:
            header = read_header(cells)
            names = header or columns_of(cells)
            if header:
                continue
        yield by_name(line, cells, names, headed=bool(header))


def has_header(sample: str) -> bool:
    """Whether the first row of a text names the columns of pairs."""
    row = next(cells_of(NumberedLines(StringIO(sample)), delimiter=find_delimiter(sample)), BadRow(1, ""))
    try:
        return not isinstance(row, BadRow) and read_header(row[1]) is not None
    except DataError:
        return False


def read_header(cells: list[str]) -> tuple[str, ...] | None:
    """The names of the columns; None where the first row is no header.

    Raises:
        DataError: it is one, but premise and hypothesis are not among the names.
    """
    if not names_columns(cells):
        return None
    names = tuple(cell.strip() or f"({place})" for place, cell in enumerate(cells, start=1))
    try:
        layout_of(names)
    except UnknownLayout as error:
        raise DataError(f"The layout of these pairs is not known: {error}") from error
    return names


def columns_of(cells: list[str]) -> tuple[str, ...]:
    """What a table without names has in its columns, by its first row: the label comes last, or first."""
    first_is_label = len(cells) == len(PLAIN) and normalise(cells[0]) in WORDS
    return LABEL_FIRST if first_is_label and normalise(cells[-1]) not in WORDS else PLAIN


def by_name(line: int, cells: list[str], names: tuple[str, ...], *, headed: bool) -> TableRow:
    """A row's cells by the names of their columns; a bad row where their number does not fit."""
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) > len(names) or len(cells) < 2:
        expected = f"{len(names)} cells" if headed else "two or three cells (premise, hypothesis, label)"
        shown = ", ".join(repr(cell[:20]) for cell in cells[:CELLS_SHOWN])
        shown += ", …" if len(cells) > CELLS_SHOWN else ""
        advice = TOO_MANY if len(cells) > len(names) else TOO_FEW
        return BadRow(line, f"expected {expected}, got {len(cells):,}: {shown}. {advice}")
    return line, dict(zip(names, cells, strict=False))


def find_delimiter(sample: str) -> str:
    """The sign between columns: the one under which the first row names them; else holds a label at an end; else has
    two or three cells; in case of doubt a tab, then a comma."""

    def fit(delimiter: str) -> tuple[bool, ...]:
        quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        rows = csv.reader(StringIO(sample, newline=""), delimiter=delimiter, quoting=quoting)
        try:
            cells = next((row for row in rows if any(cell.strip() for cell in row)), [])
        except csv.Error:
            return (False,) * 3
        labelled = len(cells) > 2 and any(normalise(cell) in WORDS for cell in (cells[0], cells[-1]))
        return names_columns(cells) and len(cells) > 1, labelled, 2 <= len(cells) <= len(PLAIN)

    best = max(DELIMITERS, key=fit)  # of several that fit equally well the first
    return best if any(fit(best)) else ("\t" if "\t" in sample.split("\n", 1)[0] else ",")


def cells_of(lines: NumberedLines, *, delimiter: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Each row that is not blank as (line it begins on, its cells)."""
    columns = 0
    for first in lines:
        if delimiter == "\t":
            row = tab_cells(first, lines, columns)
        else:
            row = quoted_cells(first, lines, delimiter=delimiter)
        if isinstance(row, BadRow):
            yield row
        elif any(cell.strip() for cell in row):
            columns = columns or len(row)
            yield first[0], row


def tab_cells(first: Line, lines: NumberedLines, columns: int) -> list[str]:
    """The cells of a tab-separated row. Quotation marks are text, as in MultiNLI, unless the row was written with quoted
    cells: then each that has a quotation mark, tab or line break in it is well-formed, or all cells are quoted.

    Args:
        columns: how many the rows before have; 0 for the first one.
    """
    plain = first[1].rstrip("\r\n").split("\t")
    if not any(cell.startswith('"') for cell in plain):
        return plain
    complete = len(plain) == columns or not columns
    quoted = quoted_cells(first, lines, delimiter="\t", max_lines=1 if complete else LINES_OF_A_ROW)
    if isinstance(quoted, BadRow) or (columns and len(quoted) != columns):
        return plain
    needed = any(sign in cell for cell in quoted for sign in '"\t\n')
    all_quoted = first[1].count('"') >= 2 * len(quoted) and all(cell.startswith('"') for cell in plain)
    return quoted if needed or all_quoted else plain


def quoted_cells(
    first: Line, lines: NumberedLines, *, delimiter: str, max_lines: int = LINES_OF_A_ROW
) -> list[str] | BadRow:
    """The cells of a row that may go over several lines; where its quotation marks make no sense, only the first line is
    taken, as a bad row."""
    taken = [first]

    def feed() -> Iterator[str]:
        yield first[1]
        while len(taken) < max_lines and (line := lines.next()):
            taken.append(line)
            yield line[1]

    try:
        return next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        lines.put_back(taken[1:])
        return BadRow(first[0], f"it is not CSV: {error}. Look at its quotation marks.")
