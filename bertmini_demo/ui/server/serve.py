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
from bertmini_demo.model.threads import set_threads
from bertmini_demo.settings import Settings, from_environment, listed, public_address
from bertmini_demo.ui.answer_route import answer_route
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.copy_route import copy_route
from bertmini_demo.ui.gradio_fixes.lost_streams import AnswerLostStreams
from bertmini_demo.ui.gradio_fixes.unread_answers import bound_unread_answers
from bertmini_demo.ui.gradio_theme import theme
from bertmini_demo.ui.page import build_answers, build_page, head
from bertmini_demo.ui.server import request_log, zero_gpu
from bertmini_demo.ui.server.error_responses import HANDLERS, AnswerFaults, refuse_when_busy
from bertmini_demo.ui.server.health import checksum, health_route
from bertmini_demo.ui.server.maintenance import maintenance_lifespan
from bertmini_demo.ui.server.malloc import limit_malloc_arenas
from bertmini_demo.ui.server.open_routes import OpenRoutes
from bertmini_demo.ui.server.request_checks import CheckRequests
from bertmini_demo.ui.server.request_limits import LimitBytes
from bertmini_demo.ui.server.temporary_folder import use_own_folder
from bertmini_demo.ui.static_files import static_route

SESSIONS = 500
SHUTDOWN_SECONDS = 8.0  # for running work to end after a signal to stop


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
    """Serves the page until SIGINT or SIGTERM; with ``block`` off it returns at once and the server runs on in a thread.

    Raises:
        CheckpointError: no usable model.
        LessonError: a teacher's own cards or pairs, in the folder ``lessons``, cannot be used.
        DemoError: a setting is wrong, the port cannot be opened, or the MCP server is requested but not installed.
    """
    zero_gpu.register()
    limit_malloc_arenas()
    use_own_folder()
    trust_proxy_of_space()
    settings = read_settings(labels, mcp=mcp)
    lessons_read = read_lessons(Path(lessons) if lessons else None)
    model = bertmini_demo.load_model(model_name or settings.model, settings=settings)
    threads = set_threads(model, settings.threads)
    answers = build_answers(model)
    page = build_page(answers, lessons_read)
    open_queue(page, settings)
    try:
        page.launch(**options(page, model, answers), server_name=host, server_port=port, quiet=not block)
    except OSError as error:
        raise DemoError(f"The page cannot be served: {error}. Choose another --host or --port.") from error
    request_log.write_to_standard_error()
    request_log.write("started", model=model.name, checksum=checksum(model), threads=threads)
    if block:
        wait_for_signal()
        stop(page)
    return page


def read_settings(labels: str | None, *, mcp: bool) -> Settings:
    """Settings from the environment, overridden by the command line.

    Args:
        labels: of the model's outputs in order, separated by commas; None for those of the environment.
        mcp: whether the MCP server is requested.

    Raises:
        DemoError: a setting is wrong, or the MCP server is requested but not installed.
    """
    settings = from_environment()
    if labels:
        settings = replace(settings, labels=listed(labels))
    if mcp or settings.mcp:
        check_mcp()
        settings = replace(settings, mcp=1)
    return settings


def trust_proxy_of_space() -> None:
    """On a Hugging Face Space, reads a visitor's address from its proxy; else all visitors would seem to be one."""
    if public_address():
        os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")


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


def options(page: gr.Blocks, model: NLIModel, answers: Answers) -> dict[str, object]:
    """The arguments of ``launch``, wherever the page is served."""
    settings = model.settings
    routes = [
        health_route(page, model),
        answer_route(answers, max_waiting=settings.max_queue),
        static_route(),
        copy_route(answers.models),
    ]
    return {
        "theme": theme(),
        "head": head(),
        "ssr_mode": False,
        "footer_links": ["api"],
        "app_kwargs": {
            "routes": routes,
            "middleware": middleware(page, settings),
            "exception_handlers": {**HANDLERS, 503: refuse_when_busy(page)},
            "lifespan": maintenance_lifespan(page),
        },
        "state_session_capacity": SESSIONS,  # of the named endpoints: nothing that the page asks is kept
        "mcp_server": bool(settings.mcp),
        "run_history": False,  # else Gradio stores typed text in the browser
        "enable_monitoring": False,
        "share": False,
        "prevent_thread_lock": True,
        "_frontend": False,  # no check that the page answers: on a busy machine it times out, and the start fails
    }


def middleware(page: gr.Blocks, settings: Settings) -> list[Middleware]:
    """The middleware before Gradio's routes, outermost first."""
    return [
        Middleware(OpenRoutes, page=page, mcp=bool(settings.mcp)),
        Middleware(AnswerFaults),
        Middleware(LimitBytes, megabytes=settings.request_megabytes),
        Middleware(CheckRequests, page=page),
        Middleware(AnswerLostStreams, page=page),
    ]


def open_queue(page: gr.Blocks, settings: Settings) -> None:
    """Bounds the requests that wait, and the answers that wait to be read."""
    # else Gradio sums up all earlier requests after each, for a page that is not served
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
    page.queue(
        max_size=settings.max_queue, api_open=False
    )  # else a direct call would bypass the queue and its limits
    bound_unread_answers(page._queue, seconds=settings.unread_seconds, megabytes=settings.unread_megabytes)


def wait_for_signal() -> None:
    """Returns once this process receives SIGINT or SIGTERM."""
    stopped = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stopped.set())
    while not stopped.wait(1):  # without a timeout, Windows handles no signal
        pass


def stop(page: gr.Blocks) -> None:
    """Ends the server. Work that still runs after SHUTDOWN_SECONDS ends with the process."""
    request_log.write("stopping", waiting=len(page._queue), running=page._queue.get_active_worker_count())
    last = Timer(SHUTDOWN_SECONDS, os._exit, [0])
    last.daemon = True
    last.start()
    page.close(verbose=False)
