"""The clock of the benchmark, against sleeps of known length."""

import time

import pytest

from bertmini_demo.benchmark.timing import in_turns, percentile, summary


def test_a_way_that_takes_three_times_as_long_has_about_three_times_the_ratio():
    timings = in_turns(
        {"peer": lambda: time.sleep(0.02), "slow": lambda: time.sleep(0.06)}, peer="peer", repetitions=5
    )
    assert timings["peer"].ratio is None
    assert timings["slow"].ratio > 1.5
    assert timings["slow"].low <= timings["slow"].median <= timings["slow"].high
    assert timings["slow"].low >= 60


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
