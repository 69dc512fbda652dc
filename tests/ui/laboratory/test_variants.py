"""The list of variants shows what the core returns, for the pair it was made for."""

import re
from types import SimpleNamespace

import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.edits import (
    HYPOTHESIS_ONLY,
    KINDS,
    REMOVED,
    REPLACED,
    Counterfactual,
    EditedPair,
    make_counterfactuals,
)
from bertmini_demo.ui.laboratory.variants import (
    ALL,
    FLIPS,
    INVITATION,
    known_variants,
    row_html,
    run_variants,
    show_variants,
)

PAIR = ("The man doesn't sleep in the park.", "A man is asleep.")
VIEW = SimpleNamespace(premise=PAIR[0], hypothesis=PAIR[1])


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny, lambda _: None)


def rows(html):
    return re.findall(r"<tr class=.*?</tr>", html)


def test_nothing_is_made_until_it_is_asked_for(analysis):
    assert show_variants(analysis, VIEW, ALL) == [INVITATION]


def made(analysis, show=ALL):
    """The list once all variants are made."""
    list(run_variants(analysis, VIEW, show))
    return show_variants(analysis, VIEW, show)[0]


def test_what_was_made_is_shown_for_its_pair_only(analysis):
    assert known_variants(analysis, VIEW, ALL) is None
    html = made(analysis)
    assert known_variants(analysis, VIEW, ALL) == len(rows(html))
    other = SimpleNamespace(premise=PAIR[1], hypothesis=PAIR[0])
    assert show_variants(analysis, other, ALL) == [INVITATION]


def test_progress_is_told_and_the_end_is_what_the_core_says(analysis, monkeypatch):
    monkeypatch.setattr("bertmini_demo.explain.counterfactuals.edits.EDITS_PER_BATCH", 4)
    first, *steps, last = (html for (html,) in run_variants(analysis, VIEW, ALL))
    expected = make_counterfactuals(analysis.model, analysis.model.encode(*PAIR))
    assert not rows(first)
    told = [re.search(r"(\d+) of (\d+) variants read", step) for step in steps]
    assert {int(one[2]) for one in told} == {len(expected)}
    assert [len(rows(step)) for step in steps] == [int(one[1]) for one in told]
    (html,) = show_variants(analysis, VIEW, ALL)
    assert [[last], *run_variants(analysis, VIEW, ALL)] == [[html], [html]]  # when asked again, too
    assert len(rows(html)) == len(expected)
    for row, variant in zip(rows(html), expected, strict=True):
        assert f"{variant.probabilities[variant.label]:.0%}" in row
        assert ('class="flip"' in row) == variant.flips
        assert ("data-premise" in row) == (variant.edit.kind != HYPOTHESIS_ONLY)


def test_making_that_was_stopped_keeps_what_it_had_and_goes_on_from_there(analysis, monkeypatch):
    monkeypatch.setattr("bertmini_demo.explain.counterfactuals.edits.EDITS_PER_BATCH", 4)
    running = run_variants(analysis, VIEW, ALL)
    for _ in range(3):
        next(running)
    running.close()
    (html,) = show_variants(analysis, VIEW, ALL)
    assert len(rows(html)) == 8
    assert "8 of" in html
    assert "goes on from here" in html
    (following,) = next(run_variants(analysis, VIEW, ALL))
    assert len(rows(following)) == 12
    assert made(analysis) == made(Analysis(analysis.model, lambda _: None))


def test_replacements_come_from_the_language_model_or_their_lack_is_told(tiny, tiny_language):
    with_model = made(Analysis(tiny, lambda _: tiny_language), REPLACED)
    assert len(rows(with_model)) > 10
    assert "No word was replaced" not in with_model
    without = made(Analysis(tiny, lambda _: None), REPLACED)
    assert "No word was replaced" in without
    assert "There is none of this kind" in without


def test_each_kind_and_the_flips_can_be_shown_alone(analysis):
    everything = made(analysis)
    by_kind = [rows(show_variants(analysis, VIEW, kind)[0]) for kind in KINDS]
    assert sorted(row for kind in by_kind for row in kind) == sorted(rows(everything))
    flips = rows(show_variants(analysis, VIEW, FLIPS)[0])
    assert flips == [row for row in rows(everything) if 'class="flip"' in row]


def test_what_is_typed_stays_text():
    edit = EditedPair(REMOVED, "premise", "<b>x</b>", "", '<img src=x> "a" ${1}', "{{value}} 'b'")
    html = row_html(Counterfactual(edit, "neutral", {"neutral": 1.0}, -0.5, flips=True))
    assert "<img" not in html
    assert "<b>x" not in html
    assert "${" not in html
    assert "{{" not in html
    assert 'data-premise="&lt;img src=x&gt; &quot;a&quot; &#36;&#123;1&#125;"' in html
