"""Every limit of the settings has a test that goes one over it; those of the server are tested here."""

import contextlib
import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import fields, replace
from threading import Event

import gradio as gr
import pytest
from in_process import LEFT_OPEN, get_json, post_json, served
from serving import PATIENCE, ROOT

import bertmini_demo
from bertmini_demo.settings import Settings
from bertmini_demo.ui.page import build_answers, build_page
from bertmini_demo.ui.server.api import SLOW

pytestmark = LEFT_OPEN
TESTED = {
    "model_megabytes": "model/test_hub.py::test_a_model_over_the_limit_is_refused_before_any_file_is_fetched",
    "memory_megabytes": "model/test_registry.py::test_a_model_that_leaves_no_room_is_refused_and_the_others_stay",
    "download_seconds": "model/test_hub.py::test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for",
    "max_characters": "ui/server/test_api.py::test_what_is_refused_comes_back_as_a_message",
    "core_word_pieces": "test_inference.py::test_the_core_limit_of_the_settings_holds",
    "page_word_pieces": "explain/test_analysis.py::test_the_page_limit_holds_for_traces_and_attributions",
    "batch_pairs": "test_inference.py::test_a_batch_answers_in_order_and_as_one_by_one",
    "compared_pairs": "ui/views/workbench/test_compare_answers.py::test_a_file_that_cannot_be_compared_is_refused",
    "batch_rows": "ui/views/workbench/test_batch_answers.py::test_a_long_file_is_judged_up_to_the_limit_and_bad_rows_are_named",
    "explained_rows": "ui/views/workbench/test_batch_answers.py::test_no_more_pairs_are_explained_than_the_operator_allows",
    "file_megabytes": "ui/test_answer_route.py::test_a_file_of_one_byte_more_is_refused_before_it_is_read",
    "request_megabytes": "test_limits.py::test_a_request_of_one_byte_more_is_refused_before_it_is_read",
    "upload_megabytes": "ui/test_answer_route.py::test_files_in_flight_are_bounded_together",
    "unread_seconds": "ui/gradio_fixes/test_unread_answers.py::test_an_answer_is_dropped_once_it_has_waited_for_its_seconds",
    "unread_megabytes": "ui/gradio_fixes/test_unread_answers.py::test_the_oldest_answers_give_way_once_all_are_too_large",
    "max_queue": "test_limits.py::test_one_more_than_may_wait_is_refused_because_the_page_is_busy",
    "train_pairs": "ui/views/workbench/test_train_answers.py::test_what_cannot_be_trained_on_is_refused_beside_its_field",
    "train_steps": "ui/views/workbench/test_train_answers.py::test_what_cannot_be_trained_on_is_refused_beside_its_field",
    "train_seconds": "training/on_page/test_training_jobs.py::test_a_stopped_training_keeps_what_it_has_come_to",
    "train_line": "training/on_page/test_training_queue.py::test_a_line_that_is_too_long_is_refused",
    "train_per_address": "training/on_page/test_training_queue.py::test_no_network_has_more_jobs_in_line_than_one_may",
    "train_megabytes": "training/on_page/test_training_queue.py::test_a_model_that_is_too_large_is_refused",
    "copies_megabytes": "training/on_page/test_training_queue.py::test_the_oldest_copy_makes_room",
    "cached_pairs": "explain/test_analysis.py::test_what_was_computed_step_by_step_is_cached_and_the_cache_is_bounded",
}
SMALL = {"max_queue": 2, "request_megabytes": 3}
MEGABYTE = 1_000_000


def test_every_limit_has_a_test():
    assert set(TESTED) == {entry.name for entry in fields(Settings) if type(entry.default) is int} - {
        "allow_any_model",
        "mcp",
        "threads",  # no limit: what is set is taken
    }
    for place in TESTED.values():
        file, name = place.split("::")
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), place


@pytest.fixture(scope="module")
def held():
    """Set: the lane of the panels is free."""
    return Event()


@pytest.fixture(scope="module")
def page(tiny_folder, held):
    """A page that is served with small limits, and a request that takes as long as the test wants."""

    def hold() -> bool:
        return held.wait(PATIENCE)

    model = bertmini_demo.load_model(str(tiny_folder), settings=replace(Settings(), **SMALL))
    answers = build_answers(model)
    with build_page(answers) as page:
        gr.api(hold, api_name="hold", **SLOW)
    with served(page, model, answers):
        yield page


@pytest.fixture(scope="module")
def address(page):
    return page.local_url.rstrip("/")


def refused(address: str, body: bytes, **headers: str) -> tuple[int, str]:
    """Status and text of what is refused."""
    request = urllib.request.Request(
        address, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE)
    with caught.value as answer:
        return answer.code, answer.read().decode()


def refused_by_length(address: str, path: str, length: int) -> tuple[int, str]:
    """Status and text of what comes back for the head of a request alone."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    with contextlib.closing(connection), connection.getresponse() as answer:
        return answer.status, answer.read().decode()


def test_a_request_of_one_byte_more_is_refused_before_it_is_read(address):
    place = f"{address}/gradio_api/call/predict"
    frame = json.dumps({"data": ["", "A dog."]})
    body = frame.replace('""', '"' + "x" * (3 * MEGABYTE - len(frame)) + '"').encode()
    assert len(body) == 3 * MEGABYTE
    assert post_json(place, json.loads(body))["event_id"]
    assert refused_by_length(address, "/gradio_api/call/predict", len(body) + 1) == (
        413,
        '{"detail":"The request is larger than 3 MB. Send less at a time."}',
    )


def test_a_request_that_does_not_say_how_long_it_is_goes_no_further_than_the_limit(address):
    place = f"{address}/gradio_api/call/predict"
    status, _ = refused(place, iter([*[b" " * MEGABYTE] * 3, b" "]), Content_Type="application/json")
    assert status == 413


def test_one_more_than_may_wait_is_refused_because_the_page_is_busy(address, held):
    place = f"{address}/gradio_api/call/hold"
    post_json(place, {"data": []})
    while not get_json(f"{address}/health")["running"]:
        time.sleep(0.05)
    for _ in range(SMALL["max_queue"]):
        post_json(place, {"data": []})
    status, text = refused(place, b'{"data": []}', Content_Type="application/json")
    held.set()
    assert status == 503
    message = json.loads(text)["detail"]
    assert message.startswith("The page is busy: 2 requests wait, and yours would have been number 3.")
