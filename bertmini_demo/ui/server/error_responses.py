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

    Events run in Gradio's queue, which has its own way with errors. What fails here is the reading of a request (400), or a
    function that a component of the page asks (500).
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
            ours = scope["path"].rstrip("/").endswith("/component_server")
            log.log(
                logging.ERROR if ours else logging.WARNING,
                "%s failed: %s",
                getattr(scope.get("route"), "path", "a request"),
                type(error).__name__,
                exc_info=error if ours else None,
            )
            if not started:
                await fault_response(error, ours=ours)(scope, receive, send)


def fault_response(error: Exception, *, ours: bool) -> JSONResponse:
    """One line on what failed: for want of room on the disk, by a fault of the server's, or as a request cannot be read."""
    if is_disk_full(error):
        return JSONResponse({"detail": DISK_FULL}, 507)
    return JSONResponse({"detail": FAILED if ours else UNREADABLE}, 500 if ours else 400)


def as_unreadable(path: str, message: Message) -> Message:
    """The start of an answer; a direct call that failed for its values is no fault of the server, as Gradio has it."""
    direct = path.startswith(("/gradio_api/run/", "/gradio_api/api/"))
    if direct and message["type"] == "http.response.start" and message["status"] == 500:
        return message | {"status": 422}
    return message


def refuse_when_busy(page: gr.Blocks) -> Callable[[Request, HTTPException], Awaitable[JSONResponse]]:
    """The handler for a full queue. It says so, and which place the request would have had.

    A program reads it with status 503. On the page Gradio would show a sentence of its own instead, so what the page sends
    is answered otherwise: under the hypothesis (422, as a field that is not valid) where it asks for a pair, in a corner
    (429) elsewhere. What was typed stays where it is.
    """

    async def refuse(request: Request, error: HTTPException) -> JSONResponse:
        if not str(error.detail).startswith("Queue is full"):
            return JSONResponse({"detail": error.detail}, error.status_code)
        waiting = len(page._queue)
        message = (
            f"The page is busy: {waiting} requests wait, and yours would have been number {waiting + 1}. What you typed "
            "is still there; try again in a moment."
        )
        event = page.fns.get((await request.json()).get("fn_index"))
        if event is None or event.api_visibility == "public" or not request.url.path.endswith("/queue/join"):
            return JSONResponse({"detail": message}, 503)
        if event.validator is None:
            return JSONResponse({"detail": message}, 429)
        fields = [one.elem_id == "hypothesis" for one in event.inputs]
        return JSONResponse(
            {"detail": [gr.validate(not here, message if here else "") for here in fields]}, 422
        )

    return refuse
