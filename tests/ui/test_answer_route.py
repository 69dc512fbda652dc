"""POST /answer, as a browser or anyone else sends it: answered in lines, or refused with the field and the way out."""

import asyncio
import contextlib
import errno
import gc
import json
import os
from dataclasses import replace
from threading import Event

import pytest
from serving import PATIENCE
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient

import bertmini_demo
from bertmini_demo.settings import Settings
from bertmini_demo.ui.answer_route import UNREADABLE, SentFiles, answer_route
from bertmini_demo.ui.page import build_answers, build_page
from bertmini_demo.ui.questions import Question
from bertmini_demo.ui.server.error_responses import DISK_FULL, AnswerFaults
from bertmini_demo.ui.visit import SentFile

PAIR = {"premise": "a man sleeps .", "hypothesis": "a dog runs ."}
VERDICT = {"question": "verdict", "state": PAIR}


@pytest.fixture(scope="module")
def answers(tiny_folder):
    settings = replace(Settings(), file_megabytes=1)
    answers = build_answers(bertmini_demo.load_model(str(tiny_folder), settings=settings))
    yield answers
    answers.close()


@pytest.fixture(scope="module")
def client(answers):
    with TestClient(Starlette(routes=[answer_route(answers, max_waiting=4)])) as client:
        yield client


def lines(reply):
    return [json.loads(line) for line in reply.text.splitlines()]


def test_a_question_is_answered_in_lines_of_json(client, answers):
    reply = client.post("/answer", json=VERDICT)
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    assert reply.headers["cache-control"] == "no-store"
    prediction = answers.models.get().model.predict(*PAIR.values())
    assert lines(reply)[-1]["verdict"]["label"] == prediction.label


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[",
        b"[" * 50_000,
        b"null",
        b"[]",
        b'"verdict"',
        b"{'question': 'verdict'}",
        b"3",
    ],
)
def test_what_is_no_json_object_is_refused(client, body):
    reply = client.post("/answer", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json() == {"error": {"field": None, "message": UNREADABLE}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ["verdict"], "state": PAIR}, "question"),
        ({"question": "__class__", "state": PAIR}, "question"),
        ({"question": "verdict"}, "state"),
        ({"question": "verdict", "state": []}, "state"),
        ({"question": "verdict", "state": {"premise": "a"}}, "hypothesis"),
        ({"question": "verdict", "state": PAIR | {"premise": 3}}, "premise"),
        ({"question": "verdict", "state": PAIR | {"premise": "x" * 10_001}}, "premise"),
        ({"question": "verdict", "state": PAIR | {"layer": -1}}, "layer"),
        ({"question": "verdict", "state": PAIR | {"layer": True}}, "layer"),
        ({"question": "verdict", "state": PAIR | {"layer": 1e400}}, "layer"),
        ({"question": "verdict", "state": PAIR | {"heads_off": [[0]]}}, "heads_off"),
        ({"question": "verdict", "state": PAIR | {"method": "os.system"}}, "method"),
        ({"question": "verdict", "state": PAIR | {"nobody": 1}}, "state"),
    ],
)
def test_a_malformed_question_is_refused_with_its_field(client, body, field):
    reply = client.post(
        "/answer", content=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    assert reply.status_code == 422
    assert reply.json()["error"]["field"] == field


@pytest.mark.parametrize(
    "more", [{"visitor": ["x"], "number": 1}, {"visitor": "x", "number": "1"}, {"other": 1}]
)
def test_who_asks_need_not_be_known(client, more):
    assert "verdict" in lines(client.post("/answer", json=VERDICT | more))[-1]


def test_an_older_question_of_the_same_visitor_is_dropped(client):
    mine = VERDICT | {"visitor": "mine"}
    assert "verdict" in lines(client.post("/answer", json=mine | {"number": 2}))[-1]
    assert lines(client.post("/answer", json=mine | {"number": 1})) == [{"dropped": True}]
    assert "verdict" in lines(client.post("/answer", json=VERDICT | {"visitor": "another", "number": 1}))[-1]


def outcomes(caplog):
    return [
        json.loads(record.getMessage())["outcome"]
        for record in caplog.records
        if record.name.endswith("request_log")
    ]


def test_the_log_says_what_became_of_a_question(client, caplog):
    caplog.set_level("INFO", "bertmini_demo")
    client.post("/answer", json=VERDICT)
    client.post("/answer", json={"question": "verdict", "state": PAIR | {"premise": ""}})
    assert outcomes(caplog) == ["done", "refused"]


def test_work_whose_browser_is_closed_in_a_step_ends_after_it(answers, monkeypatch, caplog):
    caplog.set_level("INFO", "bertmini_demo")
    under_way, go_on, ended, faults = Event(), Event(), Event(), []

    def work(_analysis, _state):
        try:
            under_way.set()
            go_on.wait(PATIENCE)
            yield {"progress": 0.5, "message": "Half of it."}
        finally:
            ended.set()

    monkeypatch.setitem(answers.questions, "work", Question("work", work, pair=False))

    async def close_the_browser():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: faults.append(fault))
        response = await answer_route(answers, max_waiting=4).endpoint(
            request_of(VERDICT | {"question": "work"})
        )
        line = asyncio.ensure_future(anext(response.body_iterator))
        assert await asyncio.to_thread(under_way.wait, PATIENCE)
        line.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await line
        gc.collect()
        assert not ended.is_set()
        go_on.set()
        assert await asyncio.to_thread(ended.wait, PATIENCE)

    asyncio.run(close_the_browser())
    gc.collect()
    assert faults == []
    assert outcomes(caplog) == ["ended"]


