"""Where visitors' copies are trained, one after another, and kept until the visitor leaves.

Training has one thread, on which torch uses one core and which stands back behind all others: verdicts do not wait for it.
"""

import json
import shutil
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Lock

from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.background import single_core_executor
from bertmini_demo.model.checkpoint import RECORD, read_stages, save_checkpoint
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.model.registry import megabytes
from bertmini_demo.results import fold_label
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.fine_tune import (
    BATCH,
    Plan,
    Report,
    answers,
    batches,
    copy_of,
    encoded,
    tune,
)
from bertmini_demo.training.training_record import hardware

TRAINED, HELD_OUT, SURE = "trained on", "held out", "sure"  # groups of pairs
DONE, STOPPED, LATE = "done", "stopped", "late"  # how a training ended
NAME = "your-copy"  # of the folder that can be downloaded


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some pairs, and the verdicts on them before training and after."""

    name: str
    pairs: tuple[Pair, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def right(self) -> tuple[float, float]:
        """The shares that were right before, and are after, from 0 to 1."""
        labels = [pair.label for pair in self.pairs]
        first, then = (sum(map(str.__eq__, labels, side)) / len(labels) for side in (self.before, self.after))
        return first, then


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Result:
    """What a training came to. The file goes when nothing refers to this any more.

    Attributes:
        analysis: of the copy.
        ended: DONE, STOPPED or LATE.
        download: a zip of the folder that load_model takes.
    """

    analysis: Analysis
    groups: tuple[Group, ...]
    reports: tuple[Report, ...]
    ended: str
    download: Path


class Run:
    """One training, from the moment it is asked for; ``reports`` grow while it runs.

    Attributes:
        stopped: set it to end training after the step at hand.
        future: gives the Result; None where it was stopped before its first step.
    """

    def __init__(self, model: NLIModel, pairs: tuple[Sequence[Pair], Sequence[Pair]], plan: Plan) -> None:
        self.model, self.plan = model, plan
        self.training, self.held_out = pairs
        self.reports: list[Report] = []
        self.stopped = Event()
        self.future: Future[Result | None]

    def work(self, folder: Path) -> Result | None:
        """Trains, measures and saves; called on the thread for it."""
        copied = copy_of(self.model)
        groups = [(TRAINED, self.training), (HELD_OUT, self.held_out), (SURE, sure_group(self.model))]
        before = [answers(copied, pairs) for _, pairs in groups]
        for report in tune(copied, self.training, self.held_out, plan=self.plan, stopped=self.stopped):
            self.reports.append(report)
        if not self.reports:
            return None
        # First, since it rounds the weights: what is told is true of the file.
        download = pack(copied, folder, stage=self.stage(copied))
        after = [answers(copied, pairs) for _, pairs in groups]
        done = self.reports[-1].step == self.plan.steps
        result = Result(
            analysis=Analysis(copied, find_language_model=lambda _: None),
            groups=tuple(
                Group(name, tuple(pairs), tuple(first), tuple(then))
                for (name, pairs), first, then in zip(groups, before, after, strict=True)
            ),
            reports=tuple(self.reports),
            ended=DONE if done else STOPPED if self.stopped.is_set() else LATE,
            download=download,
        )
        weakref.finalize(result, shutil.rmtree, download.parent, ignore_errors=True)
        return result

    def stage(self, copied: NLIModel) -> dict:
        """What is written of this training into the copy's record, as other stages are."""
        last, plan = self.reports[-1], self.plan
        lengths = [len(pair.tokens) for pair, _ in encoded(copied, self.training)]
        read = batches(len(lengths), seed=plan.seed, count=last.step)
        return {
            "command": "finetune",
            "data": [f"{len(self.training)} pairs on the page"],
            "hardware": hardware(),
            "processes": 1,
            "settings": {"batch": BATCH, "rate": plan.rate, "learns": plan.learns, "seed": plan.seed},
            "steps": last.step,
            "epochs": round(last.step * BATCH / len(lengths), 3),
            "word_pieces": sum(lengths[index] for batch in read for index in batch),
            "hours": round(last.seconds / 3600, 3),
            "loss": [(one.step, round(one.loss, 4)) for one in self.reports],
        }


