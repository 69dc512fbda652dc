"""The tab Model: what was measured of the model in use, how it was trained, and its family."""

from collections.abc import Iterator

import gradio as gr

from bertmini_demo.data.model_family import BATCH, FAMILY, LENGTH, Speed, measure_family
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.figures.model_quality import (
    calibration_curve,
    confusion_heatmap,
    family_scatter,
    loss_curves,
)
from bertmini_demo.figures.naming import stage_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.files import read_metrics, read_stages
from bertmini_demo.model.registry import ModelRegistry
from bertmini_demo.ui.laboratory.beside import build_beside
from bertmini_demo.ui.laboratory.tabs import Action, Panel, Tab, View

MATCHED = "mnli_dev_matched"
COSTS = ("Million parameters", "Megabytes", "Milliseconds a pair, measured here")
SPEEDS = "speeds of the family"  # under which the memory keeps them
NONE = "This model brings no {}, and the shipped model’s would not be its own."
CARD = (
    "The shipped model is a teaching model: small, trained on little text, wrong often and sometimes surely. It was "
    "trained on parts of SNLI (CC BY-SA 4.0), MultiNLI (OANC and CC BY), LingNLI (no licence stated), the new protocols of "
    "Bowman et al. 2020 and pairs from Wikipedia (CC BY-SA), counterfactual edits of SNLI (Apache-2.0) and MPE, and on open "
    "English prose; the code is under the MIT licence. Decide nothing by it."
)


def build_model(models: ModelRegistry) -> Tab:
    model = models.first.model
    measured = measured_on(model)
    with gr.Tab("Model", id="model") as item:
        about = gr.HTML(elem_id="card")
        accuracy = gr.HTML(elem_id="accuracy")
        with gr.Row(elem_classes="controls"):
            data = gr.Radio(
                measured,
                value=measured[0][1],
                label="Measured on",
                elem_id="measured-on",
            )
        with gr.Row():
            with gr.Column(min_width=320):
                confusion = gr.Plot(show_label=False, elem_id="confusion", elem_classes="figure")
            with gr.Column(min_width=320):
                curve = gr.Plot(show_label=False, elem_id="calibration", elem_classes="figure")
        says = gr.HTML(elem_id="measured-says")
        losses = (
            gr.Plot(show_label=False, elem_id="losses", elem_classes="figure"),
            gr.HTML(elem_id="losses-says"),
        )
        with gr.Row(elem_classes="controls"):
            cost = gr.Radio(
                list(COSTS), value=COSTS[0], label="The family’s accuracy against", elem_id="cost"
            )
            measure = gr.Button("Measure the family here", elem_id="measure-family", min_width=160)
            stop = gr.Button("Stop", elem_id="stop-family", min_width=80)
        family = (
            gr.Plot(show_label=False, elem_id="family", elem_classes="figure"),
            gr.HTML(elem_id="family-says"),
        )
        beside = build_beside(models)
    panels = (
        Panel((about,), show_card, of_pair=False),
        Panel((accuracy,), show_accuracy, of_pair=False),
        Panel((confusion, curve, says), show_measured, controls=(data,), of_pair=False),
        Panel(losses, show_losses, of_pair=False),
        Panel(family, show_family, controls=(cost,), of_pair=False),
        *beside.panels,
    )
    action = Action(measure, stop, family, run_family, controls=(cost,), status=family[1])
    return Tab(
        "model",
        item,
        panels,
        picks={"pair": (beside.found,)},
        actions=(action, *beside.actions),
        fits=((data, fit_measured),),
    )


def measured_on(model: NLIModel) -> list[tuple[str, str]]:
    """The data sets a model was measured on, with calibration, by what they are called."""
    found = read_metrics(model.folder).get("data", {})
    names = [(rendering.data_name(name), name) for name in found if "calibration" in found[name]]
    return names or [
        ("nothing: this model brings no measurements", "")
    ]  # a choice of nothing could not be sent back


