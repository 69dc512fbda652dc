"""How time and memory grow with the length of a pair, with the number of pairs and with that of visitors."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bertmini_demo.attribution import attribute_pair
from bertmini_demo.benchmark.memory_use import resident_megabytes
from bertmini_demo.benchmark.sample_pairs import mixed_pairs, pair_of_length
from bertmini_demo.benchmark.timing import milliseconds, summary
from bertmini_demo.inference import NLIModel

LENGTHS = (8, 16, 32, 64, 128, 256, 512)
COUNTS = (10, 100, 1_000, 10_000)
VISITORS = (1, 2, 4, 8, 16, 32, 64)
VERDICTS_EACH = 10


def with_length(model: NLIModel, *, repetitions: int) -> list[dict]:
    """Milliseconds for a trace and for the coloured words of pairs of growing length, and what a trace holds."""
    rows = []
    for pieces in (length for length in LENGTHS if length <= model.positions):
        pair = pair_of_length(model, pieces)
        trace = model.trace(*pair)
        reasons = partial(attribute_pair, model, trace.pair)
        rows.append(
            {
                "word_pieces": pieces,
                "trace_ms": typical(partial(model.trace, *pair), repetitions),
                "attribution_ms": typical(reasons, max(2, repetitions // 4)),
                "trace_megabytes": (trace.attentions.nbytes + trace.hidden_states.nbytes) / 1e6,
            }
        )
    return rows


def with_pairs(model: NLIModel, *, max_pairs: int) -> list[dict]:
    """Pairs a second of predict_batch, and the process's memory after it."""
    rows = []
    for count in (count for count in COUNTS if count <= max_pairs):
        pairs = mixed_pairs(count)
        spent = milliseconds(partial(model.predict_batch, pairs))
        rows.append(
            {
                "pairs": count,
                "pairs_a_second": 1000 * count / spent,
                "resident_megabytes": resident_megabytes(),
            }
        )
    return rows


def with_visitors(model: NLIModel) -> list[dict]:
    """Verdicts a second when many threads ask at once, and what one of them waits for its verdict."""

    def wait(pair: tuple[str, str]) -> float:
        return milliseconds(partial(model.predict, *pair))

    rows = []
    for visitors in VISITORS:
        pairs = mixed_pairs(visitors * VERDICTS_EACH)
        started = time.perf_counter()
        with ThreadPoolExecutor(visitors) as pool:
            waits = list(pool.map(wait, pairs))
        seconds = time.perf_counter() - started
        rows.append(
            {
                "visitors": visitors,
                "verdicts_a_second": len(pairs) / seconds,
                "wait_ms": summary(waits).median,
            }
        )
    return rows


def typical(way: Callable[[], object], repetitions: int) -> float:
    """The median time of a call, in milliseconds, after one that does not count."""
    way()
    return summary([milliseconds(way) for _ in range(repetitions)]).median
