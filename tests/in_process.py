"""Serves a page from the test's own process: no second start, and what it does can be watched from inside."""

import contextlib
import gc
import json
import urllib.request
from collections.abc import Iterator

import gradio as gr
import pytest
from serving import free_port

from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.page import build_answers, build_page
from bertmini_demo.ui.server.serve import open_queue, options

LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
SECONDS = 60  # for one answer of a loaded machine


@contextlib.contextmanager
def served_page(model) -> Iterator[str]:
    """Yields the address of the whole page."""
    answers = build_answers(model)
    with served(build_page(answers), model, answers) as address:
        yield address
    answers.close()


@contextlib.contextmanager
def served(page: gr.Blocks, model, answers: Answers) -> Iterator[str]:
    """Yields the address of a page that is served as bertmini_demo.ui.server.serve does it."""
    open_queue(page, model.settings)
    page.launch(**options(page, model, answers), server_name="127.0.0.1", server_port=free_port(), quiet=True)
    try:
        yield page.local_url.rstrip("/")
    finally:
        page.close(verbose=False)
        del page
        gc.collect()  # Gradio leaves an event loop open, which is complained of while the filter of LEFT_OPEN holds


def get_json(address: str) -> dict:
    with urllib.request.urlopen(address, timeout=SECONDS) as response:
        return json.load(response)


def post_json(address: str, body: object) -> dict:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        return json.load(response)


def request_of(
    config: dict, name: str, event: str = "click", *, session: str = "one", **typed: object
) -> dict:
    """What a browser sends for an event of a component; ``typed`` is what controls hold, else what they held at first."""
    props = {one["id"]: one["props"] for one in config["components"]}
    [place] = [place for place, one in props.items() if one.get("elem_id") == name]
    asked = next(one for one in config["dependencies"] if [place, event] in one["targets"] and one["queue"])
    data = [typed.get(props[one].get("elem_id"), props[one].get("value")) for one in asked["inputs"]]
    return {"fn_index": asked["id"], "data": data, "trigger_id": place, "session_hash": session}


def completed(address: str, session: str) -> Iterator[tuple[str, list | None]]:
    """What becomes of the events of a session, as a browser is told: id and outputs of each that is done."""
    place = f"{address}/gradio_api/queue/data?session_hash={session}"
    with urllib.request.urlopen(place, timeout=SECONDS) as stream:
        for line in stream:
            told = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
            if told.get("msg") == "process_completed":
                yield told["event_id"], told["output"].get("data")
