"""Many visitors at once, each on a page of its own."""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence

import httpx

from bertmini_demo.benchmark.demanding_visitors import keep_asking
from bertmini_demo.benchmark.memory_use import resident_megabytes
from bertmini_demo.benchmark.page_client import PageClient
from bertmini_demo.benchmark.sample_pairs import mixed_pairs
from bertmini_demo.benchmark.simulated_visitors import LoadRecord, Pair, SimulatedVisitor, expected
from bertmini_demo.benchmark.startup_time import running_app
from bertmini_demo.benchmark.timing import percentile
from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.inference import NLIModel

OWN_PAIRS = 100  # that are typed
SAMPLES = 40  # readings of memory
MIN_READINGS = 4  # two in the last half, which a line needs


def run_load_test(
    model: NLIModel, *, visitors: int, seconds: float, demanding: Mapping[str, int] | None = None
) -> dict:
    """Starts the app and lets a crowd visit it, see :func:`simulate_visitors`."""
    with running_app() as (address, process):
        return asyncio.run(
            simulate_visitors(
                address, process.pid, model, visitors=visitors, seconds=seconds, demanding=demanding
            )
        )


async def simulate_visitors(
    address: str,
    process: int | str,
    model: NLIModel,
    *,
    visitors: int,
    seconds: float,
    own_pairs: int = OWN_PAIRS,
    demanding: Mapping[str, int] | None = None,
) -> dict:
    """Lets a crowd visit an app, and compares what they see with answers computed beforehand.

    Args:
        process: of the app, for its memory.
        model: the one that the app serves; its answers for each pair are computed first, one after another.
        own_pairs: that they type; the others are the example pairs.
        demanding: how many more ask for a lot, see demanding_visitors.keep_asking; what they see does not count here.

    Returns:
        answers, how many were compared; wrong and failures, how many, with the first ten of each; dropped and busy,
        see simulated_visitors.LoadRecord; percentiles of the seconds to a verdict and to coloured words; resident megabytes,
        and how far they rise over the last half of the time, as a share of their mean; of those who ask for a lot,
        what keep_asking returns.
    """
    own, examples = mixed_pairs(own_pairs), [(one.premise, one.hypothesis) for one in gallery()]
    analysis = Analysis(model)
    record = LoadRecord({pair: expected(analysis, pair) for pair in dict.fromkeys([*examples, *own])})
    end, held = time.monotonic() + seconds, []
    more, *_ = await asyncio.gather(
        keep_asking(address, demanding or {}, end=end),
        watch_memory(process, held, end=end, every=seconds / SAMPLES),
        look_around(address, record, visitors, examples=examples, own=own, end=end),
    )
    asked = {**demanding, **more} if demanding else {}
    return {"visitors": visitors, "seconds": seconds, **summary(record), **memory(held), **asked}


async def look_around(
    address: str, record: LoadRecord, visitors: int, **choices: Sequence[Pair] | float
) -> None:
    """Lets so many visitors look around, see SimulatedVisitor.look_around."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(
            *(
                SimulatedVisitor(PageClient(client), record, number).look_around(**choices)
                for number in range(visitors)
            )
        )


def summary(record: LoadRecord) -> dict:
    """The record in numbers: how many answers, failures and refusals, and how long they took, in seconds."""
    return {
        "answers": record.answers,
        "wrong": len(record.wrong),
        "failures": len(record.failures),
        "dropped": record.dropped,
        "busy": record.busy,
        "verdict_p50_s": percentile(record.verdicts, 0.5) if record.verdicts else None,
        "verdict_p95_s": percentile(record.verdicts, 0.95) if record.verdicts else None,
        "words_p95_s": percentile(record.words, 0.95) if record.words else None,
        "first_faults": [*record.wrong[:10], *record.failures[:10]],
    }


async def watch_memory(
    process: int | str, held: list[tuple[float, float]], *, end: float, every: float
) -> None:
    """Appends the app's resident memory at intervals: (seconds, megabytes)."""
    while (now := time.monotonic()) < end or len(held) < MIN_READINGS:
        held.append((now, resident_megabytes(process) or 0.0))
        await asyncio.sleep(every)


def memory(held: list[tuple[float, float]]) -> dict:
    """The last reading in megabytes, and the rise of a straight line through the last half as a share of its mean."""
    moments, megabytes = zip(*held[len(held) // 2 :], strict=True)
    slope = statistics.linear_regression(moments, megabytes).slope
    rise = slope * (moments[-1] - moments[0]) / max(statistics.mean(megabytes), 1)
    return {"megabytes": megabytes[-1], "megabytes_rise": rise}