class Workshop:
    """One line of trainings, and the copies they made, by visitor. Safe for threads.

    Args:
        folder: where files to be downloaded are put.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self._folder = folder
        self._line: OrderedDict[str, Run] = OrderedDict()
        self._results: OrderedDict[str, Result] = OrderedDict()  # the oldest first
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def start(self, visitor: str, run: Run) -> Run:
        """Puts a training into the line; one that the visitor has there is stopped.

        Raises:
            DemoError: the model is too large to be trained here, or the line too long.
        """
        if run.model.parameters * 4 > self.settings.train_megabytes * 1e6:
            raise DemoError(
                f"{run.model.name} takes {run.model.parameters * 4 / 1e6:,.0f} MB; models of up to "
                f"{self.settings.train_megabytes:,} MB can be trained here. Choose a smaller one."
            )
        self.stop(visitor)
        with self._lock:
            waiting = [one for one in self._line.values() if not one.future.done()]
            if len(waiting) >= self.settings.train_line:
                raise DemoError(f"{len(waiting)} trainings are in line already. Try again in some minutes.")
            if self._pool is None:
                self._pool = single_core_executor("training")
            self._line.pop(visitor, None)
            self._line[visitor] = run
            run.future = self._pool.submit(self._work, visitor, run)
        return run

    def before(self, run: Run) -> int:
        """How many trainings are to end before this one begins."""
        with self._lock:
            runs = list(self._line.values())
        earlier = runs[: runs.index(run)] if run in runs else []
        return sum(not one.future.done() for one in earlier)

    def stop(self, visitor: str) -> None:
        """Ends the visitor's training after the step at hand; what it has come to is kept."""
        with self._lock:
            run = self._line.get(visitor)
        if run is not None:
            run.stopped.set()

    def result(self, visitor: str) -> Result | None:
        """What the visitor's last training came to; None where there was none, or its copy had to make room."""
        with self._lock:
            return self._results.get(visitor)

    def leave(self, visitor: str) -> None:
        """Ends the visitor's training and forgets their copy."""
        with self._lock:
            run = self._line.pop(visitor, None)
            self._results.pop(visitor, None)
        if run is not None:
            run.stopped.set()

    def _work(self, visitor: str, run: Run) -> Result | None:
        if run.stopped.is_set():
            return None
        result = run.work(self._folder)
        with self._lock:
            if result is not None and self._line.get(visitor) is run:  # else the visitor has left
                self._results.pop(visitor, None)
                self._results[visitor] = result
                while (
                    sum(megabytes(one.analysis) for one in self._results.values())
                    > self.settings.copies_megabytes
                ):
                    self._results.popitem(last=False)
        return result


def sure_group(model: NLIModel) -> list[Pair]:
    """The pairs whose label nobody doubts, with labels as the model has them."""
    return [
        Pair(pair["premise"], pair["hypothesis"], fold_label(pair["label"], model.labels), line=number)
        for number, pair in enumerate(sure_pairs(), start=1)
    ]


def pack(copied: NLIModel, folder: Path, *, stage: dict) -> Path:
    """The copy as a zip of the folder that load_model takes, in a place that cannot be guessed.

    The weights are rounded to half precision, in memory as in the file.

    Args:
        stage: the training that made it, for the record that goes with it.
    """
    place = Path(mkdtemp(prefix="copy-", dir=folder))
    save_checkpoint(copied.network, copied.tokenizer, place / NAME)
    stages = json.dumps({"stages": [*read_stages(copied.folder), stage]}, indent=1)
    (place / NAME / RECORD).write_text(stages + "\n", encoding="utf-8")
    packed = shutil.make_archive(str(place / NAME), "zip", root_dir=place, base_dir=NAME)
    shutil.rmtree(place / NAME)
    return Path(packed)
