"""The training loop that all commands share: the Trainer's settings, and resuming after a kill."""

import argparse
import contextlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import PartialState
from torch import Tensor
from torch.utils.data import Dataset
from transformers import (
    PreTrainedTokenizerBase,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.trainer_pt_utils import LengthGroupedSampler

from bertmini_demo.training.option_types import integer, real
from bertmini_demo.training.training_record import Clock, Run, run_of

log = logging.getLogger(__name__)

WORKERS = 8  # most processes that prepare batches for a GPU; on a CPU they would take time from training


def add_loop_arguments(parser: argparse.ArgumentParser, *, rate: float, batch: int) -> None:
    """The options of the loop, with a command's own defaults for rate and batch size."""
    parser.add_argument(
        "--output", type=Path, required=True, help="folder for the model and its resumable state"
    )
    parser.add_argument(
        "--batch",
        type=integer(1, 100_000),
        default=batch,
        help=f"sequences a step and device (default: {batch})",
    )
    parser.add_argument("--rate", type=real(0, 1), default=rate, help=f"peak learning rate (default: {rate})")
    parser.add_argument(
        "--schedule",
        choices=("linear", "cosine", "constant_with_warmup"),
        default="linear",
        help="the rate after the warm-up (default: linear)",
    )
    parser.add_argument("--warmup", type=integer(0), default=200, help="steps of warm-up (default: 200)")
    parser.add_argument(
        "--save-steps", type=integer(1), default=500, help="steps between states (default: 500)"
    )
    parser.add_argument(
        "--seed", type=integer(0), default=0, help="of weights, order and dropout (default: 0)"
    )
    parser.add_argument(
        "--learning-record",
        type=Path,
        help="JSON file to which what the model does at ten moments of the training is added",
    )


def processes() -> PartialState:
    """The processes of this run, as torchrun or accelerate launch started them."""
    return PartialState(cpu=not torch.accelerator.is_available())


def bfloat16_pays() -> bool:
    """Whether this device has instructions for bfloat16. A CPU without them emulates it, much slower."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


class EpochOrder(TrainerCallback):
    """Makes each epoch's order of rows depend on seed and epoch only, so that processes and resumed runs agree on it.

    The sampler's own order comes from the global random state, which dropout advances differently in each process.
    """

    def on_epoch_begin(self, args, state, control, train_dataloader, **_):  # noqa: ARG002
        """Seeds the order of an epoch by its number, so that a resumed training reads the same batches."""
        batches = train_dataloader.batch_sampler
        batches = getattr(batches, "batch_sampler", batches)  # wrapped where there are several processes
        batches.sampler.generator = torch.Generator().manual_seed(args.seed + int(state.epoch or 0))


class GroupingTrainer(Trainer):
    """Batches of rows of similar length, by ``dataset.lengths`` instead of reading every row."""

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> LengthGroupedSampler:
        rows = train_dataset or self.train_dataset
        return LengthGroupedSampler(self.args.train_batch_size, lengths=rows.lengths)


class Progress(ProgressCallback):
    """The library's progress bar, with its log lines on standard error: standard output is for results."""

    def on_log(self, *arguments, **keywords):
        """Prints the log to standard error: standard output is for results."""
        with contextlib.redirect_stdout(sys.stderr):
            super().on_log(*arguments, **keywords)


def train(
    model: torch.nn.Module,
    dataset: Dataset,
    collate,
    tokenizer: PreTrainedTokenizerBase,
    arguments: argparse.Namespace,
    *,
    loss: Callable[..., Tensor] | None = None,
    grouped: bool = True,
    **extra,
) -> Run:
    """Trains the model in place and returns a summary of the run.

    Continues from the last complete state under ``arguments.output``/state, with its optimizer, schedule, random state
    and position in the data.

    Args:
        dataset: its ``lengths`` has the number of tokens of each row.
        loss: computed from the model's outputs and the batch's labels; None for the model's own.
        grouped: whether the rows of a batch are of similar length, which saves padding.
        extra: further TrainingArguments.
    """
    log.info("%d processes on %s", processes().num_processes, processes().device)
    settings = training_arguments(arguments, **extra)
    trainer = (GroupingTrainer if grouped else Trainer)(
        model=model,
        args=settings,
        train_dataset=dataset,
        data_collator=collate,
        compute_loss_func=loss,
        processing_class=tokenizer,
        callbacks=[EpochOrder(), Clock(), *learning_recorders(arguments.learning_record, tokenizer)],
    )
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(Progress())
    trainer.train(resume_from_checkpoint=last_complete_state(arguments.output / "state"))
    [clock] = [callback for callback in trainer.callback_handler.callbacks if isinstance(callback, Clock)]
    return run_of(trainer.state, clock)


def training_arguments(arguments: argparse.Namespace, **extra) -> TrainingArguments:
    """The Trainer's settings for a command's arguments, and ``extra`` ones."""
    return TrainingArguments(
        output_dir=str(arguments.output / "state"),
        per_device_train_batch_size=arguments.batch,
        learning_rate=arguments.rate,
        lr_scheduler_type=arguments.schedule,
        warmup_steps=arguments.warmup,
        adam_beta2=0.98,
        weight_decay=0.01,
        bf16=bfloat16_pays(),
        use_cpu=not torch.accelerator.is_available(),
        remove_unused_columns=False,
        average_tokens_across_devices=False,  # each process's loss is a mean already
        include_num_input_tokens_seen="non_padding",
        restore_callback_states_from_checkpoint=True,
        logging_steps=100,
        save_steps=arguments.save_steps,
        save_total_limit=2,
        report_to="none",
        dataloader_pin_memory=torch.cuda.is_available(),
        dataloader_num_workers=min(WORKERS, os.cpu_count() or 1) if torch.accelerator.is_available() else 0,
        seed=arguments.seed,
        **extra,
    )


def learning_recorders(file: Path | None, tokenizer: PreTrainedTokenizerBase) -> list[TrainerCallback]:
    """The recorder of how the model learns; none without a file."""
    if file is None:
        return []
    from bertmini_demo.training.learning_record import LearningRecorder

    return [LearningRecorder(file, tokenizer)]


def attention() -> str:
    """The attention implementation that trains fastest: the fused kernel's backward pass is slow on a CPU."""
    return "sdpa" if torch.accelerator.is_available() else "eager"


def last_complete_state(folder: Path) -> str | None:
    """The newest state whose last-written file is complete; a half-written one, left by a kill, is removed."""
    states = sorted(
        folder.glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1]), reverse=True
    )
    for state in states:
        try:
            json.loads((state / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            log.warning("%s is incomplete and is removed", state)
            shutil.rmtree(state, ignore_errors=True)  # another process may be removing it
        else:
            return str(state)
    return None
