"""Asks the workbench, and puts together the files that it sends."""

import csv
import io
import json
from dataclasses import replace

from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.state import State
from bertmini_demo.ui.visit import SentFile, Visit

STATE = State("a man sleeps .", "a dog runs .", method="input_x_gradient")


def ask(
    answers: Answers, name: str, state: State = STATE, *, file: SentFile | None = None, **options: str
) -> list[dict]:
    """Everything that comes back for a question, as a browser reads it."""
    state = replace(state, options=options)
    replies = answers.answer(answers.questions[f"workbench.{name}"], state, Visit(answers.models, file=file))
    return [json.loads(json.dumps(reply, allow_nan=False)) for reply in replies]


def pairs_file(lines: list[str], name: str = "pairs.csv") -> SentFile:
    return SentFile(name, "\n".join(lines).encode())


def quoted(cells: list[str]) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


def saved(replies: list[dict]) -> tuple[list[dict], list[dict]]:
    """The rows of the CSV file and of the JSON lines that a browser puts together."""
    parts = [reply["saved"] for reply in replies if "saved" in reply]
    table = io.StringIO("".join(part["csv"] for part in parts).removeprefix("\ufeff"), newline="")
    lines = "".join(part["jsonl"] for part in parts).splitlines()
    return list(csv.DictReader(table)), list(map(json.loads, lines))
