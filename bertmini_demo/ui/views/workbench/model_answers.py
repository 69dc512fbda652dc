"""Models: another one from the Hub, facts and measurements of the one in use, its training, and the sizes of BERT."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError

from bertmini_demo.data.model_family import BATCH, FAMILY, LENGTH, Speed, measure_family
from bertmini_demo.errors import CheckpointError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.model_quality import confusion_heatmap, family_scatter, loss_curves
from bertmini_demo.figures.naming import percent, stage_name
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.background import run_in_background
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.files import read_metrics, read_stages
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.visit import Visit

MATCHED = "mnli_dev_matched"
COSTS = ("parameters", "megabytes")
AXES = {"parameters": "million parameters", "megabytes": "megabytes", "speed": "milliseconds a pair"}
SPEEDS = "speeds of the family"  # under which an analysis caches them
LOOKS = 0.3  # seconds between two reports of a download


def fetch(analysis: Analysis, state: State, visit: Visit) -> Iterator[Reply]:  # noqa: ARG001
    """Fetches a model and tries it: progress in bytes, then its name and how its labels are known.

    Raises:
        InputError: no name was written, or the model cannot be used; the message says why.
    """
    name = state.options.get("wanted", "").strip()
    if not name:
        raise InputError("Write the name of a model, such as prajjwal1/bert-tiny-mnli.", field="wanted")
    sizes = [0, 0]

    def note(received: int, total: int) -> None:
        sizes[:] = received, total

    pool = ThreadPoolExecutor(1, thread_name_prefix="fetch")
    work = pool.submit(visit.models.fetch, name, progress=note)
    pool.shutdown(wait=False)  # a visitor who leaves does not hold the lane
    while True:
        try:
            model = work.result(timeout=LOOKS).model
            break
        except TimeoutError:
            yield {"progress": sizes[0] / max(sizes[1], 1), "message": text.fetching(*sizes)}
        except CheckpointError as error:
            raise InputError(str(error), field="wanted") from error
    yield {"model": name, "says": text.in_use(model)}


def facts(analysis: Analysis, state: State) -> Reply:  # noqa: ARG001
    """What the model is and how its labels are known."""
    model = analysis.model
    rows = [
        ("Layers", str(model.layers)),
        ("Heads in each", str(model.heads)),
        ("Hidden units", f"{model.hidden:,}"),
        ("Word pieces known", f"{len(model.tokenizer):,}"),
        ("Positions", f"{model.positions:,}"),
        ("Parameters", f"{model.parameters / 1e6:.1f} million"),
        ("Labels", ", ".join(label_name(label) for label in model.output_labels)),
    ]
    return card(
        title=f"What is inside {model.name}?",
        says=text.facts(model, shipped=model.folder == SHIPPED),
        html=render("views/workbench/facts.html", rows=rows),
    )


def accuracy(analysis: Analysis, state: State) -> Reply:  # noqa: ARG001
    """What was measured of the model, data set by data set."""
    metrics = metrics_of(analysis.model)
    alone = metrics.get("hypothesis_only_classifier", {})
    rows = [
        (
            data_name(name),
            f"{measured['pairs']:,}",
            shown(measured["accuracy"]),
            shown(measured.get("empty_premise_accuracy")),
            shown(alone.get(name)),
            shown(measured.get("calibration", {}).get("expected_calibration_error")),
        )
        for name, measured in metrics["data"].items()
    ]
    headings = (
        "Measured on",
        "Pairs",
        "Accuracy",
        "Without the premise",
        "Trained on hypotheses only",
        "Calibration error",
    )
    return card(
        title="How often is it right?",
        says=text.accuracies(metrics["data"]),
        html=render("views/workbench/table.html", title="Accuracy by data set", headings=headings, rows=rows),
    )


def confusion(analysis: Analysis, state: State) -> Reply:
    """How often pairs of each label got each verdict, on one data set."""
    measured = metrics_of(analysis.model)["data"]
    counts = measured[state.option("measured_on", tuple(measured))]["confusion"]
    names = {label: label_name(label) for label in counts}
    return card(
        confusion_heatmap(counts, names=names),
        title="Which labels does it confuse?",
        says=text.confused(counts),
        table=(
            ("Labelled", *(f"Predicted {name}" for name in names.values())),
            [(names[label], *(f"{count:,}" for count in row.values())) for label, row in counts.items()],
        ),
    )


def metrics_of(model: NLIModel) -> dict:
    """What lies beside the model's weights.

    Raises:
        InputError: nothing does.
    """
    metrics = read_metrics(model.folder)
    if not metrics.get("data"):
        raise InputError(
            f"{model.name} comes without measurements. Judge labelled pairs of your own under Batch.",
            field="model",
        )
    return metrics


def shown(share: float | None) -> str:
    """A share from 0 to 1 in per cent; a dash where it was not measured."""
    return "–" if share is None else percent(share, digits=1)


def record(analysis: Analysis, state: State) -> Reply:  # noqa: ARG001
    """Each run of training: what it read, for how long, and where its loss ended.

    Raises:
        InputError: the model comes without a record of its training.
    """
    curves = runs_of(analysis.model)
    if not curves:
        raise InputError(f"{analysis.model.name} comes without a record of its training.", field="model")
    return card(
        loss_curves(curves),
        title="How was it trained?",
        says=text.trained(curves),
        table=(
            ("Run", "Steps", "Million word pieces", "Hours", "Hardware", "Last loss, nats"),
            [
                (
                    stage_name(number, stage["command"]),
                    f"{stage['steps']:,}",
                    f"{stage['word_pieces'] / 1e6:.1f}",
                    f"{stage['hours']:.2f}",
                    stage["hardware"],
                    f"{stage['loss'][-1][1]:.3f}",
                )
                for number, stage in enumerate(curves, start=1)
            ],
        ),
    )


def runs_of(model: NLIModel) -> list[dict]:
    """The runs of training on a model's record that have a loss."""
    return [stage for stage in read_stages(model.folder) if stage.get("loss")]


