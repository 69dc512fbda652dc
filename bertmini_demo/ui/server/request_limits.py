"""What a request may ask for: no more than so many bytes are read, and nothing is fetched from elsewhere for anyone."""

import re

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ELSEWHERE = re.compile(
    r"/gradio_api/(proxy=|file=\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE
)  # Gradio would go and get it


def bounds(megabytes: int) -> Middleware:
    """The limit, to stand in front of Gradio's own routes."""
    return Middleware(Bounded, megabytes=megabytes)


class Bounded:
    """Answers with status 413 as soon as a request announces, or turns out to have, more than so many megabytes.

    With 403 where it asks this server to fetch something from another one.
    """

    def __init__(self, app: ASGIApp, *, megabytes: int) -> None:
        self.app, self.most = app, megabytes * 1_000_000
        self.told = f"The request is larger than {megabytes} MB. Send less at a time."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ELSEWHERE.match(scope["path"]):
            await PlainTextResponse("This server fetches nothing.", 403)(scope, receive, send)
            return
        come = 0

        async def bounded() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if max(come, announced(scope)) > self.most:
                raise HTTPException(413, self.told)
            return message

        await self.app(scope, bounded if scope["type"] == "http" else receive, send)


def announced(scope: Scope) -> int:
    """What the request says of its own length; 0 where it says nothing."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