def fit_measured(analysis: Analysis) -> dict:
    """The data sets of another model."""
    measured = measured_on(analysis.model)
    return gr.update(choices=measured, value=measured[0][1])


def show_card(analysis: Analysis, _: View) -> list:
    """What the model is, how its labels are known, and its limits."""
    return [card(analysis.model)]


def card(model: NLIModel) -> str:
    about = " ".join((model.label_source, *model.notes))
    limits = CARD if model.folder == SHIPPED else NONE.format("card that this page could quote")
    return (
        f'<p class="says"><strong>{rendering.escape(model.name)}</strong>: {model.layers} layers, {model.heads} heads, '
        f"{model.hidden} hidden units, {len(model.tokenizer):,} word pieces, {model.positions} positions, "
        f"{model.parameters / 1e6:.1f} million parameters. The original BERT-mini has 30,522 word pieces and 11.2 "
        f'million parameters. {rendering.escape(about)}</p><p class="says">{limits}</p>'
    )


def show_accuracy(analysis: Analysis, _: View) -> list:
    """A table of what was measured, data set by data set."""
    metrics = read_metrics(analysis.model.folder)
    if not metrics.get("data"):
        return [f'<p class="says">{NONE.format("measurements")}</p>']
    alone = metrics.get("hypothesis_only_classifier", {})
    rows = [
        (
            rendering.data_name(name),
            f"{found['pairs']:,}",
            f"{found['accuracy']:.1%}",
            percent(found.get("empty_premise_accuracy")),
            percent(alone.get(name)),
            percent(found.get("calibration", {}).get("expected_calibration_error")),
        )
        for name, found in metrics["data"].items()
    ]
    headings = (
        "Measured on",
        "Pairs",
        "Accuracy",
        "Premise left out",
        "Trained on hypotheses alone",
        "Calibration error",
    )
    return [rendering.open_table(headings, rows)]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def show_measured(analysis: Analysis, _: View, name: str | None) -> list:
    """Confusion and calibration on one data set, and their sense in a sentence."""
    if name not in read_metrics(analysis.model.folder).get("data", {}):
        return [gr.Plot(visible=False), gr.Plot(visible=False), ""]
    found = read_metrics(analysis.model.folder)["data"][name]
    labels = {label: rendering.label_name(label) for label in found["confusion"]}
    share, truth, answer = max(
        (count / max(sum(row.values()), 1), truth, answer)
        for truth, row in found["confusion"].items()
        for answer, count in row.items()
        if answer != truth
    )
    error = found["calibration"]["expected_calibration_error"]
    says = (
        f'<p class="says">Its commonest mistake: {share:.0%} of what people call {labels[truth]} it calls {labels[answer]}. '
        f"How sure it is and how often it is right differ by {error:.1%} on average. Sure is not the same as right for "
        "the right reason: see the tab Traps.</p>"
    )
    bins = found["calibration"]["bins"]
    numbers = rendering.table(
        ("Pairs", "Sure", "Right"),
        ((f"{one['pairs']:,}", f"{one['confidence']:.1%}", f"{one['accuracy']:.1%}") for one in bins),
        caption="The calibration as a table",
    )
    return [confusion_heatmap(found["confusion"], names=labels), calibration_curve(bins), says + numbers]


def show_losses(analysis: Analysis, _: View) -> list:
    """The loss of each stage of training, and what the stages were."""
    stages = [stage for stage in read_stages(analysis.model.folder) if stage.get("loss")]
    if not stages:
        return [gr.Plot(visible=False), f'<p class="says">{NONE.format("record of its training")}</p>']
    says = "<br>".join(
        rendering.escape(f"{stage_name(number, stage['command'])}: {told_of(stage)}")
        for number, stage in enumerate(stages, start=1)
    )
    rows = [(stage["command"], step, f"{loss:.3f}") for stage in stages for step, loss in stage["loss"]]
    numbers = rendering.table(("Stage", "Step", "Loss in nats"), rows, caption="The losses as a table")
    return [loss_curves(stages), f'<p class="says">{says}</p>{numbers}']


