"""A small crowd for a few seconds: nobody sees a fault, or another's pair; and a crowd that is lied to says so."""

import asyncio

import pytest
from in_process import LEFT_OPEN, served

from bertmini_demo.benchmark.load import memory, visited
from bertmini_demo.benchmark.page import Shown
from bertmini_demo.benchmark.visitors import Record, Visitor, expected
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.tab_page import build_tab_page

pytestmark = LEFT_OPEN


def test_a_crowd_sees_no_fault_and_nobody_anothers_answer(tiny):
    with served(build_tab_page(tiny), tiny) as address:
        found = asyncio.run(visited(address, "self", tiny, visitors=6, seconds=4, own_pairs=8, steps=2))
    assert found["first_faults"] == []
    assert (found["wrong"], found["failures"], found["busy"]) == (0, 0, 0)
    assert found["answers"] > 4
    assert found["trainings"] > 0
    assert found["batches"] > 0


def test_an_answer_to_another_pair_is_noticed(tiny):
    one, two = ("A dog runs.", "A cat sleeps."), ("A man walks.", "A woman walks in the park.")
    analysis = Analysis(tiny)
    record = Record({pair: expected(analysis, pair) for pair in (one, two)})
    told, *_ = Handlers(analysis).judge(*two)
    visitor = Visitor(None, record, 0)
    visitor.see(Shown(dict(zip(("premise", "hypothesis"), two, strict=True)), {"verdict": told}))
    assert not record.wrong
    visitor.see(Shown(dict(zip(("premise", "hypothesis"), one, strict=True)), {"verdict": told}))
    assert len(record.wrong) == 1


def test_memory_that_rises_in_the_last_half_only_is_told_as_a_share_of_what_is_held():
    held = [(moment, 100.0 if moment < 10 else 90.0 + moment) for moment in range(21)]
    assert memory(held)["megabytes_rise"] == pytest.approx(10 / 105)
