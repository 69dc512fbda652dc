"""How the app is doing, for whoever keeps it running: GET /health."""

import time
from collections.abc import Callable

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import bertmini_demo
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checksums import MANIFEST, digest


def health_route(page: gr.Blocks, model: NLIModel) -> Route:
    """The route, to be served beside Gradio's own.

    It answers with a JSON object: version; model, the name of the operator's; checksum, the SHA-256 of its
    checkpoint's manifest, null where it has none; uptime_seconds; waiting and running, how many requests are.
    """
    facts = {"version": bertmini_demo.__version__, "model": model.name, "checksum": checksum(model)}
    uptime = stopwatch()

    async def health(_: Request) -> JSONResponse:
        queue = page._queue  # Gradio offers no public way to read its length
        running = queue.get_active_worker_count()
        return JSONResponse(
            {**facts, "uptime_seconds": round(uptime(), 1), "waiting": len(queue), "running": running}
        )

    return Route("/health", health)


def checksum(model: NLIModel) -> str | None:
    """The SHA-256 of the manifest, which holds those of all files."""
    manifest = model.folder / MANIFEST
    return digest(manifest) if manifest.is_file() else None


def stopwatch() -> Callable[[], float]:
    """Seconds from now on."""
    start = time.monotonic()
    return lambda: time.monotonic() - start
