"""How much a request may hold."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LimitBytes:
    """Middleware that answers with status 413 as soon as a request announces, or turns out to have, more than a limit.

    Args:
        megabytes: the limit, in millions of bytes.
    """

    def __init__(self, app: ASGIApp, *, megabytes: int) -> None:
        self.app, self.max_bytes = app, megabytes * 1_000_000
        self.message = f"The request is larger than {megabytes} MB. Send less at a time."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if announced_bytes(scope) > self.max_bytes:
            too_large = JSONResponse({"detail": self.message}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            await too_large(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self.message)
            return message

        await self.app(scope, receive_within_limit, send)


def announced_bytes(scope: Scope) -> int:
    """What the request says of its own length; 0 where it says nothing."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
