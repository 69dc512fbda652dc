"""Verdicts on a file of pairs of any size, written line by line: constant memory, and a killed run goes on."""

import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Prediction
from bertmini_demo.training.files import read_lines

log = logging.getLogger(__name__)

CHUNK = 1_000  # lines read and written at a time


def write_predictions(model: NLIModel, data: Path, output: Path) -> None:
    """Writes one JSON line for each line of a JSON-lines file that is not blank, in its order.

    A line holds the number of the line it answers, and the verdict: label, probabilities, notes; where the pair cannot
    be read, the error in words. ``label`` and other keys of the input are not needed. Lines already written stay.

    Raises:
        DataError: there is no such file, or it cannot be unpacked to its end.
    """
    done = drop_half_line(output)
    lines = ((number, line) for number, line in enumerate(read_lines(data), start=1) if line.strip())
    left = islice(lines, done, None)
    log.info("%d lines of %s are already there", done, output)
    with output.open("a", encoding="utf-8") as file, tqdm(initial=done, unit=" lines", desc=data.name) as bar:
        while chunk := list(islice(left, CHUNK)):
            for row in answers(model, chunk):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
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


def answers(model: NLIModel, lines: list[tuple[int, str]]) -> Iterator[dict]:
    """One row for each numbered line, in order."""
    pairs, errors = {}, {}
    for number, line in lines:
        try:
            pair = read_pair(line)
            model.encode(*pair)
            pairs[number] = pair
        except (ValueError, RecursionError, InputError) as error:
            errors[number] = str(error)
    verdicts = dict(zip(pairs, model.predict_batch(list(pairs.values())), strict=True)) if pairs else {}
    for number, _ in lines:
        if number in errors:
            yield {"line": number, "error": errors[number]}
        else:
            yield {"line": number, **told(verdicts[number])}


def read_pair(line: str) -> tuple[str, str]:
    """Premise and hypothesis of a JSON line.

    Raises:
        ValueError: not JSON, not an object, or one of the keys missing or not text.
    """
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError(f"expected a JSON object, found {type(row).__name__}")
    for key in ("premise", "hypothesis"):
        if not isinstance(row.get(key), str):
            raise ValueError(f"the key {key!r} is missing or not text")
    return row["premise"], row["hypothesis"]


def told(prediction: Prediction) -> dict:
    return {
        "label": prediction.label,
        "probabilities": {label: round(share, 6) for label, share in prediction.probabilities.items()},
        "notes": list(prediction.notes),
    }
