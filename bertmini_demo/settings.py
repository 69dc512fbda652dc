"""Limits and environment variables, in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from bertmini_demo.errors import DemoError

ASSETS = Path(__file__).resolve().parent.parent / "assets"
LEAST_WORD_PIECES = 5  # [CLS], one of the premise, [SEP], one of the hypothesis, [SEP]


def setting(default: int | str | None, meaning: str, variable: str | None = None, least: int = 1):
    """A field with its meaning and, where the operator may set it, its environment variable and least value."""
    return field(default=default, metadata={"meaning": meaning, "variable": variable, "least": least})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the app holds to. Read from the environment once, at the start, by :func:`from_environment`."""

    model: str | None = setting(
        None, "folder or Hub name of the model; none: the shipped checkpoint", "BERTMINI_MODEL"
    )
    max_characters: int = setting(10_000, "characters in one sentence field; more is refused")
    core_word_pieces: int = setting(
        512, "word pieces of a pair in the Python interface; more is cut, and said"
    )
    page_word_pieces: int = setting(
        128,
        "word pieces of a pair on the page and over HTTP; more is cut, and said",
        "BERTMINI_PAGE_WORD_PIECES",
        LEAST_WORD_PIECES,
    )
    batch_pairs: int = setting(64, "pairs in one forward pass of a batch", "BERTMINI_BATCH_PAIRS")
    max_queue: int = setting(
        200, "requests waiting; one more is told that the page is busy", "BERTMINI_MAX_QUEUE"
    )
    cached_pairs: int = setting(64, "analysed pairs kept in memory, least recently used out first")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings with the operator's variables applied.

    Raises:
        DemoError: a variable that should be a whole number is not, or is below the least that makes sense.
    """
    values: dict[str, int | str] = {}
    for entry in fields(Settings):
        variable, least = entry.metadata["variable"], entry.metadata["least"]
        text = environment.get(variable, "") if variable else ""
        if not text:
            continue
        if entry.name == "model":
            values[entry.name] = text
        elif text.isdecimal() and int(text) >= least:
            values[entry.name] = int(text)
        else:
            raise DemoError(f"{variable} is {text!r}; it must be a whole number from {least} up, or unset.")
    return Settings(**values)
