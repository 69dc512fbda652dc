"""Several ways of doing one thing, timed in turns."""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """What one way took, in milliseconds.

    Attributes:
        median, low, high: of all repetitions; low and high are the quartiles.
        ratio: its time over the peer's, the median of the ratios within each repetition; None for the peer itself.
    """

    median: float
    low: float
    high: float
    ratio: float | None


def in_turns(
    ways: Mapping[str, Callable[[], object]],
    *,
    peer: str,
    repetitions: int,
    warm: int = 2,
    clock: Callable[[Callable], float] | None = None,
) -> dict[str, Timing]:
    """Times all ways in every repetition, each time beginning with another one.

    Args:
        peer: the way the others are held against.
        repetitions: at least 2.
        warm: calls of each way before the clock counts.
        clock: calls a function and returns its milliseconds (default: from its call to its return).
    """
    clock = clock or milliseconds
    for way in ways.values():
        for _ in range(warm):
            way()
    names = list(ways)
    times: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(repetitions):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            times[name].append(clock(ways[name]))
    return {name: summary(times[name], None if name == peer else times[peer]) for name in names}


def milliseconds(way: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    way()
    return 1000 * (time.perf_counter() - started)


def summary(times: list[float], of_peer: list[float] | None = None) -> Timing:
    """Median and quartiles, and the median ratio to the peer's times of the same repetitions."""
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    ratio = None
    if of_peer is not None:
        ratio = statistics.median(own / other for own, other in zip(times, of_peer, strict=True))
    return Timing(median=median, low=low, high=high, ratio=ratio)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that is not exceeded by at least ``share`` (0 to 1) of all."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
