"""A page with no room for another request says so beside what was typed, and loses none of it."""

import time
from dataclasses import replace
from threading import Event

import gradio as gr
import pytest
from in_process import LEFT_OPEN, SECONDS, get_json, post_json, served
from playwright.sync_api import expect

import bertmini_demo
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory.tab_page import build_tab_page
from bertmini_demo.ui.laboratory.wiring import REASONS

pytestmark = LEFT_OPEN


@pytest.fixture
def held():
    """Set: the lane of the panels is free."""
    return Event()


@pytest.fixture
def address(tiny_folder, held):
    """A page on which one request may wait, with another in its lane that takes as long as the test wants."""

    def hold() -> bool:
        return held.wait(SECONDS)

    model = bertmini_demo.load_model(str(tiny_folder), settings=replace(Settings(), max_queue=1))
    with build_tab_page(model) as page:
        gr.api(hold, api_name="hold", concurrency_id=REASONS["concurrency_id"])
    with served(page, model) as address:
        yield address
        held.set()


def test_a_busy_page_tells_the_place_under_what_was_typed(visit, address, held):
    page = visit()
    hypothesis = page.locator("#hypothesis textarea")
    for _ in range(2):  # one runs, one waits
        post_json(f"{address}/gradio_api/call/hold", {"data": []})
        while not get_json(f"{address}/health")["running"]:
            time.sleep(0.05)
    hypothesis.fill("a dog sleeps .")
    hypothesis.press("Enter")
    told = page.locator("#hypothesis").get_by_text("yours would have been number 2")
    expect(told).to_be_visible()
    expect(hypothesis).to_have_value("a dog sleeps .")
    held.set()
    while get_json(f"{address}/health")["running"]:
        time.sleep(0.05)
    hypothesis.press("Enter")
    expect(page.locator("#sentences .sentences")).to_have_attribute("data-hypothesis", "a dog sleeps .")
    expect(told).to_be_hidden()
