"""training.json: the stages in which a model was trained, with settings and loss curve.

It travels with the checkpoint: a stage that starts from a model continues that model's record.
"""

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState, TrainerState

from bertmini_demo.model.files import RECORD, read_stages

SETTINGS = (
    "batch",
    "rate",
    "schedule",
    "warmup",
    "seed",
    "length",
    "mask",
    "dropout",
    "masking",
    "temperature",
    "gold",
    "related",
    "teacher_layer",
    "relation_heads",
    "relation_weight",
    "hypothesis_only",
)


class Clock(TrainerCallback, ExportableState):
    """Measures the seconds spent training; part of the resumable state, so that a resumed run continues the count."""

    def __init__(self) -> None:
        self.seconds, self.started = 0.0, None

    def on_train_begin(self, *_, **__) -> None:
        """Starts the clock."""
        self.started = time.monotonic()

    def total(self) -> float:
        """Seconds spent training so far, those before a kill included."""
        return self.seconds + (time.monotonic() - self.started if self.started else 0.0)

    def state(self) -> dict:
        """What a checkpoint stores, so that a resumed training continues to count."""
        return {"args": {}, "attributes": {"seconds": self.total()}}


@dataclass(frozen=True, slots=True)
class Run:
    """A summary of one training run.

    Attributes:
        word_pieces: read in total, without padding.
        mean_loss: over the steps since the start or the last resumption, in nats.
        loss: (step, mean loss since the entry before) in nats.
    """

    steps: int
    epochs: float
    word_pieces: int
    hours: float
    mean_loss: float
    loss: tuple[tuple[int, float], ...]


def run_of(state: TrainerState, clock: Clock) -> Run:
    """The summary of a run from the Trainer's state at its end."""
    return Run(
        steps=state.global_step,
        epochs=round(state.epoch or 0.0, 3),
        word_pieces=int(state.num_input_tokens_seen),
        hours=round(clock.total() / 3600, 3),
        mean_loss=round(state.log_history[-1]["train_loss"], 4),
        loss=tuple((line["step"], round(line["loss"], 4)) for line in state.log_history if "loss" in line),
    )


def record_stage(run: Run, *, start: Path | None, arguments: argparse.Namespace, processes: int) -> None:
    """Writes the stages of the model started from, and this one, to the output folder."""
    stages = read_stages(start) if start else []
    given = vars(arguments)
    stages.append(
        {
            "command": given["command"],
            "data": [path.name for path in arguments.data],
            "hardware": hardware(),
            "processes": processes,
            "settings": {name: given[name] for name in SETTINGS if name in given},
            **asdict(run),
        }
    )
    write_stages(arguments.output, stages)


def write_stages(folder: Path, stages: list[dict]) -> None:
    """Writes training.json: how the model in a folder came about, stage after stage."""
    (folder / RECORD).write_text(json.dumps({"stages": stages}, indent=1) + "\n", encoding="utf-8")


def hardware() -> str:
    """The accelerator's name, or the processor's and the number of its cores."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} × {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} cores of {torch.cpu.get_capabilities().get('cpu_name', 'a processor')}"
