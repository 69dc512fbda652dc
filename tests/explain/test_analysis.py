"""What was computed for a pair is computed once, and the cache is bounded."""

import dataclasses

import pytest

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings

PAIR = ("the man runs", "a man sleeps .")


@pytest.fixture
def analysis(tiny, monkeypatch):
    monkeypatch.setattr(
        tiny, "settings", dataclasses.replace(Settings(), cached_pairs=2, page_word_pieces=12)
    )
    return Analysis(tiny)


def test_a_pair_is_traced_and_attributed_once(analysis):
    assert analysis.trace(*PAIR) is analysis.trace(*PAIR)
    choice = {"method": "saliency", "target": "neutral", "output": "logit", "baseline": "pad"}
    assert analysis.attribution(*PAIR, **choice) is analysis.attribution(*PAIR, **choice)
    assert analysis.attribution(*PAIR, **choice | {"target": "entailment"}).target == "entailment"


def test_the_oldest_pair_is_dropped(analysis):
    first = analysis.trace(*PAIR)
    analysis.trace("a dog", "a cat")
    analysis.trace("a cat", "a dog")
    again = analysis.trace(*PAIR)
    assert again is not first
    assert again.prediction.probabilities == first.prediction.probabilities


def test_the_page_limit_holds_for_traces_and_attributions(analysis):
    long = ("the man runs " * 10, "a man sleeps .")
    trace = analysis.trace(*long)
    assert len(trace.tokens) == 12
    assert any("12 word pieces" in note for note in trace.prediction.notes)
    assert analysis.attribution(*long, method="saliency").tokens == trace.tokens


def test_what_is_refused_is_not_cached(analysis):
    for _ in range(2):
        with pytest.raises(InputError, match="premise is empty"):
            analysis.trace("", "a dog")


def test_a_result_is_computed_once_for_a_pair_and_its_choices(tiny):
    analysis, calls = Analysis(tiny), []

    def count(model, pair, *, power=1):
        calls.append((model, pair.premise, power))
        return len(pair.tokens) ** power

    tokens = len(analysis.trace(*PAIR).tokens)
    assert analysis.cached(count, *PAIR) is None
    assert [analysis.compute(count, *PAIR) for _ in range(3)] == [tokens] * 3
    assert analysis.compute(count, *PAIR, power=2) == tokens**2
    assert calls == [(tiny, PAIR[0], 1), (tiny, PAIR[0], 2)]
    assert analysis.cached(count, *PAIR, power=2) == tokens**2
    assert analysis.cached(count, *reversed(PAIR)) is None


def test_what_was_computed_step_by_step_is_cached_and_the_cache_is_bounded(tiny):
    analysis = Analysis(tiny)
    analysis.store("first", str, *PAIR)
    assert analysis.cached(str, *PAIR) == "first"
    for number in range(8 * tiny.settings.cached_pairs):
        analysis.cached(str, *PAIR)  # used all along, so that it stays
        analysis.store(number, str, "a dog", str(number))
    assert analysis.cached(str, *PAIR) == "first"
    assert analysis.cached(str, "a dog", "0") is None


def test_results_about_the_model_outlast_any_number_of_pairs(tiny):
    analysis = Analysis(tiny)
    assert analysis.of_model.get(("probe", 0)) is None
    analysis.of_model.put(("probe", 0), "found")
    for number in range(9 * tiny.settings.cached_pairs):
        analysis.store(number, str, "a dog", str(number))
    assert analysis.of_model.get(("probe", 0)) == "found"
