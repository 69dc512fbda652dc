"""Serves a page from the test's own process: no second start, and what it does can be watched from inside."""

import contextlib
import gc
import json
import urllib.request
from collections.abc import Iterator

import gradio as gr
import pytest
from serving import PATIENCE, free_port

from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.page import build_answers, build_page
from bertmini_demo.ui.server.serve import open_queue, options

LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


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
    with urllib.request.urlopen(address, timeout=PATIENCE) as response:
        return json.load(response)


def post_json(address: str, body: object) -> dict:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.load(response)
