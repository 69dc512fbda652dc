"""Loads the model, builds the page and serves it until stopped."""

import os
import signal
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Timer

import gradio as gr
from starlette.middleware import Middleware

import bertmini_demo
from bertmini_demo.data.lessons import read_lessons
from bertmini_demo.errors import DemoError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.threads import settle_threads
from bertmini_demo.settings import from_environment, listed
from bertmini_demo.ui.laboratory.drawing import DRAW
from bertmini_demo.ui.laboratory.forgotten import REMEMBERED, Remembered
from bertmini_demo.ui.laboratory.stream import STREAM
from bertmini_demo.ui.laboratory.tab_page import build_tab_page
from bertmini_demo.ui.server import request_log, zero_gpu
from bertmini_demo.ui.server.error_responses import REFUSALS, DirectCalls, busy
from bertmini_demo.ui.server.health import checksum, health_route
from bertmini_demo.ui.server.malloc import share_heaps
from bertmini_demo.ui.server.request_limits import bounds
from bertmini_demo.ui.theme import STYLE, theme

LAST_SECONDS = 8.0  # that running work has to come to its end once the app is told to stop


def serve(
    *,
    host: str | None,
    port: int | None,
    model_name: str | None,
    lessons: str | None = None,
    labels: str | None = None,
    mcp: bool = False,
    block: bool = True,
) -> gr.Blocks:
    """Serves the page until SIGINT or SIGTERM; with ``block`` off it returns at once and the server goes on in a thread.

    Raises:
        CheckpointError: no usable model.
        LessonError: a teacher's own cards or pairs, in the folder ``lessons``, cannot be used.
        DemoError: a setting is wrong, the port cannot be had, or the MCP server is asked for and not installed.
    """
    zero_gpu.register()
    share_heaps()
    settings = from_environment()
    if labels:
        settings = replace(settings, labels=listed(labels))
    if mcp or settings.mcp:
        settings = replace(settings, mcp=1)
        check_mcp()
    taught = read_lessons(Path(lessons) if lessons else None)
    model = bertmini_demo.load_model(model_name or settings.model, settings=settings)
    threads = settle_threads(model, settings.threads)
    page = build_tab_page(model, taught)
    enter_queue(page, settings.max_queue)
    request_log.write_to_standard_error()
    try:
        page.launch(**options(page, model), server_name=host, server_port=port, quiet=not block)
    except OSError as error:
        raise DemoError(f"The page cannot be served: {error}. Choose another --host or --port.") from error
    request_log.write("started", model=model.name, checksum=checksum(model), threads=threads)
    if block:
        wait_for_the_end()
        stop(page)
    return page


def check_mcp() -> None:
    """Refuses to start without what Gradio's MCP server needs.

    Raises:
        DemoError: the extra is not installed; the message says how to install it.
    """
    if find_spec("mcp") is None:
        raise DemoError(
            f"The MCP server needs more packages. Run: pip install 'gradio[mcp]=={gr.__version__}', or leave --mcp and "
            "BERTMINI_MCP out."
        )


def options(page: gr.Blocks, model: NLIModel) -> dict[str, object]:
    """How a page is launched, wherever it is served."""
    routes = [health_route(page, model)]
    middleware = [
        bounds(model.settings.request_megabytes),
        Middleware(DirectCalls),
        Middleware(Remembered, page=page),
    ]
    return {
        "theme": theme(),
        "css_paths": STYLE,
        "head": f"<script>{STREAM}{REMEMBERED}{DRAW}</script>",
        "ssr_mode": False,
        "footer_links": ["api"],
        "app_kwargs": {
            "routes": routes,
            "middleware": middleware,
            "exception_handlers": {**REFUSALS, 503: busy(page)},
        },
        "state_session_capacity": model.settings.visitors,  # Gradio keeps what each was shown last, a megabyte or two
        "max_file_size": model.settings.file_megabytes * 1_000_000,
        "mcp_server": bool(model.settings.mcp),
        "run_history": False,  # Gradio would keep in the browser what was typed
        "enable_monitoring": False,
        "share": False,
        "prevent_thread_lock": True,
        "_frontend": False,  # the check whether the page answers: on a busy machine it takes too long, and nothing starts
    }


def enter_queue(page: gr.Blocks, most: int) -> None:
    """Lets at most so many requests wait. Gradio would sum up all earlier ones after each, for a page that is not served."""
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
    page.queue(max_size=most, api_open=False)  # else a direct call would pass by the queue and its limits


def wait_for_the_end() -> None:
    """Returns once this process is told to stop."""
    told = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: told.set())
    while not told.wait(1):  # without a limit Windows would not listen
        pass


def stop(page: gr.Blocks) -> None:
    """Ends the server. What still computes after LAST_SECONDS ends with the process: nobody is left to read it."""
    request_log.write("stopping", waiting=len(page._queue), running=page._queue.get_active_worker_count())
    last = Timer(LAST_SECONDS, os._exit, [0])
    last.daemon = True
    last.start()
    page.close(verbose=False)
