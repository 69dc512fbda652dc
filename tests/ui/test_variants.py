"""The list of variants shows what the core returns, for the pair it was made for."""

import re
from types import SimpleNamespace

import pytest

from bertmini_demo.analysis import Analysis
from bertmini_demo.ui.variants import ALL, FLIPS, INVITATION, row_html, run_variants, show_variants
from bertmini_demo.variants import ALONE, KINDS, REMOVED, REPLACED, Draft, Variant, make_variants

PAIR = ("The man doesn't sleep in the park.", "A man is asleep.")
VIEW = SimpleNamespace(premise=PAIR[0], hypothesis=PAIR[1])


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny, lambda _: None)


def rows(html):
    return re.findall(r"<tr class=.*?</tr>", html)


def test_nothing_is_made_until_it_is_asked_for(analysis):
    assert show_variants(analysis, VIEW, ALL) == [INVITATION]


def test_what_was_made_is_shown_again_for_its_pair_only(analysis):
    *_, (made,) = run_variants(analysis, VIEW, ALL)
    assert show_variants(analysis, VIEW, ALL) == [made]
    other = SimpleNamespace(premise=PAIR[1], hypothesis=PAIR[0])
    assert show_variants(analysis, other, ALL) == [INVITATION]


def test_progress_is_told_and_the_end_is_what_the_core_says(analysis, monkeypatch):
    monkeypatch.setattr("bertmini_demo.variants.AT_ONCE", 4)
    *steps, (made,) = run_variants(analysis, VIEW, ALL)
    expected = make_variants(analysis.model, analysis.model.encode(*PAIR))
    told = [re.search(r"(\d+) of (\d+) variants read", step) for (step,) in steps[1:]]
    assert [int(one[1]) for one in told][-1] == len(expected) == int(told[0][2])
    assert [len(rows(step)) for (step,) in steps[1:]] == [int(one[1]) for one in told]
    assert len(rows(made)) == len(expected)
    for row, variant in zip(rows(made), expected, strict=True):
        assert f"{variant.probabilities[variant.label]:.0%}" in row
        assert ('class="flip"' in row) == variant.flips
        assert ("data-premise" in row) == (variant.draft.kind != ALONE)


def test_replacements_come_from_the_language_model_or_their_lack_is_told(tiny, tiny_language):
    *_, (with_model,) = run_variants(Analysis(tiny, lambda _: tiny_language), VIEW, REPLACED)
    assert len(rows(with_model)) > 10
    assert "No word was replaced" not in with_model
    *_, (without,) = run_variants(Analysis(tiny, lambda _: None), VIEW, REPLACED)
    assert "No word was replaced" in without
    assert "There is none of this kind" in without


def test_each_kind_and_the_flips_can_be_shown_alone(analysis):
    *_, (everything,) = run_variants(analysis, VIEW, ALL)
    by_kind = [rows(show_variants(analysis, VIEW, kind)[0]) for kind in KINDS]
    assert sorted(row for kind in by_kind for row in kind) == sorted(rows(everything))
    flips = rows(show_variants(analysis, VIEW, FLIPS)[0])
    assert flips == [row for row in rows(everything) if 'class="flip"' in row]


def test_what_is_typed_stays_text():
    draft = Draft(REMOVED, "premise", "<b>x</b>", "", '<img src=x> "a" ${1}', "{{value}} 'b'")
    html = row_html(Variant(draft, "neutral", {"neutral": 1.0}, -0.5, flips=True))
    assert "<img" not in html
    assert "<b>x" not in html
    assert "${" not in html
    assert "{{" not in html
    assert 'data-premise="&lt;img src=x&gt; &quot;a&quot; &#36;&#123;1&#125;"' in html