def told_of(stage: dict) -> str:
    """What a stage of training read, how long it took, and where."""
    hours = stage["hours"]
    minutes = max(1, round(60 * hours))
    spent = f"{hours:.1f} hours" if hours >= 1 else f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{stage['word_pieces'] / 1e6:.1f} million word pieces in {spent} on {stage['hardware']}."


def show_family(analysis: Analysis, _: View, cost: str) -> list:
    """Accuracy against a cost, published figures beside this model's own."""
    speeds: tuple[Speed, ...] = analysis.of_model.get((SPEEDS,)) or ()
    costs = {
        COSTS[0]: [member.parameters / 1e6 for member in FAMILY],
        COSTS[1]: [member.megabytes for member in FAMILY],
        COSTS[2]: [speed.milliseconds for speed in speeds],
    }[cost]
    if not costs:
        says = "Nothing has been measured on this machine yet: press the button."
        return [None, f'<p class="says">{says}</p>{family_table(speeds)}']
    shown = FAMILY[: len(costs)]
    figure = family_scatter(
        [member.name for member in shown],
        costs,
        [member.mnli[0] for member in shown],
        cost=cost.lower(),
        own=own_point(analysis.model, cost),
    )
    return [figure, family_says(analysis.model) + family_table(speeds)]


def own_point(model: NLIModel, cost: str) -> tuple[str, float, float] | None:
    """This model's place among the family: its parameters or megabytes, and its measured accuracy."""
    found = read_metrics(model.folder).get("data", {}).get(MATCHED)
    if found is None or cost == COSTS[2]:
        return None
    size = model.parameters / 1e6 * (1 if cost == COSTS[0] else 4)
    return "this model", size, 100 * found["accuracy"]


def family_says(model: NLIModel) -> str:
    found = read_metrics(model.folder).get("data", {}).get(MATCHED)
    own = f" This model reaches {found['accuracy']:.1%} on the dev set, matched." if found else ""
    return (
        '<p class="says">The five were pretrained on billions of words; their accuracies are published (GLUE test, '
        f"matched; base: dev, mean of 100 fine-tunings).{own} Speeds are of random weights of the same shape, which cost "
        f"the same: one pair of {LENGTH} word pieces alone, and batches of {BATCH}.</p>"
    )


def family_table(speeds: tuple[Speed, ...]) -> str:
    measured = {speed.member.name: speed for speed in speeds}
    rows = [
        (
            f"BERT-{member.name}",
            f"{member.layers} × {member.hidden}",
            f"{member.parameters / 1e6:.1f}",
            f"{member.megabytes:.0f}",
            " / ".join(f"{value:.1f}" for value in member.mnli),
            f"{measured[member.name].milliseconds:.1f}" if member.name in measured else "–",
            f"{measured[member.name].pairs_per_second:.0f}" if member.name in measured else "–",
        )
        for member in FAMILY
    ]
    headings = (
        "Model",
        "Layers × hidden",
        "Million parameters",
        "Megabytes",
        "MultiNLI, %",
        "ms a pair",
        "Pairs a second",
    )
    return rendering.open_table(headings, rows)


def run_family(analysis: Analysis, view: View, cost: str) -> Iterator[list]:
    """Measures one member after another, and shows what is known so far."""
    speeds: tuple[Speed, ...] = ()
    for speed in measure_family():
        speeds = (*speeds, speed)
        told = f"Measured {len(speeds)} of {len(FAMILY)}."
        yield [gr.skip(), rendering.progress(len(speeds), len(FAMILY), told) + family_table(speeds)]
    analysis.of_model.put((SPEEDS,), speeds)
    yield show_family(analysis, view, cost)
