"""What a request is answered that cannot be read, that fails, or for which there is no room: one line, and no traceback."""

import errno
import json
import logging
from collections.abc import Awaitable, Callable

import gradio as gr
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
UNREADABLE = "The request cannot be read. See GET /gradio_api/info for what is accepted."
FAILED = "The server could not answer this; the fault is in its log. Try again, or send something else."
BUSY = (
    "The page is busy: {waiting} requests wait, and yours would have been number {place}. What you typed is still there; try "
    "again in a moment."
)
DISK_FULL = (
    "The server’s disk is full, and this needs room on it. What you chose is still here; what needs no file still works. Ask "
    "whoever runs the page to make room."
)
SHOWN_CHARACTERS = 80  # of a value that a message quotes


def shorten(text: object, limit: int = SHOWN_CHARACTERS) -> str:
    """A value as text on one line, cut after ``limit`` characters."""
    line = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text)
    )
    return line if len(line) <= limit else line[:limit] + "…"


def describe(value: object) -> str:
    """A value of JSON as a message quotes it."""
    try:
        return shorten(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__}"


def is_disk_full(error: Exception) -> bool:
    """Whether something failed for want of room on the disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


async def refuse_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """Names the first field that is wrong. FastAPI would send back all that came, and fail where that is not text."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    message = (
        f"{shorten(field)}: {first['msg']}; it is {describe(first.get('input'))}. See GET /gradio_api/info."
    )
    return JSONResponse({"detail": message}, 422)


async def refuse_event(request: Request, error: HTTPException) -> JSONResponse:
    """Gradio would answer an event that it cannot read with the words of the exception, paths of this machine among them."""
    detail = UNREADABLE if request.url.path.endswith("/queue/join") else error.detail
    return JSONResponse({"detail": detail}, error.status_code)


HANDLERS = {RequestValidationError: refuse_invalid, 400: refuse_event}


class AnswerFaults:
    """Middleware that answers what fails with one line, and logs it as one.

    Questions and events have their own way with errors. What fails here is the reading of a request (400).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(as_unreadable(scope["path"], message) if scope["type"] == "http" else message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if scope["type"] != "http":
                raise
            route = getattr(scope.get("route"), "path", "a request")
            log.warning("%s failed: %s", route, type(error).__name__)
            if not started:
                await fault_response(error)(scope, receive, send)


def fault_response(error: Exception) -> JSONResponse:
    """One line on what failed: for want of room on the disk, or as a request cannot be read."""
    if is_disk_full(error):
        return JSONResponse({"detail": DISK_FULL}, 507)
    return JSONResponse({"detail": UNREADABLE}, 400)


def as_unreadable(path: str, message: Message) -> Message:
    """The start of an answer; a direct call that failed for its values is no fault of the server, as Gradio has it."""
    direct = path.startswith(("/gradio_api/run/", "/gradio_api/api/"))
    if direct and message["type"] == "http.response.start" and message["status"] == 500:
        return message | {"status": 422}
    return message


def refuse_when_busy(page: gr.Blocks) -> Callable[[Request, HTTPException], Awaitable[JSONResponse]]:
    """The handler for a full queue. It says so, and which place the request would have had."""

    async def refuse(_: Request, error: HTTPException) -> JSONResponse:
        message = str(error.detail)
        if message.startswith("Queue is full"):
            message = BUSY.format(waiting=len(page._queue), place=len(page._queue) + 1)
        return JSONResponse({"detail": message}, error.status_code)

    return refuse
