"""The model in use, and the picker of another one: each visitor's own choice."""

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr

from bertmini_demo.errors import DemoError
from bertmini_demo.figures import rendering
from bertmini_demo.model.registry import ModelRegistry
from bertmini_demo.ui.laboratory.frame import header
from bertmini_demo.ui.laboratory.tabs import Fit
from bertmini_demo.ui.server import request_log

HINT = (
    "Another model of the family comes from the Hugging Face Hub, once, and is tried on pairs whose label nobody doubts "
    "before it takes the place of the one in use. What is shown is then its own; other visitors keep theirs."
)


@dataclass(frozen=True, slots=True)
class Picker:
    """What a model is chosen with, and ``chosen``: its Hub name, or None for the page's own."""

    header: gr.HTML
    name: gr.Dropdown
    use: gr.Button
    told: gr.HTML
    chosen: gr.State
    fold: gr.Accordion


def build_picker(models: ModelRegistry) -> Picker:
    """The header that names the model in use, and below it the picker, folded away."""
    head = gr.HTML(header(models.first.model), elem_id="header")
    with gr.Accordion("Use another model", open=False, elem_id="another-model") as fold:
        with gr.Row(elem_classes="controls"):
            name = gr.Dropdown(
                [(models.first.model.name, ""), *((one, one) for one in models.names)],
                value="",
                label="Model",
                info="A BERT classifier for this task, by its name on the Hugging Face Hub",
                allow_custom_value=bool(models.settings.allow_any_model),
                elem_id="model-name",
                min_width=280,
            )
            use = gr.Button("Fetch and use", elem_id="use-model", min_width=120)
        told = gr.HTML(line(HINT), elem_id="model-told")
    return Picker(head, name, use, told, gr.State(None), fold)


def choosing(models: ModelRegistry, fits: tuple[Fit, ...]) -> Callable[..., list]:
    """The handler that changes a visitor's model.

    It takes the name picked; it returns the name kept, the header, what is told, and an update for each of ``fits``.
    Where the model cannot be used, the one in use goes on and a line says why.
    """

    def choose(name: str | None, progress: gr.Progress = gr.Progress()) -> list:  # noqa: B008 - as Gradio finds it
        def show(come: int, whole: int) -> None:
            progress(come / whole, desc=f"{come / 1e6:.0f} of {whole / 1e6:.0f} MB")

        progress(0, desc="Asking the Hub")
        chosen = (name or "").strip() or None
        try:
            with request_log.entry("use-model"):
                analysis = models.get(chosen, progress=show)
        except DemoError as error:
            refused = line(f"{error} The model in use goes on.")
            return [gr.skip(), gr.skip(), refused, *[gr.skip()] * len(fits)]
        model = analysis.model
        told = line(" ".join((f"In use: {model.name}.", model.label_source, *model.notes)))
        return [chosen, header(model), told, *(fit(analysis) for _, fit in fits)]

    return choose


def asking(models: ModelRegistry) -> Callable[..., list]:
    """The handler that puts the model a link names into the picker: nothing is fetched until the visitor says so.

    It returns the name, what is told, and whether the picker is unfolded.
    """

    def ask(request: gr.Request) -> list:
        name = request.query_params.get("model")
        if name not in models.names:
            return [gr.skip()] * 3
        told = line(f"The link was made with {name}. Press the button to fetch it and use it here.")
        return [name, told, gr.Accordion(open=True)]

    return ask


def line(text: str) -> str:
    return f'<p class="says" role="status">{rendering.escape(text)}</p>'
