"""Whoever asks for what is not there is told so, and nothing breaks."""

import asyncio

import gradio as gr
import pytest
from gradio.routes import App
from in_process import LEFT_OPEN
from starlette.testclient import TestClient

from bertmini_demo.ui.gradio_fixes.lost_streams import AnswerLostStreams

pytestmark = LEFT_OPEN
PLACES = ("/gradio_api/call/nothing/0123", "/gradio_api/queue/data?session_hash=nobody")


@pytest.fixture
def page():
    def length(text: str) -> int:
        return len(text)

    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(length, api_name="length")
    page.queue()
    return page


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_there_is_answered_whole(page, place):
    app = AnswerLostStreams(App.create_app(page), page=page)
    answer = TestClient(app).get(place)
    assert "Ask again." in answer.text
    assert answer.status_code == (404 if "call" in place else 200)


@pytest.mark.parametrize("place", PLACES)
def test_gradio_breaks_its_answer_off(page, place):
    """Once this fails, AnswerLostStreams is no longer needed."""
    page.is_running = True
    with pytest.raises(Exception, match=r"response already started|404"):
        TestClient(App.create_app(page)).get(place)


@pytest.mark.parametrize(
    "place", ["/gradio_api/call/length/here", "/gradio_api/queue/data?session_hash=here"]
)
def test_what_is_there_is_passed_on(page, place):
    page._queue.pending_messages_per_session["here"] = asyncio.Queue()
    page._queue.pending_event_ids_session["here"] = {"here"}

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert TestClient(AnswerLostStreams(app, page=page)).get(place).status_code == 299
