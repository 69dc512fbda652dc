"""Verdicts on a file of pairs of any size, written line by line: constant memory, and a killed run goes on."""

import json
import logging
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from bertmini_demo.data.batch import judge, verdict_row
from bertmini_demo.data.pair_files import Fault, read_pairs
from bertmini_demo.inference import NLIModel
from bertmini_demo.training.corpus_files import read_lines

log = logging.getLogger(__name__)

CHUNK = 1_000  # rows read and written at a time


def write_predictions(model: NLIModel, data: Path, output: Path) -> None:
    """Writes one JSON line for each row of a file of pairs that is not blank, in its order.

    The file is JSON lines, CSV or tab-separated. A line written holds the number of the line it answers, and the verdict:
    label, probabilities, notes; where the pair cannot be read, the error in words. Labels and other columns are not looked
    at. Lines already written stay.

    Raises:
        DataError: there is no such file, or it cannot be unpacked to its end.
        InputError: its first row names columns, but not premise and hypothesis.
    """
    done = drop_half_line(output)
    left = islice(read_pairs(read_lines(data), labelled=None), done, None)
    log.info("%d lines of %s are already there", done, output)
    with output.open("a", encoding="utf-8") as file, tqdm(initial=done, unit=" lines", desc=data.name) as bar:
        while chunk := list(islice(left, CHUNK)):
            for found in judge(model, chunk):
                row = {"error": found.message} if isinstance(found, Fault) else verdict_row(found.prediction)
                line = found.line if isinstance(found, Fault) else found.pair.line
                file.write(json.dumps({"line": line, **row}, ensure_ascii=False) + "\n")
            file.flush()
            bar.update(len(chunk))


def drop_half_line(output: Path) -> int:
    """How many whole lines a file has; what follows the last of them, left by a kill, is cut off."""
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
