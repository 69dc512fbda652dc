"""Predictions for a file of pairs of any size, written line by line: constant memory, and a killed run continues."""

import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from bertmini_demo.data.batch import predict_rows, verdict_row
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import read_pairs
from bertmini_demo.data.text_encoding import open_text
from bertmini_demo.errors import DataError
from bertmini_demo.inference import NLIModel

log = logging.getLogger(__name__)

CHUNK = 1_000  # rows read and written at a time


def write_predictions(model: NLIModel, data: Path, output: Path, *, encoding: str | None = None) -> None:
    """Writes one JSON line for each row of a file of pairs that is not blank, in its order.

    A line written holds the number of the line it answers and the verdict (label, probabilities, notes), or, where the
    row is no pair that can be read, the error in words. Labels in the file are ignored. Lines already written stay.

    Raises:
        DataError: no such file, not text, damaged, of unknown layout, or without one pair; nothing is written then.
    """
    with open_text(data, encoding=encoding) as stream:
        check_first_rows(read_pairs(stream, labels="ignored"), data)
    done = drop_half_line(output)
    log.info("%s: %d lines of %s are already there", data.name, done, output)
    with (
        open_text(data, encoding=encoding) as stream,
        output.open("a", encoding="utf-8") as file,
        tqdm(initial=done, unit=" lines", desc=data.name) as bar,
    ):
        left = islice(read_pairs(stream, labels="ignored"), done, None)
        while chunk := list(islice(left, CHUNK)):
            for answer in predict_rows(model, chunk):
                row = (
                    {"line": answer.line, "error": answer.message}
                    if isinstance(answer, BadRow)
                    else {"line": answer.pair.line, **verdict_row(answer.prediction)}
                )
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            bar.update(len(chunk))


def check_first_rows(rows: Iterator[Pair | BadRow], data: Path) -> None:
    """Looks for a pair among the first rows, as many as are read at a time.

    Raises:
        DataError: none of them is one; the message says what the first is instead.
    """
    first = list(islice(rows, CHUNK))
    if any(isinstance(row, Pair) for row in first):
        return
    reason = f"{first[0]}" if first else "It is empty."
    raise DataError(f"{data.name} holds no sentence pair in its first {CHUNK:,} rows. {reason}")


def drop_half_line(output: Path) -> int:
    """The number of whole lines of a file; what follows the last of them, left by a kill, is cut off."""
    if not output.exists():
        return 0
    count = end = 0
    with output.open("rb+") as file:
        for line in file:
            if line.endswith(b"\n"):
                count += 1
                end += len(line)
        file.truncate(end)
    return count
