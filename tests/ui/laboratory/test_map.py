"""The tab Map tells in words and tables what its picture shows."""

import html
import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_flow import FLOWS, HEAD, MEAN, ROLLOUT
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.naming import layer_name
from bertmini_demo.ui.laboratory.map import show_map

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture(scope="module")
def analysis(model):
    return Analysis(model)


def shown(analysis, kind=MEAN, **choices):
    return show_map(analysis, SimpleNamespace(**PAIR, **{"word": None, "head": "1-0", **choices}), kind)


def table(text, caption):
    """Rows of a folded table, without its headings."""
    body = re.search(rf"<summary>{caption}.*?<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    return [re.findall(r"<td>(.*?)</td>", row) for row in body.split("</tr>")[:-1]]


def test_rollout_gives_in_the_first_layer_what_rollout_is(analysis):
    trace = analysis.trace(**PAIR)
    says = shown(analysis, ROLLOUT)[1]
    rows = table(says, "The lines of the path")
    expected = rollout(trace.attentions)[-1, 0]
    assert [float(row[1]) for row in rows] == pytest.approx(list(expected), abs=0.00051)
    most = int(expected.argmax())
    assert f"“{html.escape(trace.tokens[most])}” ({expected[most]:.0%})" in says


def test_the_chosen_head_is_followed_in_its_own_layer(analysis):
    trace = analysis.trace(**PAIR)
    says = shown(analysis, HEAD, word=1)[1]
    position = trace.pair.words[1].positions[0]
    rows = table(says, "The lines of the path")
    assert [float(row[2]) for row in rows] == pytest.approx(
        list(trace.attentions[1, 0, position]), abs=0.00051
    )
    assert {row[1] for row in rows} == {"0.000"}
    assert "layer 2, head 1" in says


def test_the_block_that_adds_most_is_named(analysis):
    trace = analysis.trace(**PAIR)
    parts = contributions(analysis.model, trace)
    added = (parts.attention_ratio + parts.feed_forward_ratio).mean(axis=1)
    says = shown(analysis)[1]
    assert f"{layer_name(int(added.argmax()))} adds most" in says
    rows = table(says, "What is added")
    for index, row in enumerate(rows):
        told = np.array(row[4:], dtype=float).reshape(-1, 2)
        np.testing.assert_allclose(told[:, 0], parts.attention_ratio[:, index], atol=0.0051)
        np.testing.assert_allclose(told[:, 1], parts.feed_forward_ratio[:, index], atol=0.0051)


@pytest.mark.parametrize("kind", FLOWS)
def test_it_says_what_it_does_not_prove_and_how_to_use_it(analysis, kind):
    drawing, says = shown(analysis, kind)
    assert "not what it means" in says
    assert "Enter" in drawing
