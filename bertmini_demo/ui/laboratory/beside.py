"""Another model beside the one in use: on the pair at hand, and over many pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.pair import Pair
from bertmini_demo.data.pair_files import Pairs, read_file
from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.model_comparison import ComparedPair, compare_predictions
from bertmini_demo.figures import rendering
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid
from bertmini_demo.model.registry import ModelRegistry
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory import beside_html as html
from bertmini_demo.ui.laboratory.batch_html import BAD_ROWS_SHOWN, bad_rows
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.question import QUESTION, current_target
from bertmini_demo.ui.laboratory.tabs import Action, Panel, View
from bertmini_demo.ui.laboratory.units import display_units

PRESS = (
    "Choose another model and press the button: both will stand side by side here, for every pair you open."
)
FETCHED = "The other model is being fetched and tried."
SAME = "That is the model in use. Choose another one."
GRIDS = ("first-heads", "second-heads")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the tab that holds the comparison puts into itself."""

    panels: tuple[Panel, ...]
    actions: tuple[Action, ...]
    found: gr.HTML  # its `select` opens a pair


def build_beside(models: ModelRegistry) -> Beside:
    gr.HTML("<h3>Another model beside this one</h3>", elem_classes="heading")
    with gr.Row(elem_classes="controls"):
        name = gr.Dropdown(
            [(models.first.model.name, ""), *((one, one) for one in models.names)],
            value=models.names[0] if models.names else "",
            label="Beside it",
            allow_custom_value=bool(models.settings.allow_any_model),
            elem_id="beside-name",
            min_width=260,
        )
        compare = gr.Button("Compare on this pair", elem_id="compare-models", min_width=160)
        stop = gr.Button("Stop", elem_id="stop-compare-models", min_width=80)
    says = gr.HTML(elem_id="beside-says")
    with gr.Row():
        grids = [build_grid(grid) for grid in GRIDS]
    with gr.Row(elem_classes="controls"):
        file = gr.File(
            label="A file of pairs (CSV, tab-separated, JSON); without one, the example pairs",
            elem_id="beside-file",
            height=120,
        )
        many = gr.Button("Compare on many pairs", elem_id="compare-many", min_width=160)
        halt = gr.Button("Stop", elem_id="stop-compare-many", min_width=80)
    found = gr.HTML(js_on_load=OPEN_PAIR, elem_id="beside-many")

    def show(analysis: Analysis, view: View, chosen: str | None) -> list:
        return show_pair(analysis, models.loaded(chosen or None), view)

    def run(analysis: Analysis, view: View, chosen: str | None) -> Iterator[list]:
        yield [rendering.progress(0, 1, FETCHED), gr.skip(), gr.skip()]
        try:
            yield show_pair(analysis, models.get(chosen or None), view)
        except DemoError as error:
            yield [html.says(str(error)), gr.skip(), gr.skip()]

    def run_many(analysis: Analysis, _: View, chosen: str | None, path: str | None) -> Iterator[list]:
        yield [rendering.progress(0, 1, FETCHED)]
        try:
            other, read = models.get(chosen or None), pairs_of(path, models.settings)
            pairs = [(pair.premise, pair.hypothesis) for pair in read.pairs]
            name = "The example pairs" if path is None else Path(path).name
            left_out = bad_rows(read.bad_rows[:BAD_ROWS_SHOWN], total=len(read.bad_rows))
            for result in compare_many(analysis, other, pairs):
                yield [html.says(f"{name}, {len(pairs):,} pairs:") + result + left_out]
        except DemoError as error:
            yield [html.says(str(error))]

    outputs = (says, *grids)
    return Beside(
        panels=(Panel(outputs, show, reads=QUESTION, controls=(name,)),),
        actions=(
            Action(compare, stop, outputs, run, controls=(name,), ended_by=(name,)),
            Action(many, halt, (found,), run_many, controls=(name, file), ended_by=(name, file)),
        ),
        found=found,
    )


def build_grid(name: str) -> gr.Plot:
    with gr.Column(min_width=320):
        return gr.Plot(show_label=False, visible=False, elem_id=name, elem_classes="figure")


def show_pair(analysis: Analysis, other: Analysis | None, view: View) -> list:
    """Verdicts, words and heads of both models; an invitation where the other is not here yet."""
    if other is None or other is analysis:
        nothing = gr.update(value=None, visible=False)
        return [html.says(PRESS if other is None else SAME), nothing, nothing]
    both = (analysis, other)
    traces = [one.trace(view.premise, view.hypothesis) for one in both]
    attributions = [attribution(one, view, target=current_target(analysis, view)) for one in both]
    names = [one.model.name for one in both]
    told = html.verdicts(names, [trace.prediction for trace in traces]) + html.words(names, attributions)
    grids = []
    for trace in traces:
        units = display_units(trace, pieces=False, special=True)
        grids.append(head_grid(units.merge(trace.attentions), units.labels))
    return [told + html.heads(names, traces), *(gr.update(value=grid, visible=True) for grid in grids)]


def attribution(analysis: Analysis, view: View, *, target: str):
    """What speaks for a label in one model; for its own verdict where it has no such label."""
    labels = analysis.model.labels
    return analysis.attribution(
        view.premise,
        view.hypothesis,
        method=view.method,
        target=target if target in labels else None,
        output=view.output,
        baseline=view.baseline,
    )


def compare_many(analysis: Analysis, other: Analysis, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Progress, then how far both agree and where they differ."""
    if other is analysis:
        yield html.says(SAME)
        return
    opinions: list[ComparedPair] = []
    limit = analysis.model.settings.page_word_pieces
    for batch in compare_predictions(analysis.model, other.model, pairs, limit=limit):
        opinions += batch
        yield rendering.progress(len(opinions), len(pairs), f"{len(opinions):,} of {len(pairs):,} pairs")
    yield html.opinions([one.model.name for one in (analysis, other)], opinions)


def pairs_of(path: str | None, settings: Settings) -> Pairs:
    """The pairs of a file, or the examples where there is none.

    Raises:
        InputError: not text, too large, too many rows, or no pair among them.
    """
    if path is None:
        return Pairs(tuple(Pair(one.premise, one.hypothesis) for one in gallery()), (), False)
    limits = {"max_rows": settings.compared_pairs, "megabytes": settings.file_megabytes}
    read = read_file(Path(path), **limits, labels="ignored")
    name = Path(path).name
    if read.more:
        raise InputError(
            f"{name} has over {settings.compared_pairs:,} rows, the most that are compared.", field="pairs"
        )
    if not read.pairs:
        reason = f"{read.bad_rows[0]}" if read.bad_rows else "It is empty."
        raise InputError(f"There is no pair in {name}. {reason}", field="pairs")
    return read
