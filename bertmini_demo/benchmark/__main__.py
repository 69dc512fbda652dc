"""Command line: ``python -m bertmini_demo.benchmark [--only PART ...] [--json] [--output FILE]``."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

import bertmini_demo
from bertmini_demo.benchmark import (
    attribution_speed,
    browser_speed,
    experiment_speed,
    figure_sizes,
    load_test,
    prediction_speed,
    scaling,
    startup_time,
)
from bertmini_demo.errors import DemoError
from bertmini_demo.inference import NLIModel
from bertmini_demo.settings import ASSETS
from bertmini_demo.training.option_types import integer, real
from bertmini_demo.training.training_record import hardware

STORED = ASSETS / "benchmark.json"


def parts(
    model: NLIModel, *, quick: bool, visitors: int, seconds: float, demanding: dict[str, int]
) -> dict[str, Callable[[], object]]:
    """What can be measured, by name; ``quick`` takes a small part of the repetitions."""
    many = 4 if quick else 40
    return {
        "one_pair": lambda: prediction_speed.one_pair(model, repetitions=many),
        "many_pairs": lambda: prediction_speed.many_pairs(model, repetitions=2 if quick else 5),
        "coloured_words": lambda: attribution_speed.coloured_words(model, pairs=10 if quick else 200),
        "experiments": lambda: experiment_speed.experiments(model, repetitions=max(2, many // 4)),
        "pictures": lambda: figure_sizes.transfer_sizes(model),
        "word_pieces": lambda: scaling.with_length(model, repetitions=many),
        "pairs": lambda: scaling.with_pairs(model, max_pairs=100 if quick else 10_000),
        "threads": lambda: scaling.with_visitors(model),
        "start": lambda: startup_time.first_verdict(repetitions=2 if quick else 5),
        "browser": lambda: browser_speed.felt(model, rounds=2 if quick else 12),
        "load": lambda: load_test.run_load_test(
            model,
            visitors=visitors,
            seconds=min(seconds, 10) if quick else seconds,
            demanding=demanding,
        ),
    }


def argument_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="python -m bertmini_demo.benchmark", description=__doc__)
    parser.add_argument("--model", help="folder or Hub name (default: the shipped checkpoint)")
    parser.add_argument(
        "--only", nargs="+", metavar="PART", help="measure these parts and keep the others as stored"
    )
    parser.add_argument("--quick", action="store_true", help="few repetitions: a look, not a measurement")
    parser.add_argument(
        "--visitors", type=integer(1, 10_000), default=30, help="of the part load (default: 30)"
    )
    parser.add_argument("--seconds", type=real(1, 86_400), default=600, help="that they stay (default: 600)")
    parser.add_argument(
        "--greedy", type=integer(0, 10_000), default=0, help="visitors more, who ask without pause"
    )
    parser.add_argument(
        "--trainings", type=integer(0, 10_000), default=0, help="visitors more, who train copies of the model"
    )
    parser.add_argument(
        "--files", type=integer(0, 10_000), default=0, help="visitors more, who send files of pairs"
    )
    parser.add_argument("--json", action="store_true", help="write the results to standard output")
    parser.add_argument("--output", type=Path, help=f"file to keep the results in, such as {STORED.name}")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Measures the parts asked for and writes the results; returns the exit status, 0."""
    parser = argument_parser()
    arguments = parser.parse_args(argv)
    available = parts(
        load(arguments.model, parser),
        quick=arguments.quick,
        visitors=arguments.visitors,
        seconds=arguments.seconds,
        demanding={
            name: count for name in ("greedy", "trainings", "files") if (count := getattr(arguments, name))
        },
    )
    if unknown := set(arguments.only or ()) - set(available):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(available)}")
    results = read(arguments.output)
    for name in arguments.only or available:
        sys.stderr.write(f"{name} …\n")
        results[name] = {"machine": machine(), "found": plain(available[name]())}
        if arguments.output:
            arguments.output.write_text(text(results), encoding="utf-8")
    if arguments.json or not arguments.output:
        sys.stdout.write(text(results))
    return 0


def load(name: str | None, parser: argparse.ArgumentParser) -> NLIModel:
    """The model to measure; one that cannot be used ends the command in one line."""
    try:
        return bertmini_demo.load_model(name)
    except DemoError as error:
        parser.error(str(error))


def machine() -> dict[str, object]:
    """Where and when something was measured, and how busy that machine was."""
    return {
        "hardware": hardware(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "day": datetime.now(UTC).date().isoformat(),
    }


def read(file: Path | None) -> dict:
    """The results stored in a file; empty if there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else {}


def text(results: dict) -> str:
    """Results as indented JSON, ending in a newline."""
    return json.dumps(results, indent=1) + "\n"


def plain(value: object) -> object:
    """Results as JSON takes them, numbers to four significant digits."""
    if is_dataclass(value):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())
