"""The clock of the benchmark, against work of known length."""

from types import SimpleNamespace

import pytest

from bertmini_demo.benchmark import timing
from bertmini_demo.benchmark.timing import in_turns, percentile, summary


def test_a_way_that_takes_three_times_as_long_has_three_times_the_ratio(monkeypatch):
    now, slow = [0.0], iter([9, 9, 0.06, 0.03, 0.12, 0.06, 0.09])  # seconds; two warm calls first

    def takes(seconds):
        now[0] += seconds

    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    ways = {"peer": lambda: takes(0.02), "slow": lambda: takes(next(slow))}
    timings = timing.in_turns(ways, peer="peer", repetitions=5)
    assert timings["peer"].ratio is None
    assert timings["peer"].median == pytest.approx(20)
    assert timings["slow"].ratio == pytest.approx(3)
    assert (timings["slow"].low, timings["slow"].median, timings["slow"].high) == pytest.approx((60, 60, 90))


def test_each_way_is_called_once_a_repetition_and_takes_turns_at_being_first():
    called = []
    ways = {name: lambda name=name: called.append(name) for name in "abc"}
    in_turns(ways, peer="a", repetitions=3, warm=0)
    assert called == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]


def test_the_ratio_is_taken_within_a_repetition():
    """A machine that grows ten times slower half-way leaves the ratio as it is."""
    assert summary([2, 2, 20, 20], [1, 1, 10, 10]).ratio == 2


@pytest.mark.parametrize(("share", "expected"), [(0.95, 95), (0.5, 50), (1.0, 100), (0.0, 1)])
def test_percentiles_of_one_to_a_hundred(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected
