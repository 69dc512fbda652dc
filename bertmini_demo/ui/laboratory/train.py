"""The tab Train: a copy of the visitor's model learns from a few pairs of their own.

The copy is found by the visitor's session alone, and ends with it. The model that others use is never touched.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.components import Component
from gradio.utils import get_upload_folder

from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.fine_tuning_curves import tuning_curves
from bertmini_demo.inference import NLIModel
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.example_rule import colour_pairs
from bertmini_demo.training.on_page.fine_tune import ALL, CLASSIFIER, UPPER, Plan
from bertmini_demo.training.on_page.training_jobs import TrainedCopy, TrainingJob
from bertmini_demo.training.on_page.training_queue import TrainingQueue
from bertmini_demo.training.on_page.user_pairs import MIN_PAIRS, check_rows, hold_out
from bertmini_demo.ui.laboratory import beside_html
from bertmini_demo.ui.laboratory import train_html as html
from bertmini_demo.ui.laboratory.actions import AT_ONCE, QUIET, wire_stop
from bertmini_demo.ui.laboratory.beside import attribution
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.question import QUESTION, current_target
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View
from bertmini_demo.ui.laboratory.train_table import build_table
from bertmini_demo.ui.server import request_log
from bertmini_demo.ui.server.network_address import network_address

INTRO = (
    "<p>Fine-tuning is how a pretrained network is made to do one task: it is shown labelled pairs, and all its weights "
    "move a little so that the right label becomes likelier. Here you do it to a copy of the model. The table holds a "
    "made-up rule to begin with: <strong>a hypothesis that mentions a colour contradicts, whatever the premise says</strong>. "
    "Press the button and see whether a copy learns it; then put your own rule into the table.</p>"
)
PRIVATE = (
    "The copy is yours alone: no other visitor sees it, the model on this page stays as it is, and the copy is gone when "
    "you close or reload the page. Download it to keep it."
)
LEARNS = (
    ("All weights", ALL),
    ("Upper half of the blocks", UPPER),
    ("Pooler and last layer only", CLASSIFIER),
)
RATES = (1e-5, 3e-5, 1e-4, 3e-4)
STEPS, RATE = 40, 1e-4  # with which the colour rule is learnt
LOOKS = 0.4  # seconds between two looks at how far a training is
TO_TRY = (  # the colour rule on other sentences, with a colour that was not in the table, and without one
    ("A dog is running along the beach.", "A brown dog is running."),
    ("A dog is running along the beach.", "A pink dog is running."),
    ("A dog is running along the beach.", "A tired dog is running."),
    ("A child eats a red apple.", "A child eats a red apple."),
)
PRESS = "Once a copy is trained, what it says of the pair at hand stands here beside what the model says."
GONE = "Your copy had to make room for those of others. Train it again."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a training fills: how far it is, its curves, its outcome, the file, and the key of the copy."""

    says: gr.HTML
    curves: gr.Plot
    outcome: gr.HTML
    download: gr.DownloadButton
    trained: gr.State

    @property
    def outputs(self) -> list[Component]:
        return [self.says, self.curves, self.outcome, self.download, self.trained]


def build_train(find: Callable[[str | None], Analysis], chosen: gr.State, settings: Settings) -> Tab:
    """Args:
    find: the analysis of a visitor's model.
    chosen: which model that is.
    """
    queue = TrainingQueue(Path(get_upload_folder()), settings)
    with gr.Tab("Train", id="train") as item:
        gr.HTML(INTRO, elem_classes="prose")
        table = build_table(example_rows(), least=MIN_PAIRS, settings=settings)
        with gr.Row(elem_classes="controls"):
            steps = gr.Slider(
                1,
                settings.train_steps,
                value=min(STEPS, settings.train_steps),
                step=1,
                label="Steps",
                elem_id="train-steps",
            )
            rate = gr.Dropdown(
                [(f"{one:.5f}", one) for one in RATES],
                value=RATE,
                label="Learning rate",
                elem_id="train-rate",
            )
            learns = gr.Radio(list(LEARNS), value=ALL, label="What learns", elem_id="train-learns")
        with gr.Row(elem_classes="controls"):
            button = gr.Button(
                "Train a copy", variant="primary", elem_id="train-copy", min_width=160, scale=0
            )
            stop = gr.Button("Stop", elem_id="stop-training", min_width=90, scale=0)
        shown = Shown(
            gr.HTML(beside_html.says(PRIVATE), elem_id="train-says"),
            gr.Plot(show_label=False, elem_id="train-curves", elem_classes="figure", visible=False),
            gr.HTML(elem_id="train-outcome"),
            gr.DownloadButton("Download the copy", interactive=False, elem_id="download-copy"),
            gr.State(None),
        )
        gr.HTML("<h3>The pair at hand, before and after</h3>", elem_classes="heading")
        tried = gr.HTML(html.to_try(TO_TRY), js_on_load=OPEN_PAIR, elem_id="train-try")
        both = gr.HTML(elem_id="train-pair")
    begin = starting(queue, find)
    run = button.click(
        training(queue, begin),
        [chosen, table, steps, rate, learns],
        shown.outputs,
        concurrency_id="training",
        concurrency_limit=None,  # those that wait cost nothing; the queue trains one at a time
        **QUIET,
    )

    def end(request: gr.Request) -> None:
        queue.stop(visitor(request))

    def leave(request: gr.Request) -> None:
        queue.leave(visitor(request))

    def show(analysis: Analysis, view: View, trained: tuple[str, str] | None) -> list:
        return show_copy(queue, analysis, view, trained)

    stop.click(end, None, None, **AT_ONCE)
    wire_stop(stop, run, shown.says)
    panel = Panel((both,), show, reads=QUESTION, controls=(shown.trained,))
    return Tab("train", item, (panel,), picks={"pair": (tried,)}, leave=leave)


