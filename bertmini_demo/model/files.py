"""The files of a checkpoint folder, checked before anything is read: regular, of a sensible size, and truly there."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.hub import MAX_SMALL_FILE, OLD_WEIGHTS, SHARD, SHARD_INDEX, SMALL_FILES, WEIGHTS

log = logging.getLogger(__name__)

METRICS, RECORD = "metrics.json", "training.json"
POINTERS = {b"version https://git-lfs": "Git LFS", b"/annex/objects/": "git-annex"}
POINTER_BYTES = 1024  # a pointer is a few lines
MAX_MESSAGE = 600  # characters of a library's message


def check_files(folder: Path) -> None:
    """Refuses a folder in which something that would be read is no file, is a pointer, or is far too large.

    Raises:
        CheckpointError: the message names the file.
    """
    if not folder.is_dir():
        raise CheckpointError(f"There is no folder {folder}.")
    with reading(str(folder)):
        files = sorted(file for file in folder.iterdir() if is_read(file.name))
        for file in files:
            if not file.is_file():
                raise CheckpointError(
                    f"{file} is not a regular file: it is a folder, a pipe or a broken link."
                )
            check_pointer(file)
            if file.name in SMALL_FILES and file.stat().st_size > MAX_SMALL_FILE * 1e6:
                raise CheckpointError(
                    f"{file} has {file.stat().st_size / 1e6:,.0f} MB; at most {MAX_SMALL_FILE} make sense."
                )


def is_read(name: str) -> bool:
    """Whether loading a checkpoint opens a file of this name."""
    return name in (*SMALL_FILES, WEIGHTS, SHARD_INDEX, OLD_WEIGHTS) or SHARD.fullmatch(name) is not None


def check_pointer(file: Path) -> None:
    """Refuses the few lines that a large-file store leaves in place of a file."""
    with file.open("rb") as content:
        start = content.read(POINTER_BYTES)
    for mark, store in POINTERS.items():
        if start.startswith(mark):
            raise CheckpointError(
                f"{file} is a pointer of {store}: the file itself was not fetched. Fetch it, or download it from its "
                "page."
            )


def read_json(file: Path) -> dict:
    """A JSON object from a file.

    Raises:
        CheckpointError: it cannot be read, or holds something else.
    """
    with reading(str(file)):
        values = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise CheckpointError(f"{file} cannot be read: it holds no JSON object.")
        return values


def read_optional_json(file: Path) -> dict:
    """A JSON object from a file; empty where there is none that can be read."""
    try:
        return read_json(file) if file.is_file() else {}
    except CheckpointError as error:
        log.info("%s", error)
        return {}


def read_metrics(folder: Path) -> dict:
    """What was measured of a checkpoint, as ``evaluate`` wrote it to metrics.json; empty where it brings no such file."""
    return read_optional_json(folder / METRICS)


def read_stages(folder: Path) -> list[dict]:
    """How a checkpoint was trained, stage after stage, as training wrote it to training.json; empty without that file."""
    stages = read_optional_json(folder / RECORD).get("stages", [])
    return [stage for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns whatever a library raises on a foreign file into one line.

    Args:
        what: named in the message, such as the path of a file.

    Raises:
        CheckpointError: in place of any Exception but another CheckpointError, which passes.
    """
    try:
        yield
    except CheckpointError:
        raise
    except (
        Exception
    ) as error:  # libraries raise what they like on a file that is cut, garbled or of another make
        log.debug("%s cannot be read", what, exc_info=True)
        raise CheckpointError(f"{what} cannot be read: {message_of(error)}") from error


def message_of(error: Exception) -> str:
    """An error's kind and all that it says, on one line."""
    text = " ".join(str(error).split())
    text = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
