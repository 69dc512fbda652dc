"""One training of a visitor's copy: from the pairs to the measured copy and a file of it."""

import json
import shutil
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from threading import Event

from bertmini_demo.data.pair import Pair
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.files import RECORD, read_stages
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.results import fold_label
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
COPY_PREFIX = "copy-"  # of the folder that the download lies in


@dataclass(frozen=True, slots=True, eq=False)
class PairGroup:
    """Some pairs, and the predicted labels before training and after."""

    name: str
    pairs: tuple[Pair, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def right(self) -> tuple[float, float]:
        """Accuracy before and after, each from 0 to 1."""
        labels = [pair.label for pair in self.pairs]
        before, after = (
            sum(map(str.__eq__, labels, side)) / len(labels) for side in (self.before, self.after)
        )
        return before, after


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TrainedCopy:
    """The copy that a training made. Its file is deleted once nothing refers to the copy any more, or before.

    Attributes:
        analysis: of the copy.
        ended: DONE, STOPPED or LATE.
        download: a zip of the folder that load_model takes.
    """

    analysis: Analysis
    groups: tuple[PairGroup, ...]
    reports: tuple[Report, ...]
    ended: str
    download: Path

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self.download.parent, ignore_errors=True)

    def delete_file(self) -> None:
        """Deletes the download; the copy itself stays in memory."""
        shutil.rmtree(self.download.parent, ignore_errors=True)


class TrainingJob:
    """One training, from the moment it is asked for; ``reports`` grow while it runs.

    Args:
        pairs: those to train on and those held out.

    Attributes:
        stopped: set, it ends training after the current step.
        future: gives the TrainedCopy; None where it was stopped before its first step.
        network: the address it takes turns with others of (see TrainingQueue).
        looked_at: when the visitor last asked how far it is, in seconds of a steady clock.
    """

    def __init__(self, model: NLIModel, pairs: tuple[Sequence[Pair], Sequence[Pair]], plan: Plan) -> None:
        self.model, self.plan = model, plan
        self.training, self.held_out = pairs
        self.reports: list[Report] = []
        self.stopped = Event()
        self.future: Future[TrainedCopy | None] = Future()
        self.network = ""
        self.looked_at = time.monotonic()

    def run(self, folder: Path) -> TrainedCopy | None:
        """Trains, measures and saves; called on the thread for training."""
        copied = copy_of(self.model)
        groups = [(TRAINED, self.training), (HELD_OUT, self.held_out), (SURE, sure_group(self.model))]
        before = [answers(copied, pairs) for _, pairs in groups]
        for report in tune(copied, self.training, self.held_out, plan=self.plan, stopped=self.stopped):
            self.reports.append(report)
        if not self.reports:
            return None
        # First, since it rounds the weights: what is measured then is true of the file.
        download = pack(copied, folder, stage=self.stage(copied))
        after = [answers(copied, pairs) for _, pairs in groups]
        done = self.reports[-1].step == self.plan.steps
        return TrainedCopy(
            analysis=Analysis(copied, find_language_model=lambda _: None),
            groups=tuple(
                PairGroup(name, tuple(pairs), tuple(first), tuple(then))
                for (name, pairs), first, then in zip(groups, before, after, strict=True)
            ),
            reports=tuple(self.reports),
            ended=DONE if done else STOPPED if self.stopped.is_set() else LATE,
            download=download,
        )

    def stage(self, copied: NLIModel) -> dict:
        """The entry for this training in the copy's record, as for other stages."""
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


def sure_group(model: NLIModel) -> list[Pair]:
    """The pairs whose label is beyond doubt, with the model's own names of labels."""
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
    place = Path(mkdtemp(prefix=COPY_PREFIX, dir=folder))
    save_checkpoint(copied.network, copied.tokenizer, place / NAME)
    stages = json.dumps({"stages": [*read_stages(copied.folder), stage]}, indent=1)
    (place / NAME / RECORD).write_text(stages + "\n", encoding="utf-8")
    packed = shutil.make_archive(str(place / NAME), "zip", root_dir=place, base_dir=NAME)
    shutil.rmtree(place / NAME)
    return Path(packed)
