"""All heads at once: the numbers of the summaries, each head under its name."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.head_roles import head_role
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory import heads as module
from bertmini_demo.ui.laboratory.heads import (
    MEASURES,
    most_crossing_head,
    roles_sentence,
    show_heads,
    summarise,
)

PAIR = {"premise": "the cats walking in the park", "hypothesis": "a cat sleeps ."}


@pytest.fixture(scope="module")
def analysis(model):
    return Analysis(model)


def view(head: str = "1-1") -> SimpleNamespace:
    return SimpleNamespace(**PAIR, head=head)


def test_each_head_has_its_row_with_its_name_and_numbers(analysis):
    figure, _ = show_heads(analysis, view())
    found = summarise(analysis.trace(**PAIR))
    places = list(np.ndindex(found.entropy.shape))
    assert figure.layout.meta["heads"] == [f"{layer}-{head}" for layer, head in places]
    for row, (layer, head) in enumerate(places):
        label = figure.layout.yaxis.ticktext[row]
        assert label == f"L{layer + 1} H{head + 1} · {head_role(found, Head(layer, head))}"
        expected = [getattr(found, measure)[layer, head] for measure in MEASURES]
        np.testing.assert_allclose(figure.data[0].z[row], expected, atol=0.0005)


def test_the_chosen_head_is_outlined_and_every_head_is_in_the_table(analysis):
    figure, says = show_heads(analysis, view("1-1"))
    found = summarise(analysis.trace(**PAIR))
    layers, heads = found.entropy.shape
    (outline,) = figure.layout.shapes
    assert outline.y0 == heads + 1 - 0.5
    rows = re.findall("<tr><td>(.*?)</td></tr>", says)
    assert len(rows) == layers * heads
    cells = rows[heads + 1].split("</td><td>")
    assert cells[:2] == ["Layer 2, head 2", head_role(found, Head(1, 1))]
    assert cells[2:4] == [f"{found.entropy[1, 1]:.2f}", f"{found.distance[1, 1]:.1f}"]


def test_of_many_heads_the_chosen_layer_is_drawn(analysis, monkeypatch):
    monkeypatch.setattr(module, "ROWS", 3)
    figure, says = show_heads(analysis, view("1-1"))
    assert {Head.parse(place).layer for place in figure.layout.meta["heads"]} == {1}
    assert figure.layout.shapes[0].y0 == 0.5
    assert "Layer 1, head 1" in says


def test_the_sentence_counts_every_head_once(analysis):
    found = summarise(analysis.trace(**PAIR))
    said = roles_sentence(found).split("</p>")[0]
    assert sum(map(int, re.findall(r"\((\d+)\)", said))) == found.entropy.size


def test_the_page_opens_on_the_head_that_crosses_most(analysis):
    trace = analysis.trace(**PAIR)
    head = Head.parse(most_crossing_head(trace))
    assert summarise(trace).to_other_sentence[head] == summarise(trace).to_other_sentence.max()
