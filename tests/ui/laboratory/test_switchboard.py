"""The switches show what the core returns."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.head_ablation import HeadEffects, head_effects, switch_off
from bertmini_demo.ui.laboratory.switchboard import board_html, chosen_heads, points, show_bars, show_board

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


@pytest.fixture
def effects(analysis):
    return head_effects(analysis.model, analysis.trace(**PAIR).pair)


def bar_shares(html):
    return re.findall(r'class="share">([\d.]+%)<', html)


def test_there_is_a_switch_for_each_head_with_its_change(analysis, effects):
    board, numbers = show_board(analysis, SimpleNamespace(**PAIR, head="1-0"))
    verdict = analysis.trace(**PAIR).prediction.label
    tiles = re.findall(r'data-head="(\d+)-(\d+)" aria-pressed="false".*?<span>(.*?)</span>', board)
    assert len(tiles) == analysis.model.layers * analysis.model.heads
    for layer, head, shown in tiles:
        expected = effects.changes(verdict)[int(layer), int(head)] * 100
        assert float(shown.replace("−", "-")) == pytest.approx(expected, abs=0.051)
    for label, share in zip(effects.labels, effects.all_off, strict=True):
        assert label in numbers
        assert f"{share:.1%}" in numbers


def test_the_bars_are_those_of_the_core(analysis):
    (html,) = show_bars(analysis, SimpleNamespace(**PAIR, head="1-0"), ("0-1", "2-0"))
    pair = analysis.trace(**PAIR).pair
    expected = switch_off(analysis.model, pair, heads=[(0, 1), (2, 0)])
    assert bar_shares(html) == [f"{share:.1%}" for share in expected.values()]
    assert "2 of 6 heads are off" in html
    (html,) = show_bars(analysis, SimpleNamespace(**PAIR, head="1-0"), ())
    before = analysis.trace(**PAIR).prediction.probabilities
    assert bar_shares(html) == [f"{share:.1%}" for share in before.values()]


def test_all_heads_off_and_one(analysis):
    every = tuple(f"{layer}-{head}" for layer in range(3) for head in range(2))
    assert "All heads are off" in show_bars(analysis, SimpleNamespace(**PAIR, head="1-0"), every)[0]
    assert "Layer 2, head 1 is off" in show_bars(analysis, SimpleNamespace(**PAIR, head="1-0"), ("1-0",))[0]


def test_heads_the_model_has_not_are_left_out(analysis):
    view = SimpleNamespace(**PAIR, head="1-0")
    assert show_bars(analysis, view, ("0-1", "99-0", "<b>"))[0] == show_bars(analysis, view, ("0-1",))[0]
    assert chosen_heads(SimpleNamespace(index=["0-1", 3])) == ("0-1", "3")


def test_a_switch_that_flips_the_verdict_names_the_new_one():
    effects = HeadEffects(
        labels=("entailment", "not_entailment"),
        all_on=np.array([0.6, 0.4]),
        one_off=np.array([[[0.7, 0.3], [0.45, 0.55]]]),
        all_off=np.array([0.5, 0.5]),
    )
    first, second = re.findall(r"<button.*?</button>", board_html(effects, chosen="0-1"))[:2]
    assert "<span>+10.0</span></button>" in first
    assert "<span>−15.0</span><small>not entailment</small>" in second
    assert "the verdict to not entailment" in second


def test_the_head_chosen_on_the_page_is_framed(analysis):
    board, _ = show_board(analysis, SimpleNamespace(**PAIR, head="2-1"))
    assert re.findall(r'<td class=chosen><button[^>]*data-head="([^"]*)"', board) == ["2-1"]


def test_each_head_that_is_off_can_be_looked_at(analysis):
    def offered(*off):
        return re.findall(r'data-look="([^"]*)"', show_bars(analysis, SimpleNamespace(**PAIR), off)[0])

    assert offered() == []
    assert offered("2-0", "0-1") == ["0-1", "2-0"]
    assert offered(*(f"{layer}-{head}" for layer in range(3) for head in range(2))) == []


@pytest.mark.parametrize(
    ("change", "shown"), [(0.123, "+12.3"), (-0.0312, "−3.1"), (0.0, "0.0"), (-0.0004, "0.0")]
)
def test_points_have_a_sign_unless_they_are_none(change, shown):
    assert points(change) == shown