def request_of(body):
    """A request as the server passes it on."""

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": [], "client": None}, receive)


def test_a_full_disk_is_named_and_stops_nothing_else(answers, client, monkeypatch):
    def store(_analysis, _state):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(answers.questions, "store", Question("store", store, pair=False))
    assert (
        lines(client.post("/answer", json=VERDICT | {"question": "store"}))[-1]["error"]["message"]
        == DISK_FULL
    )
    assert "verdict" in lines(client.post("/answer", json=VERDICT))[-1]


def test_a_file_that_the_full_disk_cannot_take_is_refused_as_such(answers, monkeypatch):
    async def read(_request):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("bertmini_demo.ui.answer_route.read_request", read)
    app = Starlette(routes=[answer_route(answers, max_waiting=4)], middleware=[Middleware(AnswerFaults)])
    with TestClient(app) as client:
        reply = client.post("/answer", json=VERDICT)
    assert (reply.status_code, reply.json()) == (507, {"detail": DISK_FULL})


def test_one_more_than_may_wait_is_refused_as_busy(answers):
    with TestClient(Starlette(routes=[answer_route(answers, max_waiting=0)])) as client:
        reply = client.post("/answer", json=VERDICT)
    assert reply.status_code == 503
    assert reply.json()["error"]["message"].startswith(
        "The page is busy: 0 requests wait, and yours would have been number 1."
    )


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (1_000_001, 422)])
def test_a_file_of_one_byte_more_is_refused_before_it_is_read(client, size, status):
    row = b"a man .\ta dog .\n"
    content = (row * (size // len(row) + 1))[:size]
    form = {"ask": json.dumps({"question": "workbench.batch", "state": PAIR})}
    reply = client.post("/answer", data=form, files={"file": ("pairs.tsv", content)})
    assert reply.status_code == status
    if status == 422:
        error = reply.json()["error"]
        assert error["field"] == "pairs"
        assert "the limit is 1 MB" in error["message"]


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ({"ask": "{"}, {"file": ("a", b"x")}),
        ({"other": "{}"}, {"file": ("a", b"x")}),
        ({"ask": "{}", "file": "text"}, {}),
    ],
)
def test_a_malformed_form_is_refused(client, form, files):
    headers = {} if files else {"content-type": "multipart/form-data; boundary=b"}
    assert client.post("/answer", data=form, files=files or None, headers=headers).status_code == 400


def test_files_in_flight_are_bounded_together():
    files = SentFiles(replace(Settings(), upload_megabytes=1))
    one = SentFile("pairs.tsv", b"x" * 600_000)
    files.add(one)
    assert not files.full
    files.add(one)
    assert files.full
    files.remove(one)
    assert not files.full


def test_the_page_has_few_components_and_listeners(answers):
    page = build_page(answers)
    assert len(page.blocks) <= 80
    assert len(page.fns) <= 60
