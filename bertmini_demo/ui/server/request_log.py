"""The log: one line of JSON for each thing asked of the server. Never a word of what visitors typed.

    {"event": "request", "endpoint": "predict", "milliseconds": 8.1, "word_pieces": 14, "outcome": "done"}

The outcome is "done", "refused" (told to the visitor), "dropped" (replaced before it started), "ended" (stopped
half-way) or "failed" (a fault of ours).
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import gradio as gr

from bertmini_demo.errors import DemoError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Entry:
    """What one request comes to; whoever answers it fills this in."""

    word_pieces: int | None = None
    outcome: str = "failed"


@contextmanager
def entry(endpoint: str) -> Iterator[Entry]:
    """Writes the line of one request as soon as it is over."""
    started, written = time.perf_counter(), Entry()
    try:
        yield written
        if written.outcome == "failed":
            written.outcome = "done"
    except (DemoError, gr.Error):
        written.outcome = "refused"
        raise
    except GeneratorExit:
        written.outcome = "ended"
        raise
    finally:
        milliseconds = round(1000 * (time.perf_counter() - started), 1)
        write(
            "request",
            endpoint=endpoint,
            milliseconds=milliseconds,
            word_pieces=written.word_pieces,
            outcome=written.outcome,
        )


def write(event: str, **facts: object) -> None:
    log.info("%s", json.dumps({"event": event, **facts}))


class WithTime(logging.Formatter):
    """One line of JSON a record, ours and others', with the time in front."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if record.name == __name__:
            facts = json.loads(record.getMessage())
        else:
            facts = {"event": "message", "level": record.levelname, "text": super().format(record)}
        return json.dumps({"time": moment, **facts})


def write_to_standard_error() -> None:
    """Lets the package's log be seen; called once by whoever serves the page."""
    package = logging.getLogger("bertmini_demo")
    if not package.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(WithTime())
        package.addHandler(handler)
    package.setLevel(logging.INFO)
