"""How the shipped model learned: what the example pairs got at moments of its training, read from one JSON file."""

import base64
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bertmini_demo.errors import DataError
from bertmini_demo.results import frozen
from bertmini_demo.settings import ASSETS

LEARNING = ASSETS / "learning.json"
LEVELS = 255  # of an attention weight in 8 bits
MAX_BYTES = 20_000_000  # of one pair's attention once unpacked


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A model in the middle of its training.

    Attributes:
        stage: "pretraining" or "fine-tuning".
        step: of that stage, 0 before the first.
        attentions: one for each of the record's pairs, (layers, heads, tokens, tokens), rounded to 1/255.
        roles: what each head mostly does, (pairs)(layers)(heads) short names.
        verdicts: (examples, labels) probabilities from 0 to 1; None in pretraining.
        answers: the most probable word for each of the record's sentences; empty in fine-tuning.
        right: share, from 0 to 1: sentences with the right word among the first five in pretraining, labelled pairs
            in fine-tuning.
        negations: share, from 0 to 1, of sentences and their own negation that count as a contradiction; None in pretraining.
        traps: share, from 0 to 1, of hypotheses that share their words with the premise but do not follow, on which the
            model does not predict entailment; None in pretraining.
    """

    stage: str
    step: int
    attentions: tuple[np.ndarray, ...]
    roles: tuple[tuple[tuple[str, ...], ...], ...]
    verdicts: np.ndarray | None
    answers: tuple[str, ...]
    right: float
    negations: float | None = None
    traps: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """The moments of a training in order, and what was asked at each.

    Attributes:
        labels: of the verdicts' columns.
        tokens: word pieces of each pair whose attention is kept.
        examples: (premise, hypothesis) of the verdicts' rows.
        sentences: each with a [MASK], of the answers.
    """

    labels: tuple[str, ...]
    tokens: tuple[tuple[str, ...], ...]
    examples: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    moments: tuple[Moment, ...]


def read_learning(file: Path = LEARNING) -> Learning | None:
    """The record of a training; None where there is no such file.

    Raises:
        DataError: a file that is no such record.
    """
    if not file.exists():
        return None
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return Learning(
            labels=tuple(record["labels"]),
            tokens=tuple(map(tuple, record["tokens"])),
            examples=tuple((premise, hypothesis) for premise, hypothesis in record["examples"]),
            sentences=tuple(record["sentences"]),
            moments=tuple(map(_moment, record["moments"])),
        )
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise DataError(f"{file} is not a record of training: {error!r}. Write it again.") from error


def pack_attention(attention: np.ndarray) -> dict:
    """(layers, heads, tokens, tokens) weights from 0 to 1 as JSON, 8 bits each."""
    levels = np.rint(attention * LEVELS).astype(np.uint8)
    return {
        "shape": list(levels.shape),
        "data": base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode(),
    }


def unpack_attention(packed: dict) -> np.ndarray:
    """What :func:`pack_attention` packed, to 1/510.

    Raises:
        ValueError: fewer or more weights than the shape says.
    """
    unpacked = zlib.decompressobj().decompress(base64.b64decode(packed["data"]), MAX_BYTES)
    levels = np.frombuffer(unpacked, dtype=np.uint8).reshape(packed["shape"])
    return frozen(levels / np.float32(LEVELS))


def _moment(entry: dict) -> Moment:
    verdicts = entry["verdicts"]
    return Moment(
        stage=entry["stage"],
        step=entry["step"],
        attentions=tuple(map(unpack_attention, entry["attentions"])),
        roles=tuple(tuple(map(tuple, layers)) for layers in entry["roles"]),
        verdicts=None if verdicts is None else frozen(np.array(verdicts)),
        answers=tuple(entry["answers"]),
        right=entry["right"],
        negations=entry["negations"],
        traps=entry["traps"],
    )
