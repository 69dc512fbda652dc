"""The strips hold the vectors they were given."""

import numpy as np
import pytest

from bertmini_demo.figures.embedding_strips import ADDED, NORMALISED, embedding_strips

PIECES = ["unb", "##<b>", "x" * 40]


@pytest.fixture
def vectors():
    """(pieces, 4, hidden) and (pieces, hidden)."""
    random = np.random.default_rng(0)
    return random.normal(size=(3, 4, 8)), random.normal(size=(3, 8)) * 10


def test_each_strip_is_its_vector(vectors):
    added, normalised = vectors
    figure = embedding_strips(added, normalised, PIECES)
    names = figure.layout.yaxis.ticktext
    parts, last = (trace.z for trace in figure.data)
    assert len(parts) == len(last) == len(names) == 3 * 6
    for number in range(3):
        heading, *strips = range(6 * number, 6 * number + 6)
        assert names[heading].startswith("<b>")
        assert [names[row] for row in strips] == [*ADDED, NORMALISED]
        for row, vector in zip(strips[:-1], added[number], strict=True):
            np.testing.assert_allclose(parts[row], vector, atol=5e-4)
            assert len(last[row]) == 0
        np.testing.assert_allclose(last[strips[-1]], normalised[number], atol=5e-4)
        assert len(parts[heading]) == len(last[heading]) == len(parts[strips[-1]]) == 0


def test_colours_are_even_about_zero_and_the_sum_shares_its_scale_with_what_is_added(vectors):
    added, normalised = vectors
    for trace, values in zip(
        embedding_strips(added, normalised, PIECES).data, (added, normalised), strict=True
    ):
        assert trace.zmax == -trace.zmin == np.abs(values).max()


def test_pieces_are_text_and_long_ones_are_cut(vectors):
    names = embedding_strips(*vectors, PIECES).layout.yaxis.ticktext
    assert names[6] == "<b>##&lt;b&gt;</b>"
    assert len(names[12]) < 25


def test_the_same_vectors_give_the_same_figure_and_nothing_is_not_an_error(vectors):
    assert embedding_strips(*vectors, PIECES).to_json() == embedding_strips(*vectors, PIECES).to_json()
    zeros = embedding_strips(np.zeros((1, 4, 8)), np.zeros((1, 8)), ["a"])
    assert zeros.data[0].zmax == 1


def test_every_figure_has_a_height_and_rows_from_top_to_bottom(vectors):
    layout = embedding_strips(*vectors, PIECES).layout
    assert layout.height > 18 * 20
    assert layout.yaxis.range[0] > layout.yaxis.range[1]
