"""Requests that no page sends, over real HTTP: each gets one line that names the field, and the log no traceback."""

import asyncio
import http.client
import json
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import gradio as gr
import pytest
from in_process import LEFT_OPEN, served
from serving import PATIENCE, wait_until

import bertmini_demo
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.gradio_fixes.fixed_blocks import FixedBlocks
from bertmini_demo.ui.server.api import add_endpoints
from bertmini_demo.ui.server.request_checks import CheckRequests

pytestmark = LEFT_OPEN
PAIR = ["a man runs .", "a man is asleep ."]
ASKS = "the number of the component that asks"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def page(tiny_folder):
    """A small page: the endpoints, an upload, a function that a component asks, and an event that is pressed."""

    def double(number: int) -> int:
        return 2 * number

    def fail(_: object) -> None:
        raise KeyError("a fault of ours")

    def read(file: str | None) -> str:
        return str(file)

    def pressed(event: gr.SelectData) -> str:
        return str(event.index)

    model = bertmini_demo.load_model(str(tiny_folder), settings=replace(Settings(), unread_seconds=1))
    with FixedBlocks(analytics_enabled=False) as page:
        gr.HTML("", server_functions=[double, fail], elem_id="asks")
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


def asking(page) -> int:
    """The number of the component whose functions are asked."""
    return next(number for number, block in page.blocks.items() if block.elem_id == "asks")


def ask(
    address: str, path: str, body: object = None, *, method: str | None = None, headers: dict | None = None
):
    """Status, text and headers of an answer; a body is sent as JSON unless it is bytes."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{path}", data, headers or JSON, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def event_of(page, function_name: str) -> int:
    [event] = [one._id for one in page.fns.values() if one.fn.__name__ == function_name][:1]
    return event


def stream_of(address: str, session: str) -> str:
    return ask(address, f"/gradio_api/queue/data?session_hash={session}")[1]


def join(address: str, event: int, data: list, session: str, **more: object):
    body = {"fn_index": event, "data": data, "session_hash": session, **more}
    return ask(address, "/gradio_api/queue/join", body)


@pytest.fixture(scope="module")
def elsewhere():
    """A server of files, and the paths it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 1000)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def file_at(path: str) -> dict:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize("scheme", ["http", "HTTPS", "ftp"])
@pytest.mark.parametrize(
    "place",
    ["join", "direct", "call", "call/v2", "component_server", "nested", "list", "not a file object", "state"],
)
def test_a_file_at_an_address_is_refused_wherever_it_is(page, address, elsewhere, place, scheme):
    url, asked = elsewhere
    file = file_at(scheme + url.removeprefix("http") + "/secret")
    read = event_of(page, "read")
    path, body, field = {
        "join": ("queue/join", {"fn_index": read, "data": [file], "session_hash": "a"}, "data[0].path"),
        "direct": (
            "run/predict",
            {"fn_index": read + 1, "data": [[file]], "session_hash": "a"},
            "data[0][0].path",
        ),
        "call": ("call/predict", {"data": ["a", file]}, "data[1].path"),
        "call/v2": ("call/v2/predict", {"premise": "a", "hypothesis": file}, "hypothesis.path"),
        "component_server": (
            "component_server",
            {"component_id": ASKS, "fn_name": "double", "data": {"x": file}, "session_hash": "a"},
            "data.x.path",
        ),
        "nested": ("call/predict", {"data": ["a", {"deep": [[{"er": file}]]}]}, "data[1].deep[0][0].er.path"),
        "list": ("call/attention", {"data": ["a", [file, file]]}, "data[1]["),
        "not a file object": (
            "queue/join",
            {"fn_index": read, "data": [{"path": file["path"]}]},
            "data[0].path",
        ),
        "state": ("queue/join", {"fn_index": read, "data": [], "event_data": [file]}, "event_data[0].path"),
    }[place]
    status, text, _ = ask(address, f"/gradio_api/{path}", body)
    assert status == 422
    message = json.loads(text)["detail"]
    assert message.startswith(field)
    assert "fetches nothing" in message
    assert "/gradio_api/upload" in message
    assert not asked


