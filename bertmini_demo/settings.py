"""Limits and environment variables, in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from bertmini_demo.errors import DemoError

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MIN_WORD_PIECES = 5  # [CLS], one of the premise, [SEP], one of the hypothesis, [SEP]


FAMILY_ON_THE_HUB = (  # whose classifiers were fine-tuned on MultiNLI
    "prajjwal1/bert-tiny-mnli",
    "prajjwal1/bert-mini-mnli",
    "prajjwal1/bert-small-mnli",
    "prajjwal1/bert-medium-mnli",
    "M-FAC/bert-mini-finetuned-mnli",
)


def setting(default: object, meaning: str, variable: str | None = None, minimum: int = 1):
    """A field with its meaning and, where the operator may set it, its environment variable and smallest value."""
    return field(default=default, metadata={"meaning": meaning, "variable": variable, "minimum": minimum})


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits and choices of the app, read from the environment once, at the start, by :func:`from_environment`."""

    model: str | None = setting(
        None, "folder or Hub name of the model; none: the shipped checkpoint", "BERTMINI_MODEL"
    )
    labels: tuple[str, ...] = setting(
        (),
        "labels of that model's outputs in order, separated by commas; none: inferred",
        "BERTMINI_LABELS",
    )
    visitor_models: tuple[str, ...] = setting(
        FAMILY_ON_THE_HUB,
        "Hub names that a visitor may choose, separated by commas",
        "BERTMINI_VISITOR_MODELS",
    )
    allow_any_model: int = setting(
        0, "1: a visitor may choose any Hub name; 0: only those listed", "BERTMINI_ALLOW_ANY_MODEL", 0
    )
    model_megabytes: int = setting(
        1500,
        "megabytes of one model, fetched and in memory; a larger one is refused",
        "BERTMINI_MODEL_MEGABYTES",
    )
    memory_megabytes: int = setting(
        3000,
        "megabytes of all models in memory; the least recently used is dropped",
        "BERTMINI_MEMORY_MEGABYTES",
    )
    download_seconds: int = setting(
        300, "seconds that a model may take to come from the Hub", "BERTMINI_DOWNLOAD_SECONDS"
    )
    max_characters: int = setting(10_000, "characters in one sentence field; more is refused")
    core_word_pieces: int = setting(
        512, "word pieces of a pair in the Python interface; more is cut, with a note"
    )
    page_word_pieces: int = setting(
        128,
        "word pieces of a pair on the page and over HTTP; more is cut, with a note",
        "BERTMINI_PAGE_WORD_PIECES",
        MIN_WORD_PIECES,
    )
    batch_pairs: int = setting(64, "pairs in one forward pass of a batch", "BERTMINI_BATCH_PAIRS")
    max_queue: int = setting(200, "requests waiting; one more is refused as busy", "BERTMINI_MAX_QUEUE")
    mcp: int = setting(
        0, "1: the endpoints are also tools for assistants, through Gradio’s MCP server", "BERTMINI_MCP", 0
    )
    threads: int = setting(
        0,
        "threads of a forward pass; 0: the fewest worth using, measured at the start",
        "BERTMINI_THREADS",
        0,
    )
    compared_pairs: int = setting(2_000, "pairs of a file on which two models are compared; more are refused")
    batch_rows: int = setting(
        10_000, "rows of a file that get verdicts on the page; the rest is left out, with a note"
    )
    explained_rows: int = setting(200, "rows of them whose words are scored; more are not offered")
    file_megabytes: int = setting(5, "megabytes of a file of pairs; more are refused")
    request_megabytes: int = setting(8, "megabytes of one request; a larger one is refused before it is read")
    upload_megabytes: int = setting(
        200,
        "megabytes of the files with which questions are being answered; one more is refused as busy",
        "BERTMINI_UPLOAD_MEGABYTES",
    )
    unread_seconds: int = setting(60, "seconds that an answer waits to be read; then it is dropped")
    unread_megabytes: int = setting(
        100,
        "megabytes of all answers that wait to be read; the oldest is deleted",
        "BERTMINI_UNREAD_MEGABYTES",
    )
    train_pairs: int = setting(500, "pairs that a visitor may train a copy of the model on")
    train_steps: int = setting(500, "steps of one training", "BERTMINI_TRAIN_STEPS")
    train_seconds: int = setting(
        120, "seconds of one training; then it ends where it is", "BERTMINI_TRAIN_SECONDS"
    )
    train_line: int = setting(
        40, "trainings in the queue, the running one included; one more is refused", "BERTMINI_TRAIN_LINE"
    )
    train_per_address: int = setting(
        30,
        "trainings in the queue from one network address, such as a classroom’s; addresses take turns, so that each waits for at "
        "most one training of each other address",
        "BERTMINI_TRAIN_PER_ADDRESS",
    )
    train_megabytes: int = setting(
        200, "megabytes of a model that may be trained on the page", "BERTMINI_TRAIN_MEGABYTES"
    )
    copies_megabytes: int = setting(
        1000, "megabytes of all trained copies; the oldest is deleted", "BERTMINI_COPIES_MEGABYTES"
    )
    cached_pairs: int = setting(64, "analysed pairs kept in memory, the least recently used is dropped first")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings with the operator's variables applied.

    Raises:
        DemoError: a variable that should be a whole number is not, or is below its smallest value.
    """
    values: dict[str, object] = {}
    for entry in fields(Settings):
        variable, minimum = entry.metadata["variable"], entry.metadata["minimum"]
        text = environment.get(variable, "") if variable else ""
        if not text:
            continue
        if entry.name == "model":
            values[entry.name] = text
        elif isinstance(entry.default, tuple):
            values[entry.name] = listed(text)
        elif text.isdecimal() and int(text) >= minimum:
            values[entry.name] = int(text)
        else:
            raise DemoError(f"{variable} is {text!r}; it must be a whole number from {minimum} up, or unset.")
    return Settings(**values)


def public_address(environment: Mapping[str, str] = os.environ) -> str:
    """The address of a Hugging Face Space outside its frame; empty elsewhere, where the browser knows the address."""
    host = environment.get("SPACE_HOST", "")
    return f"https://{host}/" if host else ""


def listed(text: str) -> tuple[str, ...]:
    """The parts of a text between commas, without spaces around them; empty parts are dropped."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
