"""How many threads a forward pass should use on this machine, measured at the start."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import torch

from bertmini_demo.inference import NLIModel
from bertmini_demo.model.label_mapping import sure_pairs

CALLERS = 2  # verdicts asked for at the same time: a page is rarely alone on its machine
ROUNDS = 3
GAIN = 0.9  # more threads must take at most this share of the time of fewer


def set_threads(model: NLIModel, threads: int = 0) -> int:
    """Sets the number of torch's threads for the whole process, and returns it.

    Args:
        threads: the number; 0 to measure which number answers several verdicts at once soonest, in about a tenth of a second.
    """
    if not threads:
        threads = fewest_worth_using({count: seconds_with(model, count) for count in candidates()})
    torch.set_num_threads(threads)
    return threads


def candidates() -> list[int]:
    """1, 2, 4 and so on, up to torch's own choice: the number of cores, or OMP_NUM_THREADS."""
    return [2**power for power in range(torch.get_num_threads().bit_length())]


def seconds_with(model: NLIModel, threads: int) -> float:
    """The shortest time in seconds that CALLERS callers with two verdicts each took."""
    torch.set_num_threads(threads)
    pairs = [(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()[: 2 * CALLERS]]
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms up
        with ThreadPoolExecutor(CALLERS) as callers:
            started = time.perf_counter()
            list(callers.map(lambda pair: model.predict(*pair), pairs))
            times.append(time.perf_counter() - started)
    return min(times[1:])


def fewest_worth_using(seconds: Mapping[int, float]) -> int:
    """The smallest number of threads that no larger number clearly beats.

    Args:
        seconds: time by number of threads.
    """
    chosen, *more = sorted(seconds)
    for count in more:
        if seconds[count] <= GAIN * seconds[chosen]:
            chosen = count
    return chosen
