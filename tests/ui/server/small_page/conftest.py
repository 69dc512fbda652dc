"""A small page with everything that a request can reach."""

from dataclasses import replace

import gradio as gr
import pytest
from in_process import served

import bertmini_demo
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.gradio_fixes.fixed_blocks import FixedBlocks
from bertmini_demo.ui.server.api import add_endpoints


@pytest.fixture(scope="module")
def page(tiny_folder):
    """A small page: the endpoints, files, an event that fails and one that is pressed."""

    def fail(_: object) -> None:
        raise KeyError("a fault of ours")

    def read(file: str | None) -> str:
        return str(file)

    def pressed(event: gr.SelectData) -> str:
        return str(event.index)

    model = bertmini_demo.load_model(str(tiny_folder), settings=replace(Settings(), unread_seconds=1))
    with FixedBlocks(analytics_enabled=False) as page:
        file, several = gr.File(label="Pairs"), gr.File(file_count="multiple", label="More")
        number, answer = gr.Slider(0, 10, label="Steps"), gr.Textbox(elem_id="answer")
        go = gr.Button()
        go.click(read, file, answer, api_visibility="private")
        go.click(read, several, answer, api_visibility="private", queue=False)
        go.click(read, number, answer, api_visibility="private")
        answer.select(pressed, None, answer, api_visibility="private")
        go.click(fail, number, answer, api_visibility="private")
        add_endpoints(Analysis(model))
    with served(page, model, Answers(Analysis(model), ())):
        yield page


@pytest.fixture(scope="module")
def address(page):
    return page.local_url.rstrip("/")
