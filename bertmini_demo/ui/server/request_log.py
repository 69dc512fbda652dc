"""The log: one line of JSON for each request. It never holds a word that visitors typed.

    {"event": "request", "endpoint": "predict", "milliseconds": 8.1, "word_pieces": 14, "outcome": "done"}

The outcome is "done", "refused" (with a message to the visitor), "dropped" (replaced before it started), "ended" (stopped
half-way) or "failed" (a fault of the server).
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
PACKAGE = "bertmini_demo"


@dataclass(slots=True)
class Entry:
    """The outcome of one request; whoever answers it fills this in."""

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
    """Logs an event with its facts as one line of JSON."""
    log.info("%s", json.dumps({"event": event, **facts}))


class JSONLines(logging.Formatter):
    """One line of JSON for each record, this package's and others', with the time first.

    Of a library's message only the first line is kept: the others may quote a request.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object with its time in UTC."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if record.name == __name__:
            return json.dumps({"time": moment, **json.loads(record.getMessage())})
        text = record.getMessage()
        if not record.name.startswith(PACKAGE):
            text = text.partition("\n")[0]
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return json.dumps({"time": moment, "event": "message", "level": record.levelname, "text": text})


def write_to_standard_error() -> None:
    """Writes what this process logs, its libraries and warnings included, as lines of JSON; called once by the server.

    This package's messages count from INFO, those of libraries from WARNING.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if type(handler) is logging.StreamHandler:  # of logging.basicConfig, which some libraries call
            root.removeHandler(handler)
    handler = logging.StreamHandler()
    handler.setFormatter(JSONLines())
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger(PACKAGE).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # which bring handlers of their own
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
