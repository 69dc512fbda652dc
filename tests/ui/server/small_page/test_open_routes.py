"""Which routes answer, and with which headers."""

import json

import pytest
from in_process import LEFT_OPEN
from requests_by_hand import ask

pytestmark = LEFT_OPEN


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/process_recording", "/gradio_api/deep_link?session_hash=a", "/gradio_api/vibe-edit",
        "/gradio_api/vibe-code", "/gradio_api/undo-vibe-edit", "/gradio_api/vibe-starter-queries", "/gradio_api/dev/reload",
        "/monitoring", "/monitoring/summary", "/monitoring/key", "/gradio_api/runs", "/gradio_api/run-history/buckets",
        "/gradio_api/custom_component/a/b/c/d.js", "/login", "/logout", "/docs", "/redoc", "/openapi.json",
        "/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/component_server", "/gradio_api/stream/a", "/gradio_api/stream/a/b/1/playlist.m3u8", "/gradio_api/mcp/", "/gradio_api/profiling/traces",
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
