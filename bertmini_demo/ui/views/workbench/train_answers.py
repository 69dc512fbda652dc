"""Train: a copy of the model is fine-tuned on the visitor's own pairs, in its turn, and is found by its token alone.

A training is started by one question and followed by others: a lost connection does not end it.
"""

import csv
import io
from secrets import token_urlsafe

from bertmini_demo.data.pair import Pair
from bertmini_demo.data.pair_files import Pairs
from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.fine_tuning_curves import tuning_curves
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.example_rule import colour_pairs
from bertmini_demo.training.on_page.fine_tune import ALL, CLASSIFIER, UPPER, Plan, Report
from bertmini_demo.training.on_page.training_jobs import COPY_PREFIX, TrainedCopy, TrainingJob
from bertmini_demo.training.on_page.user_pairs import check_rows, hold_out
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.state import State, whole_number
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.views.workbench.compare_answers import READS, beside
from bertmini_demo.ui.visit import Visit

LEARNS = (
    (ALL, "all weights"),
    (UPPER, "the upper half of the layers"),
    (CLASSIFIER, "the pooler and the classifier"),
)
RATES = ("0.0001", "0.00001", "0.00003", "0.0003")  # the first learns the example rule
STEPS = 40  # in which the example rule is learned
TO_TRY = (  # the example rule on other sentences, with a colour that it was not trained on, and without one
    ("A dog is running along the beach.", "A brown dog is running."),
    ("A dog is running along the beach.", "A pink dog is running."),
    ("A dog is running along the beach.", "A tired dog is running."),
    ("A child eats a red apple.", "A child eats a red apple."),
)
COLUMNS = ["premise", "hypothesis", "label"]
ROWS_SHOWN = 5  # that were left out


