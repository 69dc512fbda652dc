"""How many threads a forward pass should take on this machine, found by trying."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import torch

from bertmini_demo.inference import NLIModel
from bertmini_demo.model.label_mapping import sure_pairs

AT_ONCE = 2  # verdicts asked for at the same time: a page is rarely alone on its machine
ROUNDS = 3
GAIN = 0.9  # more threads must take at most this share of the time, or fewer are kept


def settle_threads(model: NLIModel, wanted: int = 0) -> int:
    """Sets torch's threads for the whole process, and returns how many.

    Args:
        wanted: as many; 0 for what answers several verdicts at once soonest, which takes about a tenth of a second.
    """
    if not wanted:
        wanted = fewest_that_pay({count: seconds_with(model, count) for count in candidates()})
    torch.set_num_threads(wanted)
    return wanted


def candidates() -> list[int]:
    """1, 2, 4 and so on, up to what torch would take: its cores, or what OMP_NUM_THREADS says."""
    return [2**power for power in range(torch.get_num_threads().bit_length())]


def seconds_with(model: NLIModel, threads: int) -> float:
    """The least time that AT_ONCE callers with two verdicts each took, in seconds."""
    torch.set_num_threads(threads)
    pairs = [(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()[: 2 * AT_ONCE]]
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms up
        with ThreadPoolExecutor(AT_ONCE) as callers:
            started = time.perf_counter()
            list(callers.map(lambda pair: model.predict(*pair), pairs))
            times.append(time.perf_counter() - started)
    return min(times[1:])


def fewest_that_pay(seconds: Mapping[int, float]) -> int:
    """The number of threads to take: more than fewer ones only where that is clearly faster."""
    chosen, *more = sorted(seconds)
    for count in more:
        if seconds[count] <= GAIN * seconds[chosen]:
            chosen = count
    return chosen
