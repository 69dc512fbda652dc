"""The microscope shows the numbers of one query, and names its winners."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.qkv import HeadReading, read_head
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory.microscope import (
    FOLLOW,
    offer_tokens,
    query_position,
    show_microscope,
    winners_sentence,
)

PAIR = {"premise": "the cats walking", "hypothesis": "a cat sleeps ."}


@pytest.fixture(scope="module")
def analysis(model):
    return Analysis(model)


def view(**choices) -> SimpleNamespace:
    return SimpleNamespace(**PAIR | {"head": "1-0", "word": None} | choices)


def made(weights: list[float], lengths: list[float]) -> HeadReading:
    """A head whose values have the lengths given, one query."""
    weights, values = np.array([weights]), np.array(lengths)[:, None]
    zeros = np.zeros((1, len(lengths)))
    return HeadReading(zeros, zeros, zeros, zeros, weights, values, weights * np.array(lengths))


def test_bars_and_table_hold_the_steps_of_the_query(analysis):
    figure, says = show_microscope(analysis, view(head="1-1"), 3)
    reading = read_head(analysis.model, analysis.trace(**PAIR), Head(1, 1))
    steps = (reading.products[3], reading.scaled[3], reading.weights[3], reading.norms[3])
    for bars, values in zip(figure.data, steps, strict=True):
        np.testing.assert_allclose(bars.x, values, rtol=1e-3)
    last = re.findall("<tr><td>(.*?)</td></tr>", says)[-1].split("</td><td>")
    assert last[1] == "[SEP]"
    assert last[2:5] == [f"{values[-1]:.3f}" for values in steps[:3]]
    assert last[6] == f"{reading.norms[3, -1]:.3f}"
    assert f"÷ √{analysis.model.hidden // analysis.model.heads}" in says


def test_the_query_is_the_picked_token_or_the_chosen_word_or_cls(analysis):
    pair = analysis.trace(**PAIR).pair
    second = pair.words[1].positions[0]
    assert query_position(pair, None, FOLLOW) == 0
    assert query_position(pair, 1, FOLLOW) == second
    assert query_position(pair, 1, 0) == 0
    assert query_position(pair, 1, len(pair.tokens)) == second  # picked in a longer pair before
    for typed in (None, "", "cat", -2):
        assert query_position(pair, None, typed) == 0


def test_every_token_is_offered_and_a_new_word_takes_precedence(analysis):
    (picker,) = offer_tokens(analysis, view(word=1))
    tokens = analysis.trace(**PAIR).tokens
    assert [value for _, value in picker.choices] == [FOLLOW, *range(len(tokens))]
    assert all(token in name for (name, _), token in zip(picker.choices[1:], tokens, strict=True))
    assert picker.value == FOLLOW


def test_query_and_chosen_word_are_marked_and_a_split_word_named(tiny):
    analysis = Analysis(tiny)
    pair = analysis.trace(**PAIR).pair
    index, word = next(one for one in enumerate(pair.words) if len(one[1].positions) > 1)
    figure, says = show_microscope(analysis, view(word=index), 0)
    query, chosen = figure.layout.shapes
    assert query.y0 == -0.5
    assert (chosen.y0, chosen.y1) == (word.positions[0] - 0.5, word.positions[-1] + 0.5)
    assert "from which the verdict is read" in says
    followed = show_microscope(analysis, view(word=index), FOLLOW)[1]
    assert f"piece 1 of {len(word.positions)} of “{word.text}”" in followed


def test_markup_stays_text():
    said = winners_sentence(("<b>x</b>", "dog"), made([0.8, 0.2], [0.1, 2.0]), 0)
    assert "&lt;b&gt;x" in said
    assert "<b>" not in said


def test_two_winners_are_told_apart_and_why():
    said = winners_sentence(("[SEP]", "dog"), made([0.8, 0.2], [0.1, 2.0]), 0)
    assert "By weight “[SEP]” (token 1) wins (80.0%)" in said
    assert "“dog” (token 2) (0.40 against 0.08)" in said
    assert "first is 0.10 long and that of the second 2.00" in said


def test_one_winner_is_said_to_win_by_both():
    said = winners_sentence(("[SEP]", "dog"), made([0.2, 0.8], [1.0, 1.0]), 0)
    assert "“dog” (token 2) wins both by weight (80.0%)" in said
    assert "80% of all lengths" in said
