"""How faithful integrated gradients is with each baseline: the table that ``training baselines`` measured."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bertmini_demo.errors import DataError
from bertmini_demo.settings import ASSETS

BASELINE_RESULTS = ASSETS / "baselines.json"


@dataclass(frozen=True, slots=True)
class BaselineResults:
    """Mean falls of confident verdicts, from 0 to 1, without the fifth of the words that was ranked highest.

    Attributes:
        data: the file that the pairs come from.
        count: pairs of each label.
        falls: label, output, baseline, removal to the mean fall.
        random: label, removal to the mean fall without words drawn at random.
    """

    data: str
    count: int
    falls: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    random: Mapping[str, Mapping[str, float]]

    @property
    def overall(self) -> dict[tuple[str, str], float]:
        """(output, baseline) to the mean over labels and removals."""
        cells: dict[tuple[str, str], list[float]] = {}
        for by_output in self.falls.values():
            for output, by_baseline in by_output.items():
                for baseline, by_removal in by_baseline.items():
                    cells.setdefault((output, baseline), []).extend(by_removal.values())
        return {choice: sum(values) / len(values) for choice, values in cells.items()}


@cache
def read_baseline_results(file: Path = BASELINE_RESULTS) -> BaselineResults:
    """The table that ships, or another file.

    Raises:
        DataError: no such file, or one that holds no table.
    """
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        labels = table["labels"].items()
        return BaselineResults(
            data=table["data"],
            count=table["count"],
            falls={label: entry["falls"] for label, entry in labels},
            random={label: entry["random"] for label, entry in labels},
        )
    except OSError as error:
        raise DataError(f"There is no file {file}. Write it with the command baselines.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file} holds no table of baselines: {error!r}. Write it again.") from error