def pairs_text(pairs: list[Pair] | tuple[Pair, ...]) -> str:
    """Labelled pairs as tab-separated lines."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
    writer.writerows([COLUMNS, *([pair.premise, pair.hypothesis, pair.label] for pair in pairs)])
    return lines.getvalue()


def example_text() -> str:
    """The example rule, to begin with."""
    return pairs_text(colour_pairs())


def read_pairs_file(analysis: Analysis, state: State, visit: Visit) -> Reply:  # noqa: ARG001
    """The labelled pairs of a file as lines to edit, and what was left out.

    Raises:
        InputError: there is no labelled pair in the file.
    """
    name, read = read_sent(visit, analysis.model.settings)
    if not read.pairs:
        reason = str(read.bad_rows[0]) if read.bad_rows else "It is empty."
        raise InputError(f"There is no labelled pair in {name}. {reason}", field="pairs")
    return {
        "text": pairs_text(read.pairs),
        "says": text.taken(name, len(read.pairs), more=read.more, notes=read.notes),
        "left_out": [*map(str, read.bad_rows[:ROWS_SHOWN])]
        + ([f"And {len(read.bad_rows) - ROWS_SHOWN:,} more."] if len(read.bad_rows) > ROWS_SHOWN else []),
    }


def read_sent(visit: Visit, settings: Settings) -> tuple[str, Pairs]:
    """The name of what was sent, and its labelled pairs.

    Raises:
        InputError: nothing was sent, or it cannot be read; field "pairs".
    """
    if visit.file is None:
        raise InputError("There are no pairs yet. Choose a file or write some.", field="pairs")
    limits = {"max_rows": settings.train_pairs, "megabytes": settings.file_megabytes}
    return visit.file.name, visit.file.pairs(**limits, labels="required")


def train(analysis: Analysis, state: State, visit: Visit) -> Reply:
    """Puts a training into the line; returns the token by which it is followed, and its copy found.

    Raises:
        InputError: rows that cannot be trained on, or more pairs than the limit.
    """
    model = analysis.model
    plan = read_plan(state, model.settings)
    _, read = read_sent(visit, model.settings)
    if read.bad_rows:
        raise InputError(text.bad_rows(read.bad_rows), field="pairs")
    if read.more:
        raise InputError(
            f"There are more than {model.settings.train_pairs} pairs; training takes {model.settings.train_pairs} at most. "
            "Leave some out.",
            field="pairs",
        )
    rows = [(pair.premise, pair.hypothesis, pair.label) for pair in read.pairs]
    pairs = check_rows(rows, model)
    token = COPY_PREFIX + token_urlsafe(18)
    visit.models.training.start(token, TrainingJob(model, hold_out(pairs), plan), network=visit.network)
    return {"token": token}


def read_plan(state: State, settings: Settings) -> Plan:
    """The plan that a visitor chose.

    Raises:
        InputError: the field is "steps", "rate" or "learns".
    """
    steps = whole_number(
        state.options.get("steps", str(STEPS)), field="steps", limits=(1, settings.train_steps)
    )
    rate = float(state.option("rate", RATES))
    learns = state.option("learns", tuple(name for name, _ in LEARNS))
    return Plan(steps, rate, learns, settings.train_seconds)


def follow(analysis: Analysis, state: State, visit: Visit) -> Reply:  # noqa: ARG001
    """How far a training is: its place in the line, its curves, or its outcome.

    Raises:
        InputError: there is no such training.
        DemoError: the training failed; the message says how.
    """
    token = state.options.get("training", "")
    queue = visit.models.training
    job, copy, failure = queue.status(token)
    if failure is not None:
        raise DemoError(failure)
    if copy is not None:
        return outcome(copy, token)
    if job is None:
        raise InputError(text.NO_TRAINING, field="training")
    before = queue.position(job)
    if before:
        return {"running": True, "share": 0.0, "says": text.in_line(before)}
    reports = list(job.reports)
    share = reports[-1].step / job.plan.steps if reports else 0.0
    return {
        "running": True,
        "share": share,
        "says": text.under_way(reports[-1] if reports else None, steps=job.plan.steps),
        "curves": curves(reports, job.plan.steps),
    }


def stop(analysis: Analysis, state: State, visit: Visit) -> Reply:  # noqa: ARG001
    """Ends a training after its current step; one that waits leaves the line."""
    visit.models.training.stop(state.options.get("training", ""))
    return {"stopped": True}


def curves(reports: list[Report] | tuple[Report, ...], last: int) -> Reply | None:
    """Loss and held-out accuracy as far as they go; None before the first report."""
    if not reports:
        return None
    figure = tuning_curves(
        [one.step for one in reports],
        [one.loss for one in reports],
        [one.held_out for one in reports],
        last=last,
    )
    return {
        "title": "Does it learn?",
        "says": text.learning(reports[0], reports[-1]),
        "figure": figure.to_json(),
        "table": {
            "headings": ["Step", "Loss, nats", "Held-out pairs right"],
            "rows": [[str(one.step), f"{one.loss:.3f}", percent(one.held_out)] for one in reports],
        },
    }


def outcome(copy: TrainedCopy, token: str) -> Reply:
    """Before and after on each group of pairs, and on each of the visitor's pairs."""
    model, last = copy.analysis.model, copy.reports[-1]
    *own, sure = copy.groups
    rows = sorted(
        (pair.line, text.GROUPS[group.name], pair, before, after)
        for group in own
        for pair, before, after in zip(group.pairs, group.before, group.after, strict=True)
    )
    return {
        "running": False,
        "token": token,
        "curves": curves(copy.reports, last.step),
        "html": render(
            "views/workbench/train_result.html",
            ended=text.ended(copy.ended, last),
            groups=[(text.GROUPS[group.name], len(group.pairs), *group.right) for group in copy.groups],
            learned=text.learned(own[-1].right),
            forgotten=text.forgotten(sure.right, len(sure.pairs)),
            rows=[
                (line, name, pair.premise, pair.hypothesis, *map(label_name, (pair.label, before, after)))
                for line, name, pair, before, after in rows
            ],
            token=token,
            labels=",".join(model.output_labels),
            to_try=TO_TRY,
        ),
    }


def copy_pair(analysis: Analysis, state: State, visit: Visit) -> Reply:
    """The page's pair in the model and in the copy; where the copy is in use, the page's own model is the other."""
    copy = visit.models.trained(state.options.get("training", "")).analysis
    before = visit.models.first if analysis is copy else analysis
    return {**beside((before, copy), state), "title": "What does the copy make of this pair?"}


QUESTIONS = (
    Question("workbench.train_pairs", read_pairs_file, pair=False, visit=True),
    Question("workbench.train", train, pair=False, visit=True),
    Question("workbench.training", follow, pair=False, visit=True),
    Question("workbench.stop_training", stop, pair=False, visit=True),
    Question("workbench.copy_pair", copy_pair, reads=("training", *READS[1:]), visit=True),
)
