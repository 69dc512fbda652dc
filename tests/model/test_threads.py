"""The number of threads is the fewest that pay, and changes no verdict."""

from types import SimpleNamespace

import pytest
import torch

from bertmini_demo.model.threads import candidates, fewest_worth_using, seconds_with, set_threads


@pytest.fixture(autouse=True)
def threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({1: 1.0}, 1),
        ({1: 1.0, 2: 0.95}, 1),  # hardly faster
        ({1: 1.0, 2: 0.6, 4: 0.58}, 2),
        ({1: 1.0, 2: 1.5, 4: 0.5}, 4),  # slower first, then far faster
        ({1: 0.3, 2: 0.4, 4: 0.9}, 1),  # more threads on busy cores
    ],
)
def test_more_threads_are_taken_only_where_they_pay(seconds, expected):
    assert fewest_worth_using(seconds) == expected


def test_what_was_measured_is_set_and_the_verdict_stays(tiny):
    before = tiny.predict("a dog runs .", "a cat sleeps .").probabilities
    torch.set_num_threads(2)
    assert candidates() == [1, 2]
    chosen = set_threads(tiny)
    assert chosen in (1, 2)
    assert torch.get_num_threads() == chosen
    assert tiny.predict("a dog runs .", "a cat sleeps .").probabilities == pytest.approx(before, abs=1e-6)


def test_the_operators_number_is_set_unmeasured(tiny):
    assert set_threads(tiny, 3) == torch.get_num_threads() == 3


def test_the_shortest_round_counts_and_the_first_does_not(tiny, monkeypatch):
    clock = iter([0.0, 0.5, 10.0, 13.0, 20.0, 22.0, 30.0, 34.0])  # rounds of 0.5, 3, 2 and 4 seconds
    monkeypatch.setattr("bertmini_demo.model.threads.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert seconds_with(tiny, 2) == 2.0
    assert torch.get_num_threads() == 2