@pytest.mark.parametrize("text", ["http://example.org", 'see https://a.b for { "path": "http://x" }'])
def test_an_address_that_is_a_sentence_is_judged_as_one(address, text):
    status, answer, _ = ask(address, "/gradio_api/call/predict", {"data": [text, "a dog ."]})
    assert status == 200
    result = ask(address, f"/gradio_api/call/predict/{json.loads(answer)['event_id']}")[1]
    assert "event: complete" in result


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (
            "call/predict",
            {"data": ["only one"]},
            422,
            "The argument hypothesis is missing; /predict takes premise, ",
        ),
        ("call/predict", {"data": []}, 422, "The argument premise is missing"),
        ("call/predict", {}, 422, "data is null; it must be the list"),
        ("call/predict", {"data": "ab"}, 422, 'data is "ab"; it must be the list'),
        (
            "call/predict",
            {"data": ["a", "b", "c"]},
            422,
            "data holds 3 arguments; /predict takes premise, hypothesis.",
        ),
        ("call/predict", [], 422, "The body is []"),
        ("call/predict", b"{", 422, "The body is not JSON"),
        ("call/predict", b"[" * 100_000, 422, "The body is not JSON"),
        ("call/nothing", {"data": []}, 404, "There is no endpoint /nothing; there are /predict, /attribute"),
        ("call/v2/nothing", {}, 404, "There is no endpoint /nothing"),
        ("run/nothing", {"data": []}, 404, "There is no endpoint /nothing"),
        ("call/read", {"data": []}, 404, "There is no endpoint /read"),
        ("call/v2/predict", {"premise": "a"}, 422, "The argument hypothesis is missing"),
        ("call/v2/predict", {"premise": "a", "hypothesis": "b", "x": 1}, 422, "There is no argument x"),
        (
            "queue/join",
            {"fn_index": 999, "data": [], "session_hash": "a"},
            404,
            "fn_index is 999; the page has no such",
        ),
        ("queue/join", {"fn_index": "0", "data": [], "session_hash": "a"}, 404, 'fn_index is "0"'),
        ("queue/join", {"fn_index": True, "data": [], "session_hash": "a"}, 404, "fn_index is true"),
        ("queue/join", {"data": [], "session_hash": "a"}, 404, "fn_index is null"),
        (
            "queue/join",
            {"fn_index": 0, "session_hash": "a"},
            422,
            "data is null; it must be the list of the event's 1",
        ),
        (
            "queue/join",
            {"fn_index": 0, "data": [], "session_hash": "a"},
            422,
            "data holds 0 values; event 0 reads 1.",
        ),
        ("run/predict", {"fn_index": 77, "data": []}, 404, "fn_index is 77"),
        ("cancel", {"session_hash": 3}, 422, "session_hash: Input should be a valid string; it is 3"),
        (
            "component_server",
            {"component_id": 999},
            404,
            "component_id is 999; the page has no such component.",
        ),
        ("component_server", {"component_id": "0"}, 404, 'component_id is "0"'),
        ("component_server", {"component_id": ASKS, "fn_name": "get_config"}, 404, 'fn_name is "get_config"'),
        ("component_server", {"component_id": ASKS, "fn_name": ["x"]}, 404, 'fn_name is ["x"]'),
        ("component_server", {"component_id": ASKS, "fn_name": "double"}, 422, "The field data is missing"),
        (
            "component_server",
            {"component_id": ASKS, "fn_name": "double", "data": "x" * 1_000_000},
            413,
            "a question of the page may be 1,000,000",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(page, address, capfd, path, body, status, message):
    if isinstance(body, dict) and body.get("component_id") == ASKS:
        body = body | {"component_id": asking(page)}
    answered, text, _ = ask(address, f"/gradio_api/{path}", body)
    assert answered == status, text
    line = json.loads(text)["detail"]
    assert message in line
    assert "\n" not in line
    assert len(line) < 300
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("event", "data", "more", "message"),
    [
        ("read", [file_at("/etc/passwd")], {}, "cannot be read"),
        ("read", [5], {}, "cannot be read"),
        ("pressed", [], {"event_data": None}, "event_data is null"),
        ("pressed", [], {}, "event_data is null"),
        ("fail", [1], {}, "the fault is in its log"),
    ],
)
def test_an_event_that_fails_answers_in_one_line(page, address, capfd, event, data, more, message):
    status, text, _ = join(address, event_of(page, event), data, f"failing {event}", **more)
    assert status == 200, text
    told = [json.loads(line[6:]) for line in stream_of(address, f"failing%20{event}").splitlines() if line]
    [done] = [one for one in told if one["msg"] == "process_completed"]
    assert message in done["output"]["error"]
    assert "\n" not in done["output"]["error"]
    assert "Traceback" not in capfd.readouterr().err


def test_arguments_that_are_not_text_are_named_with_their_value(address):
    for place, (field, value) in enumerate(
        [("premise", 5), ("hypothesis", ["a"]), ("method", {}), ("target", 1)]
    ):
        data: list[object] = [*PAIR, "saliency", "neutral"]
        data[place] = value
        event = json.loads(ask(address, "/gradio_api/call/attribute", {"data": data})[1])["event_id"]
        text = ask(address, f"/gradio_api/call/attribute/{event}")[1]
        assert f"{field} is {json.dumps(value)}" in json.loads(text.split("data: ")[1])["error"]


