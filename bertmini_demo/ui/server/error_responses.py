"""What a request is answered that makes no sense, or for which there is no room: one line, never its own words or ours."""

import logging
from collections.abc import Awaitable, Callable

import gradio as gr
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bertmini_demo.ui.laboratory.tabs import BROKEN

log = logging.getLogger(__name__)
TOLD = "The request cannot be read. See /gradio_api/info for what is taken."


async def refuse_shape(_: Request, __: RequestValidationError) -> JSONResponse:
    """FastAPI would send back what came, and fail where that is not text."""
    return JSONResponse({"detail": TOLD}, 422)


async def refuse(request: Request, error: Exception) -> JSONResponse:
    """Work is done in Gradio's queue, which handles its own errors; here only reading a request can have failed."""
    log.warning(
        "%s could not be read: %s",
        getattr(request.scope.get("route"), "path", "a request"),
        type(error).__name__,
    )
    return JSONResponse({"detail": TOLD}, 400)


async def refuse_event(request: Request, error: HTTPException) -> JSONResponse:
    """What an event was sent cannot be read: Gradio would tell the error's own words, a path of this machine among them."""
    told = TOLD if request.url.path.endswith("/queue/join") else error.detail
    return JSONResponse({"detail": told}, error.status_code)


REFUSALS = {RequestValidationError: refuse_shape, 400: refuse_event, **dict.fromkeys(BROKEN, refuse)}


class DirectCalls:
    """Answers a direct call whose values an event can do nothing with as one that cannot be read, not as a fault of ours.

    Gradio answers it with status 500 and no words; what went wrong stands in the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        direct = scope["type"] == "http" and scope["path"].startswith(
            ("/gradio_api/run/", "/gradio_api/api/")
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 500:
                message = message | {"status": 422}
            await send(message)

        await self.app(scope, receive, answer if direct else send)


def busy(page: gr.Blocks) -> Callable[[Request, HTTPException], Awaitable[JSONResponse]]:
    """What is answered where as many requests wait as may: that, and the place that this one would have had.

    A program reads it with status 503. On the page Gradio would put a sentence of its own in its place, so what the page
    sends itself is answered otherwise: under the hypothesis (422, as a field that is not valid) where it asks for a
    pair, in a corner (429) elsewhere. What was typed stays where it is.
    """

    async def refuse_busy(request: Request, error: HTTPException) -> JSONResponse:
        if not str(error.detail).startswith("Queue is full"):
            return JSONResponse({"detail": error.detail}, error.status_code)
        told = (
            f"The page is busy: {len(page._queue)} requests wait, and yours would have been number "
            f"{len(page._queue) + 1}. What you typed is still there; try again in a moment."
        )
        asked = page.fns.get((await request.json()).get("fn_index"))
        if not request.url.path.endswith("/queue/join") or asked.api_visibility == "public":
            return JSONResponse({"detail": told}, 503)
        if asked.validator is None:
            return JSONResponse({"detail": told}, 429)
        fields = [one.elem_id == "hypothesis" for one in asked.inputs]
        return JSONResponse({"detail": [gr.validate(not here, told if here else "") for here in fields]}, 422)

    return refuse_busy
