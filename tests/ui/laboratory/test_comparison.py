"""Two pairs side by side: the differences are those of their predictions, and what is typed stays text."""

import re
from types import SimpleNamespace

import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.comparison import only_here, pin, show_comparison
from bertmini_demo.ui.laboratory.switchboard import points

PINNED = ("the man doesn't sleep in the park .", "a man is asleep .")
HERE = ("the man doesn't sleep in the park .", "a man is awake .")


def view(pair, **changes):
    question = {"method": "input_x_gradient", "target": "verdict", "output": "logit", "baseline": "pad"}
    return SimpleNamespace(premise=pair[0], hypothesis=pair[1], **question | changes)


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


def test_until_a_pair_is_pinned_there_is_an_invitation(analysis):
    (html,) = show_comparison(analysis, view(HERE), None)
    assert 'data-does="apply"' in html
    assert "<table" not in html
    (html,) = show_comparison(analysis, view(HERE), HERE)
    assert 'data-does="clear"' in html
    assert "<table" not in html


def test_the_differences_are_those_of_the_predictions(analysis):
    (html,) = show_comparison(analysis, view(HERE), PINNED)
    before, after = (analysis.trace(*pair).prediction.probabilities for pair in (PINNED, HERE))
    for label in analysis.model.labels:
        cells = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', html)[1]
        assert f"{before[label]:.1%}" in cells
        assert f"{after[label]:.1%}" in cells
        assert f">{points(after[label] - before[label])}</td>" in cells


def test_both_pairs_are_coloured_for_the_pinned_verdict_or_the_label_asked_for(analysis):
    target = analysis.trace(*PINNED).prediction.label
    assert f"against (−) {target}" in show_comparison(analysis, view(HERE), PINNED)[0]
    assert "against (−) neutral" in show_comparison(analysis, view(HERE, target="neutral"), PINNED)[0]
    (html,) = show_comparison(analysis, view(HERE, method="saliency"), PINNED)
    assert "depends on the word" in html
    (html,) = show_comparison(analysis, view(HERE), PINNED)
    scores = [
        f"{score:.3f}"
        for pair in (PINNED, HERE)
        for score in analysis.attribution(
            *pair, method="input_x_gradient", target=target, output="logit", baseline="pad"
        ).word_scores
    ]
    assert re.findall(r"<td>(-?\d+\.\d{3})</td></tr>", html) == scores


def test_only_the_words_that_differ_are_marked(analysis):
    (html,) = show_comparison(analysis, view(HERE), PINNED)
    marked = re.findall(r'<span class="only">.*?<bdi>?(\w+)|<span class="only"><span[^>]*>(\w+)', html)
    assert [one or other for one, other in marked] == ["asleep", "awake"]


def test_words_are_compared_by_place_and_not_by_case():
    assert only_here(["The", "dog", "runs"], ["the", "big", "dog", "runs"]) == [False, False, False]
    assert only_here(["the", "big", "dog", "runs"], ["The", "dog", "runs"]) == [False, True, False, False]
    assert only_here(["dog", "bites", "man"], ["man", "bites", "dog"]).count(True) == 2
    assert only_here(["a"], []) == [True]


def test_what_is_typed_stays_text(analysis):
    markup = ('<img src=x onerror=alert(1)> "a" dog', "${1} {{value}} 'a' <b>cat</b>")
    for pinned in (None, markup, PINNED):
        (html,) = show_comparison(analysis, view(markup), pinned)
        assert "<img" not in html
        assert "<b>" not in html
        assert "${" not in html
        assert "{{" not in html


def test_the_button_pins_its_pair():
    assert pin(SimpleNamespace(index=["p", "h"])) == ("p", "h")
