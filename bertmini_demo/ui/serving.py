"""Loads the model, builds the page and serves it until stopped."""

import gradio as gr

import bertmini_demo
from bertmini_demo.errors import DemoError
from bertmini_demo.settings import from_environment
from bertmini_demo.ui.page import build_page
from bertmini_demo.ui.theme import STYLE, theme


def serve(*, host: str | None, port: int | None, model_name: str | None, block: bool = True) -> gr.Blocks:
    """Serves the page; with ``block`` off it returns at once and the server goes on in a thread.

    Raises:
        CheckpointError: no usable model.
        DemoError: a setting is wrong, or the port cannot be had.
    """
    settings = from_environment()
    page = build_page(bertmini_demo.load_model(model_name or settings.model, settings=settings))
    page.queue(max_size=settings.max_queue)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css_paths=STYLE,
            ssr_mode=False,
            footer_links=["api"],
            prevent_thread_lock=not block,
            quiet=not block,
        )
    except OSError as error:
        raise DemoError(f"The page cannot be served: {error}. Choose another --host or --port.") from error
    return page
