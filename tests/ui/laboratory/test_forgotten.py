"""Which pages are told that the server has forgotten them: those that say who they are, and of whom nothing is left."""

from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bertmini_demo.ui.laboratory.forgotten import Remembered

SESSIONS = {
    "here": SimpleNamespace(state_data={1: "a choice"}),
    "an hour away": SimpleNamespace(state_data={}),
}
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def server():
    page = SimpleNamespace(state_holder=SimpleNamespace(session_data=SESSIONS))
    routes = [Route("/{path:path}", lambda _: PlainTextResponse("taken"), methods=["POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Remembered, page=page)]))


@pytest.mark.parametrize(
    ("visit", "path", "status"),
    [
        ("here", JOIN, 200),
        ("an hour away", JOIN, 410),
        ("never heard of", JOIN, 410),
        (None, JOIN, 200),  # a program, or a page that is only now being shown
        ("an hour away", "/gradio_api/upload", 200),
    ],
)
def test_who_is_told(server, visit, path, status):
    answer = server.post(path, headers={"x-visit": visit} if visit else {})
    assert answer.status_code == status
    assert (status == 200) == (answer.text == "taken")
    if status == 410:
        assert "forgotten this page" in answer.json()["detail"]
