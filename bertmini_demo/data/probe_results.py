"""The accuracies of linear probes that ship with the model, read from assets/probes.json."""

import json
from pathlib import Path

import numpy as np

from bertmini_demo.errors import DataError
from bertmini_demo.explain.probes.linear_probe import LinearProbeResult
from bertmini_demo.results import frozen
from bertmini_demo.settings import ASSETS

PROBES = ASSETS / "probes.json"


def read_probes(file: Path = PROBES) -> tuple[LinearProbeResult, ...]:
    """One result for each task.

    Raises:
        DataError: no such file, or one that holds no results of probes.
    """
    try:
        tasks = json.loads(file.read_text(encoding="utf-8"))["tasks"]
        return tuple(
            LinearProbeResult(
                **{
                    **task,
                    **{name: frozen(np.array(task[name], dtype=float)) for name in ("accuracy", "control")},
                }
            )
            for task in tasks
        )
    except OSError as error:
        raise DataError(f"There is no file {file}. Write it with the command linear-probes.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file} holds no results of probes: {error!r}. Write it again.") from error