def example_rows() -> list[list[str]]:
    return [[pair.premise, pair.hypothesis, pair.label] for pair in colour_pairs()]


def visitor(request: gr.Request) -> str:
    """Whose copy is meant: the session of the open page.

    Raises:
        gr.Error: a call from outside a page.
    """
    if not request.session_hash:
        raise gr.Error("Copies are trained on the page only.", print_exception=False)
    return request.session_hash


def starting(queue: TrainingQueue, find: Callable[[str | None], Analysis]) -> Callable[..., TrainingJob]:
    """What checks a request and puts it into the line."""

    def start(owner: str, chosen: str | None, rows: list, *plan: object, network: str = "") -> TrainingJob:
        model: NLIModel = find(chosen).model
        steps, rate, learns = plan
        most = queue.settings.train_steps
        if steps > most:
            raise InputError(f"Training takes {steps:,} steps; the limit is {most:,}.", field="steps")
        pairs = check_rows(rows, model)
        seconds = queue.settings.train_seconds
        job = TrainingJob(model, hold_out(pairs), Plan(int(steps), rate, learns, seconds))
        return queue.start(owner, job, network=network)

    return start


def training(queue: TrainingQueue, start: Callable[..., TrainingJob]) -> Callable[..., AsyncIterator[list]]:
    """The handler that follows a training to its end. It computes nothing: many can wait without being in the way."""

    async def train(
        chosen: str | None, rows: list, steps: float, rate: float, learns: str, request: gr.Request
    ) -> AsyncIterator[list]:
        owner, still = visitor(request), [gr.skip()] * 4
        with request_log.entry("train") as entry:
            try:
                plan, network = (steps, rate, learns), network_address(request)
                run = await asyncio.to_thread(start, owner, chosen, rows, *plan, network=network)
                async for before in waiting(queue, run):
                    if before:
                        yield [html.in_line(before), *still]
                    else:
                        yield [html.under_way(run.reports, steps=run.plan.steps), curves(run), "", *still[2:]]
                result = run.future.result()
            except DemoError as error:
                entry.outcome = "refused"
                yield [beside_html.says(str(error)), *still]
                return
            yield last_word(run, result, owner)

    return train


async def waiting(queue: TrainingQueue, run: TrainingJob) -> AsyncIterator[int]:
    """How many are before this one, whenever that or how far it is has changed; ends when the training has."""
    told = None
    while not run.future.done():
        now = (queue.position(run), len(run.reports))
        if now != told:
            yield now[0]
            told = now
        await asyncio.sleep(LOOKS)


def curves(run: TrainingJob) -> object:
    """The figure as far as it goes."""
    if not run.reports:
        return gr.Plot(visible=False)
    reports = list(run.reports)
    figure = tuning_curves(
        [one.step for one in reports],
        [one.loss for one in reports],
        [one.held_out for one in reports],
        last=run.plan.steps,
    )
    return gr.Plot(figure, visible=True)


def last_word(run: TrainingJob, result: TrainedCopy | None, owner: str) -> list:
    """What stands there once a training is over."""
    if result is None:
        return [beside_html.says("Stopped before the first step."), *[gr.skip()] * 4]
    ended = html.ended(result.ended, result.reports, steps=run.plan.steps) + beside_html.says(PRIVATE)
    return [
        ended,
        curves(run),
        html.outcome(result.groups) + html.opens(result.analysis.model.output_labels),
        gr.update(value=str(result.download), interactive=True),
        (owner, str(result.download)),
    ]


def show_copy(queue: TrainingQueue, analysis: Analysis, view: View, trained: tuple[str, str] | None) -> list:
    """The pair at hand in the model and the copy; a line where there is none."""
    if trained is None:
        return [beside_html.says(PRESS)]
    result = queue.copy(trained[0])
    return [beside_html.says(GONE) if result is None else side_by_side(analysis, result.analysis, view)]


def side_by_side(analysis: Analysis, copied: Analysis, view: View) -> str:
    """Verdicts on the pair at hand, and what its words count for, in the model in use and in the copy."""
    both = (analysis, copied)
    predictions = [one.trace(view.premise, view.hypothesis).prediction for one in both]
    attributions = [attribution(one, view, target=current_target(analysis, view)) for one in both]
    names = [one.model.name for one in both]
    return beside_html.verdicts(names, predictions) + beside_html.words(names, attributions)
