"""Reads text and sentence pairs, plain or packed with xz or bz2."""

import bz2
import json
import logging
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bertmini_demo.errors import DataError
from bertmini_demo.pairs import COLUMNS, KNOWN_LABELS, pair_of

log = logging.getLogger(__name__)

OPENERS = {".xz": lzma.open, ".bz2": bz2.open}
WARNINGS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled sentence pair; ``origin`` keeps the other keys of its line, such as HANS's subcase."""

    premise: str
    hypothesis: str
    label: str
    origin: dict[str, str]


def open_text(path: Path) -> IO[str]:
    """Opens a UTF-8 file for reading, unpacking .xz and .bz2 by their ending.

    Raises:
        DataError: there is no such file.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}. Name an existing text or JSON-lines file.")
    return OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8", errors="replace")


def read_lines(path: Path) -> Iterator[str]:
    """Yields the lines of a file, unpacked.

    Raises:
        DataError: there is no such file, or it cannot be unpacked to its end.
    """
    with open_text(path) as lines:
        try:
            yield from lines
        except (EOFError, OSError, lzma.LZMAError) as error:
            raise DataError(f"{path} is damaged and cannot be unpacked: {error}. Fetch it again.") from error


def holds_pairs(path: Path) -> bool:
    """Whether the name says JSON lines (.jsonl, .jsonl.xz, .jsonl.bz2) rather than text."""
    return ".jsonl" in path.suffixes


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


def read_pairs(path: Path) -> list[Pair]:
    """Reads JSON lines with the keys premise, hypothesis and label.

    A line that is not such an object is skipped; the first few are named in warnings, then counted.

    Raises:
        DataError: no file, or not one valid pair in it.
    """
    pairs, skipped = [], 0
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            pairs.append(parse_pair(line))
        except (ValueError, RecursionError) as error:
            skipped += 1
            if skipped <= WARNINGS_SHOWN:
                log.warning("%s, line %d skipped: %s", path, number, error)
    if skipped:
        log.warning("%s: %d of %d lines skipped", path, skipped, skipped + len(pairs))
    if not pairs:
        raise DataError(
            f"{path} holds no valid pair. Each line must be a JSON object with the keys "
            f"premise, hypothesis and label (one of {', '.join(KNOWN_LABELS)})."
        )
    return pairs


def parse_pair(line: str) -> Pair:
    """One JSON line as a Pair.

    Raises:
        ValueError: not JSON, not an object, or no labelled pair.
    """
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError(f"expected a JSON object, found {type(row).__name__}")
    found = pair_of(row, labelled=True)
    others = {key: str(value) for key, value in row.items() if key not in COLUMNS}
    return Pair(found.premise, found.hypothesis, found.label, origin=others)
