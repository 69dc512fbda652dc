"""Bars of one query: the numbers given, aligned by key, the largest of each column told apart, text as text."""

import html
import re

import numpy as np
import pytest

from bertmini_demo.figures import theme
from bertmini_demo.figures.qkv_bars import DIGITS, key_bars

KEYS = ["[CLS]", "the", "dog", "the", "[SEP]"]
STEPS = {
    "q·k": np.array([-12.3456, 0.0, 8.25, 3.5, -0.001234]),
    "softmax": np.array([0.01, 0.09, 0.6, 0.2, 0.1]),
    "length": np.array([0.5, 0.2, 0.1, 0.9, 0.0]),
}


def draw(**choices):
    return key_bars(STEPS, KEYS, **{"query": 1, **choices})


def test_each_step_has_its_bars_with_its_numbers_in_a_column_of_its_own():
    figure = draw()
    assert len(figure.data) == len(STEPS)
    ends = []
    for column, (name, values) in enumerate(STEPS.items()):
        bars = figure.data[column]
        np.testing.assert_allclose(bars.x, values, rtol=10.0 ** (1 - DIGITS))
        assert [*bars.y] == [*range(len(KEYS))]
        axis = figure.layout["xaxis" + bars.xaxis[1:]]
        assert axis.title.text == name
        assert name in bars.hovertemplate
        assert axis.range[0] < min(0, values.min()) <= max(0, values.max()) < axis.range[1]
        ends += axis.domain
    assert ends == sorted(ends)
    assert ends[0] == 0
    assert ends[-1] == pytest.approx(1)


def test_the_longest_bar_of_each_column_stands_out():
    for bars, values in zip(draw().data, STEPS.values(), strict=True):
        colours = [*bars.marker.color]
        assert colours.count(colours[values.argmax()]) == 1
        assert len(set(colours)) == 2


def test_the_query_and_the_chosen_word_are_marked_and_not_alike():
    figure = draw(chosen=[2, 3])
    query, chosen = figure.layout.shapes
    assert (query.y0, query.y1, query.line.width) == (0.5, 1.5, 0)
    assert query.fillcolor
    assert (chosen.y0, chosen.y1) == (1.5, 3.5)
    assert chosen.line.width > 0
    assert figure.layout.yaxis.ticktext[1] == f'<b><span style="color:{theme.ROLES["query"]}">the</span></b>'
    assert figure.layout.yaxis.ticktext[3] == "the"
    assert len(draw().layout.shapes) == 1


def test_query_key_and_value_keep_their_colours():
    steps = {
        "query · key": STEPS["q·k"],
        "÷ √2": STEPS["q·k"],
        "weight α": STEPS["softmax"],
        "α × value": STEPS["length"],
    }
    figure = key_bars(steps, KEYS, query=1)
    key, value = theme.ROLES["key"], theme.ROLES["value"]
    colours = [theme.tint(one, 1) for one in (key, key, theme.ATTENTION, value)]
    assert [max(bars.marker.color, key=list(bars.marker.color).count) for bars in figure.data] == [
        one.replace(",1)", ",0.45)") for one in colours
    ]
    titles = figure.layout.xaxis.title.text + figure.layout.xaxis4.title.text
    assert dict(map(reversed, re.findall(r'color:(#\w+)">(\w+)<', titles))) == theme.ROLES
    assert figure.layout.yaxis.tickfont.color == theme.ROLES["key"]


def test_columns_of_zeros_still_make_a_figure():
    figure = key_bars({"length": np.zeros(2)}, ["a", "b"], query=0)
    assert figure.layout.xaxis.range[0] < 0 < figure.layout.xaxis.range[1]


@pytest.mark.parametrize("text", ["<b>x</b>", "<img src=x>", "&lt;"])
def test_markup_typed_as_a_word_stays_text(text):
    label = key_bars({"length": np.ones(2)}, ["a", text], query=0).layout.yaxis.ticktext[1]
    assert "<" not in label
    assert html.unescape(label) == text


def test_the_figure_grows_with_its_keys_and_is_the_same_each_time():
    many = key_bars({"length": np.ones(60)}, ["x"] * 60, query=0)
    assert many.layout.height - draw().layout.height >= 55 * 18
    assert draw().to_json() == draw().to_json()
