"""Runs the HANS-style probe and compares it with the real HANS set; the page reads both from metrics.json."""

import argparse
import json
import sys

import bertmini_demo
from bertmini_demo.errors import DataError
from bertmini_demo.explain.hans.probe import SEED, hans_accuracy, hans_agreement, run_probe
from bertmini_demo.model.files import METRICS, read_metrics
from bertmini_demo.training.option_types import integer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``probe``."""
    parser.add_argument("--model", help="folder or Hub name (default: the shipped checkpoint)")
    parser.add_argument(
        "--seed", type=integer(0), default=SEED, help=f"seed the pairs are drawn from (default: {SEED})"
    )


def run(arguments: argparse.Namespace) -> None:
    """Runs the project's own probe on a model and stores in its metrics how well it agrees with HANS.

    Raises:
        DataError: the metrics hold no accuracy on HANS.
    """
    model = bertmini_demo.load_model(arguments.model)
    file = model.folder / METRICS
    metrics = read_metrics(model.folder)
    hans = hans_accuracy(metrics)
    if hans is None:
        raise DataError(
            f"{file} holds no HANS figures by sub-case. First run evaluate with the HANS set "
            "among its --data and this file as --output."
        )
    result = run_probe(model, seed=arguments.seed)
    agreement = hans_agreement(result.accuracy, hans)
    metrics["probe"] = {
        "seed": arguments.seed,
        "pairs": len(result.pairs),
        "subcases": {name: round(share, 4) for name, share in result.accuracy.items()},
        "agreement_with_hans": {label: rounded(values) for label, values in agreement.items()},
    }
    file.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(table(agreement) + "\n")


def rounded(values: dict[str, float | None]) -> dict[str, float | None]:
    """The values to four decimals; None where a correlation is not defined."""
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def table(agreement: dict[str, dict[str, float | None]]) -> str:
    """The agreement with HANS, one line for each label."""
    lines = []
    for label, values in agreement.items():
        rank = "not defined" if values["spearman"] is None else f"{values['spearman']:.2f}"
        lines.append(
            f"{label}: Spearman's rho with HANS {rank} over the sub-cases, "
            f"mean absolute difference {values['mean_difference']:.1%}"
        )
    return "\n".join(lines)
