"""The routes that the page and its interface use. All others of Gradio's are closed: what is not needed cannot be called."""

import re

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bertmini_demo.ui.server.error_responses import shorten

OPEN = re.compile(
    r"/(config|theme\.css|favicon\.ico|manifest\.json|robots\.txt|pwa_icon(/[0-9]+)?|health)/?"
    r"|/(assets|static|svelte|page)/.*|/answer|/copies/[^/]*"
    r"|/gradio_api/(info|openapi\.json|app_id|user|login_check|token|startup-events|queue/status|theme\.css)/?"
    r"|/gradio_api/(call(/v2)?|run|api)/.*"
    r"|/gradio_api/(queue/(join|data)|cancel|reset)/?"
    r"|/gradio_api/(heartbeat/[^/]*|file=.*|file/.*)",
    re.DOTALL,
)
MCP = "/gradio_api/mcp"
FETCH = re.compile(
    r"/gradio_api/(proxy=|file[=/]\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE
)  # Gradio would go and get it
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}


class OpenRoutes:
    """Middleware that answers a closed route with status 404, and 403 where the server is asked to fetch something.

    Every answer forbids browsers to guess content types, and to reveal to other sites which pair was read. It may be shown
    in a frame of another site.
    """

    def __init__(self, app: ASGIApp, *, page: gr.Blocks, mcp: bool) -> None:
        self.app, self.page, self.mcp = app, page, mcp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif FETCH.match(scope["path"]):
            answer = JSONResponse({"detail": "This server fetches nothing from other servers."}, 403)
            await answer(scope, receive, with_headers(send))
        elif not self.is_open(scope["path"]):
            message = (
                f"There is nothing at {shorten(scope['path'])}. See GET /gradio_api/info for what there is."
            )
            await JSONResponse({"detail": message}, 404)(scope, receive, with_headers(send))
        else:
            await self.app(scope, receive, with_headers(send))

    def is_open(self, path: str) -> bool:
        """Whether a path is that of the page, one of its further pages, or one of their routes."""
        if path.strip("/") in {route for route, *_ in self.page.pages}:
            return True
        if path == MCP or path.startswith(f"{MCP}/"):
            return self.mcp
        return OPEN.fullmatch(path) is not None


def with_headers(send: Send) -> Send:
    """Adds HEADERS to an answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
