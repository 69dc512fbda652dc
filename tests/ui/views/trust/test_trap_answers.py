"""The figure of traps: recorded accuracies, published ones beside them, and pairs that are drawn anew."""

from dataclasses import replace

import numpy as np
import pytest
from trust_answers import STATE, asked, numbers, traces

from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PUBLISHED,
    heuristics,
    run_probe,
    seed_accuracies,
)
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.files import read_metrics
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust.trap_answers import DRAWS, rows_of


def test_recorded_traps_are_drawn_by_rule_with_published_figures(recorded):
    reply = asked(recorded, "traps")
    bars = next(trace for trace in traces(reply) if trace["type"] == "bar")
    probe = read_metrics(recorded.models.get().model.folder)["probe"]["subcases"]
    expected = []
    for label in (NOT_ENTAILED, ENTAILED):
        means = [
            np.mean([probe[case.name] for case in rule.subcases if case.label == label])
            for rule in heuristics()
        ]
        expected += [np.mean(means), *means]
    assert numbers(bars["x"]) == pytest.approx([100 * share for share in expected], abs=0.06)
    published = next(trace for trace in traces(reply) if "McCoy" in trace.get("name", ""))
    assert numbers(published["x"]) == pytest.approx(
        [100 * one for one in (*PUBLISHED[NOT_ENTAILED], *PUBLISHED[ENTAILED])]
    )
    assert reply["title"] == f"It falls into {100 - 100 * expected[0]:.0f}\u00a0% of the traps"
    assert len(reply["table"]["rows"]) == 30


def test_a_pressed_rule_opens_its_constructions_and_a_pressed_construction_its_trap(recorded):
    assert asked(recorded, "traps")["press"] == {"custom": ["trap_family"]}
    reply = asked(recorded, "traps", trap_family="subsequence")
    assert reply["press"] == {"custom": ["trap"]}
    bars = next(trace for trace in traces(reply) if trace["type"] == "bar")
    rule = next(rule for rule in heuristics() if rule.name == "subsequence")
    fail, hold = (
        [case.name for case in rule.subcases if case.label == label] for label in (NOT_ENTAILED, ENTAILED)
    )
    assert bars["customdata"] == [None, *fail, None, *hold]


def test_each_row_has_the_range_of_the_hundred_seeds():
    for rule in heuristics():
        for row in rows_of(None, None, family=rule.name):
            label = NOT_ENTAILED if row.title == "Traps" else ENTAILED
            assert row.seeds == seed_accuracies(row.name or f"{rule.name}/{label}")


def test_a_model_without_a_record_borrows_no_numbers(bare):
    reply = asked(bare, "traps")
    assert not [trace for trace in traces(reply) if trace["type"] == "bar"]
    assert "comes without a record" in reply["says"]
    for what in ("accuracy", "calibration", "confusion", "probing"):
        reply = asked(bare, what)
        assert "figure" not in reply
        assert reply["title"].endswith("?")
        assert "shipped model" in reply["html"]
    assert (
        "what this model read is not known"
        in asked(bare, "giveaway", State("a man .", "nobody is asleep ."))["says"]
    )


def test_fresh_pairs_report_progress_and_give_what_the_core_returns(bare, tiny):
    question, state = bare.questions["trust.fresh_traps"], replace(STATE, options={"trap_seed": DRAWS[1]})
    *progress, last = bare.answer(question, state)
    shares = [reply["progress"] for reply in progress]
    assert shares == sorted(set(shares))
    assert shares[-1] == 1
    expected = run_probe(tiny, seed=int(DRAWS[1])).accuracy
    written = {row[2]: row[4] for row in last["table"]["rows"]}
    for name, share in expected.items():
        assert float(written[name].strip("<>%\u00a0")) == pytest.approx(100 * share, abs=0.51)


def test_the_shipped_record_belongs_to_the_shipped_model(shipped):
    stored = read_metrics(SHIPPED)["probe"]["subcases"]
    assert stored == pytest.approx(run_probe(shipped).accuracy, abs=0.035)
