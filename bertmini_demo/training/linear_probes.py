"""Trains the linear probes and their controls, whose two curves the page shows. Run it for each new checkpoint."""

import argparse
import json
import logging
from pathlib import Path

import numpy as np

import bertmini_demo
from bertmini_demo.data.probe_results import PROBES
from bertmini_demo.errors import DataError
from bertmini_demo.explain.probes.linear_probe import MIN_ROWS, LinearProbeResult, probe_task
from bertmini_demo.explain.probes.probe_tasks import TASKS
from bertmini_demo.inference import NLIModel
from bertmini_demo.training.corpora.corpus_files import add_reading_arguments, labelled_pairs, reading
from bertmini_demo.training.option_types import integer

PAIRS = 2000
SEED = 0
DECIMALS = 4
ABOUT = (
    "Accuracy of linear probes at the embeddings and after each layer of the shipped model, on held-out rows, with that of "
    "control tasks; written by: python -m bertmini_demo.training linear-probes --data FILE ..."
)

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``linear-probes``."""
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="files of labelled pairs")
    add_reading_arguments(parser)
    parser.add_argument("--model", help="folder or Hub name (default: the shipped checkpoint)")
    parser.add_argument("--output", type=Path, help="file to write (default: the one that ships)")
    parser.add_argument(
        "--pairs", type=integer(8), default=PAIRS, help=f"pairs drawn from the files (default: {PAIRS})"
    )
    parser.add_argument(
        "--seed", type=integer(0), default=SEED, help=f"seed they are drawn from (default: {SEED})"
    )


def run(arguments: argparse.Namespace) -> None:
    """Trains a linear probe on the states after each layer for each task and writes their accuracies."""
    model = bertmini_demo.load_model(arguments.model)
    pairs = [(pair.premise, pair.hypothesis) for pair in labelled_pairs(arguments.data, **reading(arguments))]
    draws = np.random.default_rng(arguments.seed)
    drawn = [pairs[place] for place in draws.permutation(len(pairs))[: arguments.pairs]]
    results = run_probes(model, drawn, draws=draws)
    output = arguments.output or PROBES
    record = {
        "about": ABOUT,
        "pairs": len(drawn),
        "seed": arguments.seed,
        "tasks": [as_json(one) for one in results],
    }
    output.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    log.info("%d probes on %d pairs, written to %s", len(results), len(drawn), output)


def run_probes(
    model: NLIModel, pairs: list[tuple[str, str]], *, draws: np.random.Generator
) -> list[LinearProbeResult]:
    """Every task on the same pairs.

    Raises:
        DataError: too few pairs for a task.
    """
    encoded = [model.encode(*pair) for pair in pairs]
    results = []
    for name, task in TASKS.items():
        examples = task(model, encoded, draws)
        if len(examples) < MIN_ROWS:
            raise DataError(
                f"Of {len(pairs)} pairs, {len(examples)} serve the task “{name}”; it takes at least {MIN_ROWS}. Give more."
            )
        results.append(probe_task(model, name, examples, draws=draws))
        log.info("%s: %s, control %s", name, results[-1].accuracy.round(3), results[-1].control.round(3))
    return results


def as_json(result: LinearProbeResult) -> dict:
    """One task's accuracies, from 0 to 1, rounded."""
    return {
        "task": result.task,
        "accuracy": result.accuracy.round(DECIMALS).tolist(),
        "control": result.control.round(DECIMALS).tolist(),
        "majority": round(result.majority, DECIMALS),
        "control_majority": round(result.control_majority, DECIMALS),
        "rows": result.rows,
    }
