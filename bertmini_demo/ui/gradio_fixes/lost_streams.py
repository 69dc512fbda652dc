"""Gradio breaks off the answer where someone asks for an event or a session that it does not know.

Upstream (6.31): ``routes.queue_data_helper`` raises a 404 once the stream has begun, so that the answer is cut and the log
holds a traceback.
"""

import json
import re
from urllib.parse import parse_qs

import gradio as gr
from gradio.server_messages import UnexpectedErrorMessage
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

RESULT = re.compile(r"/gradio_api/call/(?:v2/)?[^/]*/(?P<event>[^/]+)")
STREAM = "/gradio_api/queue/data"
LOST = "was read already, was dropped unread, or never existed. Ask again."


class AnswerLostStreams:
    """Middleware that says in one line that there is no such event or session."""

    def __init__(self, app: ASGIApp, *, page: gr.Blocks) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.lost(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self.app)(scope, receive, send)

    def lost(self, scope: Scope) -> Response | None:
        """The answer to a question for what is not there; None for any other."""
        queue = self.page._queue
        if result := RESULT.fullmatch(scope["path"]):
            event = result["event"]
            pending = queue.pending_event_ids_session
            if event in queue.event_ids_to_events or any(event in ids for ids in pending.values()):
                return None
            return JSONResponse({"detail": f"The answer {event[:40]!r} {LOST}"}, 404)
        if scope["path"].rstrip("/") == STREAM:
            [session] = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [None])[-1:]
            if session is None or session in queue.pending_messages_per_session:
                return None
            message = UnexpectedErrorMessage(message=f"What was asked {LOST}", session_not_found=True)
            data = json.dumps(message.model_dump(), default=str)
            return Response(f"data: {data}\n\n", media_type="text/event-stream")
        return None
