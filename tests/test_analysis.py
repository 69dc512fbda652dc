"""What was computed for a pair is computed once, and the memory is bounded."""

import dataclasses

import pytest

from bertmini_demo.analysis import Analysis
from bertmini_demo.errors import InputError
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


def test_the_page_limit_holds_for_traces_and_attributions_alike(analysis):
    long = ("the man runs " * 10, "a man sleeps .")
    trace = analysis.trace(*long)
    assert len(trace.tokens) == 12
    assert any("12 word pieces" in note for note in trace.prediction.notes)
    assert analysis.attribution(*long, method="saliency").tokens == trace.tokens


def test_what_is_refused_is_not_remembered(analysis):
    for _ in range(2):
        with pytest.raises(InputError, match="premise is empty"):
            analysis.trace("", "a dog")
