"""Reads text and sentence pairs, plain or packed with xz or bz2."""

import bz2
import json
import logging
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from bertmini_demo.data.pair_files import COLUMNS, KNOWN_LABELS, pair_of
from bertmini_demo.errors import DataError
from bertmini_demo.results import LABELS

log = logging.getLogger(__name__)

OPENERS = {".xz": lzma.open, ".bz2": bz2.open}
WARNINGS_SHOWN = 5
PROBABILITIES = "probabilities"
ROUNDING = 0.01  # the sum of probabilities written with few digits may be so far from 1


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled sentence pair.

    Attributes:
        origin: the other keys of its line, such as HANS's subcase.
        probabilities: of LABELS, in their order, where a model or several people gave them.
    """

    premise: str
    hypothesis: str
    label: str
    origin: dict[str, str]
    probabilities: tuple[float, ...] | None = None


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
    others = {key: str(value) for key, value in row.items() if key not in (*COLUMNS, PROBABILITIES)}
    return Pair(found.premise, found.hypothesis, found.label, others, probabilities(row.get(PROBABILITIES)))


def probabilities(value: object) -> tuple[float, ...] | None:
    """
    Raises:
        ValueError: they are not a number from 0 to 1 for each of LABELS that sum to 1.
    """
    if value is None:
        return None
    shares = [value.get(label) for label in LABELS] if isinstance(value, dict) else []
    if not shares or not all(isinstance(share, int | float) and 0 <= share <= 1 for share in shares):
        raise ValueError(f"the probabilities are not a number from 0 to 1 for each of {', '.join(LABELS)}.")
    if abs(sum(shares) - 1) > ROUNDING:
        raise ValueError(f"the probabilities sum to {sum(shares):.3f}, not to 1.")
    return tuple(float(share) for share in shares)


def labelled_pairs(paths: list[Path], *, blank_premises: bool = False) -> list[Pair]:
    """The pairs of all files whose label is one of the three.

    Raises:
        DataError: a file has none, or holds two-way labels only.
    """
    pairs = [pair for path in paths for pair in read_pairs(path) if pair.label in LABELS]
    if not pairs:
        raise DataError(f"None of the pairs has a label among {', '.join(LABELS)}.")
    if blank_premises:
        return [replace(pair, premise="") for pair in pairs]
    return pairs
