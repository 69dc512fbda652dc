"""One bar a word, in reading order, its sign told twice."""

import numpy as np
import pytest

from bertmini_demo.figures.theme import OPPOSES, SUPPORTS, UNSIGNED
from bertmini_demo.figures.word_bars import word_bars

WORDS = ["the", "dog", "the", "cat"]
SENTENCES = ["premise", "premise", "hypothesis", "hypothesis"]
SCORES = np.array([0.5, -1.25, 0.0, 0.12345])


def bars(words=WORDS, scores=SCORES, *, signed=True, target="neutral", **more):
    return word_bars(words, scores, signed=signed, sentences=SENTENCES, target=target, **more)


def test_each_word_has_its_bar_in_reading_order_repeats_too():
    figure = bars()
    (bar,) = figure.data
    assert bar.x == (0.5, -1.25, 0.0, 0.123)
    axis = figure.layout.yaxis
    labels = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    assert [labels[place] for place in bar.y] == WORDS
    assert list(bar.y) == sorted(set(bar.y))
    assert axis.range[0] > axis.range[1]
    assert [text for text in axis.ticktext if text.startswith("<i>")] == [
        "<i>premise</i>",
        "<i>hypothesis</i>",
    ]


def test_the_sign_is_in_the_label_and_in_the_colour():
    (bar,) = bars().data
    assert bar.text == ("+0.500", "−1.250", "+0.000", "+0.123")
    assert bar.marker.color == (SUPPORTS, OPPOSES, SUPPORTS, SUPPORTS)


def test_unsigned_scores_have_neither_sign_nor_a_colour_of_signed_ones():
    figure = bars(scores=abs(SCORES), signed=False)
    (bar,) = figure.data
    assert bar.text == ("0.500", "1.250", "0.000", "0.123")
    assert set(bar.marker.color) == {UNSIGNED}
    assert UNSIGNED not in (SUPPORTS, OPPOSES)
    assert figure.layout.xaxis.range[0] == 0
    assert "unsigned" in figure.layout.xaxis.title.text


def test_zero_stands_in_the_middle_of_signed_bars_and_every_bar_fits():
    low, high = bars().layout.xaxis.range
    assert low == -high
    assert high > abs(SCORES).max()


def test_a_score_that_rounds_to_zero_is_not_minus_zero():
    (bar,) = bars(scores=[-0.0001, 0, 0, 0]).data
    assert bar.text[0] == "+0.000"


def test_scores_of_zero_still_have_an_axis():
    low, high = bars(scores=[0, 0, 0, 0]).layout.xaxis.range
    assert low < 0 < high


def test_the_chosen_word_is_outlined():
    assert bars(chosen=2).data[0].marker.line.width == (0, 0, 2, 0)
    assert set(bars().data[0].marker.line.width) == {0}


def test_the_axis_names_the_label_explained():
    assert "contradiction" in bars(target="contradiction").layout.xaxis.title.text


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>'])
def test_markup_typed_as_a_word_stays_text(text):
    figure = bars([text, *WORDS[1:]], target=text)
    assert "<" not in figure.layout.yaxis.ticktext[1]
    assert figure.data[0].hovertext[0] == text.replace("<", "&lt;").replace(">", "&gt;")
    assert text not in figure.layout.xaxis.title.text


def test_a_word_too_long_for_the_axis_is_told_in_full_on_hover():
    figure = bars(["Donaudampfschifffahrt", *WORDS[1:]])
    assert figure.layout.yaxis.ticktext[1] == "Donaudampfsch…"
    assert figure.data[0].hovertext[0] == "Donaudampfschifffahrt"


def test_the_same_input_gives_the_same_json():
    assert bars().to_json() == bars().to_json()
