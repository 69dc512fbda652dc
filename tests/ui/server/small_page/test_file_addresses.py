"""Files that are named by an address are refused, wherever they are."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from in_process import LEFT_OPEN
from requests_by_hand import ask, event_of, file_at

pytestmark = LEFT_OPEN


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


@pytest.mark.parametrize("scheme", ["http", "HTTPS", "ftp"])
@pytest.mark.parametrize(
    "place",
    ["join", "direct", "call", "call/v2", "nested", "list", "not a file object", "state"],
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
    assert "Send text instead" in message
    assert not asked


@pytest.mark.parametrize("text", ["http://example.org", 'see https://a.b for { "path": "http://x" }'])
def test_an_address_that_is_a_sentence_is_judged_as_one(address, text):
    status, answer, _ = ask(address, "/gradio_api/call/predict", {"data": [text, "a dog ."]})
    assert status == 200
    result = ask(address, f"/gradio_api/call/predict/{json.loads(answer)['event_id']}")[1]
    assert "event: complete" in result