@pytest.mark.parametrize("way", ["call", "call/v2"])
def test_what_attribute_may_be_asked_without_has_its_default(address, way):
    shorter, longer = (
        {"data": [*PAIR, *rest]}
        if way == "call"
        else dict(zip(("premise", "hypothesis", "method"), [*PAIR, *rest], strict=False))
        for rest in ([], ["integrated_gradients"])
    )
    answers = []
    for body in (shorter, longer):
        event = json.loads(ask(address, f"/gradio_api/{way}/attribute", body)[1])["event_id"]
        answers.append(ask(address, f"/gradio_api/{way}/attribute/{event}")[1])
    assert "event: complete" in answers[0]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/process_recording", "/gradio_api/deep_link?session_hash=a", "/gradio_api/vibe-edit",
        "/gradio_api/vibe-code", "/gradio_api/undo-vibe-edit", "/gradio_api/vibe-starter-queries", "/gradio_api/dev/reload",
        "/monitoring", "/monitoring/summary", "/monitoring/key", "/gradio_api/runs", "/gradio_api/run-history/buckets",
        "/gradio_api/custom_component/a/b/c/d.js", "/login", "/logout", "/docs", "/redoc", "/openapi.json",
        "/gradio_api/stream/a", "/gradio_api/stream/a/b/1/playlist.m3u8", "/gradio_api/mcp/", "/gradio_api/profiling/traces",
        "/gradio_api/../monitoring", "/.env", "/nothing",
    ],
)  # fmt: skip
def test_routes_that_the_page_does_not_use_are_closed(address, path):
    for method in ("GET", "POST"):
        status, text, _ = ask(address, path, {} if method == "POST" else None, method=method)
        assert status == 404
        assert json.loads(text)["detail"].startswith("There is nothing at /")


def test_every_answer_forbids_guessing_types_and_allows_frames(address):
    for path in (
        "/",
        "/config",
        "/nothing",
        "/gradio_api/file=http://a/b",
        "/health",
        "/gradio_api/call/predict/none",
    ):
        _, _, headers = ask(address, path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert headers["X-Frame-Options"] is None
        assert "frame-ancestors" not in headers.get("Content-Security-Policy", "")


def test_a_function_that_a_component_asks_answers_and_makes_no_session(page, address):
    sessions = set(page.state_holder.session_data)
    for visitor in range(5):
        body = {
            "component_id": asking(page),
            "fn_name": "double",
            "data": visitor,
            "session_hash": f"stranger {visitor}",
        }
        assert ask(address, "/gradio_api/component_server", body)[:2] == (200, str(2 * visitor))
    assert len(set(page.state_holder.session_data) - sessions) <= 1


def test_one_more_question_than_may_wait_is_refused_and_the_next_is_answered(page):
    outcomes = []

    async def ask_twice(_scope, _receive, send):
        if not outcomes:
            outcomes.append(await status_of(checks))
        await send({"type": "http.response.start", "status": 200})

    async def status_of(app) -> int:
        content = {"component_id": asking(page), "fn_name": "double", "data": 1, "session_hash": "a"}
        statuses = []

        async def receive():
            return {"type": "http.request", "body": json.dumps(content).encode()}

        async def send(message):
            statuses.append(message.get("status"))

        scope = {"type": "http", "method": "POST", "path": "/gradio_api/component_server", "headers": []}
        await app(scope, receive, send)
        return statuses[0]

    checks = CheckRequests(ask_twice, page=page, max_questions=1)
    assert asyncio.run(status_of(checks)) == 200
    assert outcomes == [503]
    assert asyncio.run(status_of(checks)) == 200


def test_a_function_that_fails_answers_in_one_line_and_is_logged(page, address, capfd, caplog):
    body = {"component_id": asking(page), "fn_name": "fail", "data": 1, "session_hash": "a"}
    status, text, _ = ask(address, "/gradio_api/component_server", body)
    assert (status, json.loads(text)["detail"][:10]) == (500, "The server")
    assert "KeyError" in caplog.text
    assert "Traceback" not in capfd.readouterr().err


def test_what_was_never_asked_or_is_gone_is_said_in_one_line(address, capfd):
    status, text, _ = ask(address, "/gradio_api/call/predict/0123")
    assert (status, json.loads(text)["detail"][:17]) == (404, "The answer '0123'")
    told = json.loads(stream_of(address, "nobody").removeprefix("data: "))
    assert (told["msg"], told["session_not_found"]) == ("unexpected_error", True)
    assert "Traceback" not in capfd.readouterr().err


def test_answers_that_nobody_reads_are_dropped(page, address):
    queue = page._queue
    events = [
        json.loads(ask(address, "/gradio_api/call/attention", {"data": [f"a {word} .", PAIR[1]]})[1])[
            "event_id"
        ]
        for word in ("man", "dog", "cat")
    ]
    assert set(events) <= set(queue.pending_messages_per_session)
    wait_until(
        lambda: not set(events) & {*queue.pending_messages_per_session, *queue.pending_event_ids_session}
    )
    assert ask(address, f"/gradio_api/call/attention/{events[0]}")[0] == 404


def test_an_upload_that_is_broken_off_leaves_nothing(page, address):
    folder = page.server_app.uploaded_file_dir

    def entries():
        from pathlib import Path

        return {path for path in Path(folder).glob("*") if path.is_file()} if Path(folder).is_dir() else set()

    before = entries()
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\n' + b"x" * 200_000
    for _ in range(3):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        connection.putrequest("POST", "/gradio_api/upload")
        connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        connection.send(head)
        connection.close()
    wait_until(lambda: entries() <= before)
