"""A small crowd for a few seconds sees no fault, and a crowd that is shown wrong numbers counts them."""

import asyncio
from dataclasses import replace
from typing import ClassVar

import httpx
import pytest
from in_process import LEFT_OPEN, served_page
from serving import PATIENCE

from bertmini_demo.benchmark import demanding_visitors, load_test
from bertmini_demo.benchmark.load_test import memory, simulate_visitors
from bertmini_demo.benchmark.page_client import PageClient
from bertmini_demo.benchmark.simulated_visitors import LoadRecord, SimulatedVisitor, expected
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.components.verdict_bars import verdict
from bertmini_demo.ui.state import State

pytestmark = LEFT_OPEN


def test_a_crowd_sees_no_fault_and_nobody_anothers_answer(tiny):
    with served_page(tiny) as address:
        found = asyncio.run(simulate_visitors(address, "self", tiny, visitors=6, seconds=4, own_pairs=8))
    assert found["first_faults"] == []
    assert (found["wrong"], found["failures"], found["busy"]) == (0, 0, 0)
    assert found["answers"] > 4
    assert found["verdict_p95_s"] > 0
    assert found["words_p95_s"] > 0


@pytest.mark.parametrize("visit", [demanding_visitors.train, demanding_visitors.send_file])
def test_a_training_and_a_file_are_followed_to_their_end(tiny, monkeypatch, visit):
    monkeypatch.setattr(demanding_visitors, "STEPS", "2")

    async def come(address):
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
            await visit(PageClient(client))  # raises what the app answers instead

    with served_page(tiny) as address:
        asyncio.run(come(address))


def test_visitors_who_ask_for_a_lot_cause_no_fault_beside_the_others(tiny):
    demanding = {"greedy": 1, "trainings": 1, "files": 1}
    with served_page(tiny) as address:
        found = asyncio.run(
            simulate_visitors(address, "self", tiny, visitors=2, seconds=4, own_pairs=4, demanding=demanding)
        )
    assert found["first_faults"] == found["demanding_faults"] == []
    assert found["wrong"] == 0


def test_a_page_asks_for_words_once_it_has_the_verdict_and_for_the_rest_once_they_have_colours():
    asked, rest = [], asyncio.Event()

    class Page:
        state: ClassVar = {}

        async def ask(self, question, *, on_progress):
            asked.append(question)
            if question == "changed_word":
                rest.set()
            elif question == "words":
                on_progress({"progress": 0.5})
                await asyncio.wait_for(rest.wait(), PATIENCE)  # else the rest waits for their last scores

    visitor = SimulatedVisitor(Page(), LoadRecord({}), 0)
    visitor.choose(("A dog runs.", "A cat sleeps."))
    asyncio.run(visitor.look(["changed_word"]))
    assert asked == ["verdict", "words", "changed_word"]


def test_a_crowd_that_sees_other_numbers_than_expected_counts_them(tiny, monkeypatch):
    """The app is right; what is expected of it is not."""

    def shifted(analysis, pair):
        right = expected(analysis, pair)
        return replace(
            right, probabilities={label: 1 - share for label, share in right.probabilities.items()}
        )

    monkeypatch.setattr(load_test, "expected", shifted)
    with served_page(tiny) as address:
        seen = asyncio.run(simulate_visitors(address, "self", tiny, visitors=4, seconds=2, own_pairs=4))
    assert seen["answers"] >= seen["wrong"] > 0
    assert len(seen["first_faults"]) == min(seen["wrong"], 10)


def test_the_summary_counts_what_is_wrong_and_what_failed():
    record = LoadRecord({}, answers=9, wrong=["a"] * 12, failures=["b"])
    counts = load_test.summary(record)
    assert (counts["answers"], counts["wrong"], counts["failures"]) == (9, 12, 1)
    assert counts["first_faults"] == ["a"] * 10 + ["b"]


def test_an_answer_to_another_pair_is_noticed(tiny):
    one, two = ("A dog runs.", "A cat sleeps."), ("A man walks.", "A woman walks in the park.")
    analysis = Analysis(tiny)
    record = LoadRecord({pair: expected(analysis, pair) for pair in (one, two)})
    visitor = SimulatedVisitor(None, record, 0)
    shown = verdict(analysis, State(*two))
    visitor.see("verdict", two, shown)
    assert not record.wrong
    visitor.see("verdict", one, shown)
    assert len(record.wrong) == 1


@pytest.mark.parametrize(("change", "wrong"), [(0.0, 0), (0.1, 1)])
def test_a_word_with_another_score_is_noticed(tiny, change, wrong):
    pair = ("A dog runs.", "A cat sleeps.")
    analysis = Analysis(tiny)
    record = LoadRecord({pair: expected(analysis, pair)})
    scores = list(record.expected[pair].scores)
    scores[-1] += change
    record.check_words(pair, {"words": [{"score": score} for score in scores]})
    assert len(record.wrong) == wrong


def test_memory_that_rises_in_the_last_half_only_is_given_as_a_share_of_the_mean():
    held = [(moment, 100.0 if moment < 10 else 90.0 + moment) for moment in range(21)]
    assert memory(held)["megabytes_rise"] == pytest.approx(10 / 105)