def family(analysis: Analysis, state: State) -> Reply:
    """Published accuracy against size, beside this model's own."""
    cost = state.option("cost", COSTS)
    sizes = {
        "parameters": [member.parameters / 1e6 for member in FAMILY],
        "megabytes": [member.megabytes for member in FAMILY],
    }[cost]
    own = own_accuracy(analysis.model)
    size = analysis.model.parameters / 1e6 * (1 if cost == "parameters" else 4)
    return card(
        family_scatter(
            [member.name for member in FAMILY],
            sizes,
            [member.mnli[0] for member in FAMILY],
            cost=AXES[cost],
            own=None if own is None else ("this model", size, 100 * own),
        ),
        title="How much accuracy does size buy?",
        says=text.family(own),
        table=family_table(()),
    )


def own_accuracy(model: NLIModel) -> float | None:
    """Of a model on MultiNLI's matched development set, from 0 to 1; None where it was not measured."""
    return read_metrics(model.folder).get("data", {}).get(MATCHED, {}).get("accuracy")


def family_speed(analysis: Analysis, state: State) -> Iterator[Reply]:  # noqa: ARG001
    """Measures one size after another on this machine; the speeds are cached."""
    speeds: tuple[Speed, ...] = analysis.of_model.get((SPEEDS,)) or ()
    if not speeds:
        measuring = measure_family()
        for number in range(1, len(FAMILY) + 1):
            speeds = (*speeds, run_in_background(next, measuring))
            yield {"progress": number / len(FAMILY), "message": f"{number} of {len(FAMILY)} sizes"}
        analysis.of_model.put((SPEEDS,), speeds)
    yield card(
        family_scatter(
            [speed.member.name for speed in speeds],
            [speed.milliseconds for speed in speeds],
            [speed.member.mnli[0] for speed in speeds],
            cost=AXES["speed"],
        ),
        title="How much time does size cost here?",
        says=text.speeds(speeds[0], speeds[-1], length=LENGTH, batch=BATCH),
        table=family_table(speeds),
    )


def family_table(speeds: tuple[Speed, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows: sizes and published accuracies, with the speeds where they were measured."""
    measured = {speed.member.name: speed for speed in speeds}
    rows = []
    for member in FAMILY:
        row = (
            f"BERT-{member.name}",
            f"{member.layers} × {member.hidden}",
            f"{member.parameters / 1e6:.1f}",
            f"{member.megabytes:.0f}",
            " / ".join(f"{value:.1f}" for value in member.mnli),
        )
        if speed := measured.get(member.name):
            row += (f"{speed.milliseconds:.1f}", f"{speed.pairs_per_second:.0f}")
        rows.append(row)
    headings = ("Model", "Layers × hidden", "Million parameters", "Megabytes", "MultiNLI, %")
    return (*headings, *(("ms a pair", "Pairs a second") if speeds else ())), rows


QUESTIONS = (
    Question("workbench.fetch", fetch, lane=WORK_LANE, pair=False, visit=True),
    Question("workbench.facts", facts, pair=False),
    Question("workbench.accuracy", accuracy, pair=False),
    Question("workbench.confusion", confusion, reads=("measured_on",), pair=False),
    Question("workbench.record", record, pair=False),
    Question("workbench.family", family, reads=("cost",), pair=False),
    Question("workbench.family_speed", family_speed, lane=WORK_LANE, pair=False),
)
