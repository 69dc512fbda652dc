"""Every word stands where its state lies, at every depth."""

import numpy as np
import pytest

from bertmini_demo.figures.projection_scatter import (
    INSIDE,
    LETTER,
    LINE,
    NO_NAME,
    names_apart,
    words_in_plane,
)
from bertmini_demo.figures.theme import CHOSEN, SENTENCES

WORDS = ["the", "dog", "the", "cat", "[SEP]"]
WHERE = ["premise", "premise", "hypothesis", "hypothesis", "hypothesis"]
POINTS = np.random.default_rng(0).normal(size=(4, 5, 2)) * [5, 3]


def picture(**changes):
    given = {
        "points": POINTS,
        "words": WORDS,
        "sentences": WHERE,
        "shares": (0.41, 0.2),
        "reach": (12, 6),
        "places": [0, 1, 2, 3, None],
    }
    return words_in_plane(**given | changes)


def test_the_words_of_each_sentence_stand_at_their_points():
    figure = picture()
    _, premise, hypothesis = figure.data
    assert (premise.hovertext, hypothesis.hovertext) == (("the", "dog"), ("the", "cat", "[SEP]"))
    np.testing.assert_allclose(np.column_stack([premise.x, premise.y]), POINTS[0, :2], atol=0.005)
    np.testing.assert_allclose(np.column_stack([hypothesis.x, hypothesis.y]), POINTS[0, 2:], atol=0.005)


@pytest.mark.parametrize("depth", range(len(POINTS)))
def test_words_are_at_the_points_of_the_chosen_depth(depth):
    path, *words = picture(depth=depth, chosen=3).data
    for axis, values in zip("xy", POINTS[depth].T, strict=True):
        np.testing.assert_allclose(np.concatenate([one[axis] for one in words]), values, atol=0.005)
    np.testing.assert_allclose(path.x, POINTS[:, 3, 0], atol=0.005)


def test_a_sentence_is_told_by_colour_symbol_and_name():
    _, premise, hypothesis = picture().data
    assert (premise.name, hypothesis.name) == ("premise", "hypothesis")
    assert premise.marker.symbol != hypothesis.marker.symbol
    assert set(premise.marker.color) == {SENTENCES["premise"]}
    assert set(hypothesis.marker.color) == {SENTENCES["hypothesis"]}


def test_the_chosen_word_is_larger_and_its_path_is_drawn():
    path, premise, hypothesis = picture(chosen=3).data
    assert hypothesis.marker.color == (SENTENCES["hypothesis"], CHOSEN, SENTENCES["hypothesis"])
    assert hypothesis.marker.size[1] > hypothesis.marker.size[0]
    assert set(premise.marker.color) == {SENTENCES["premise"]}
    np.testing.assert_allclose(np.column_stack([path.x, path.y]), POINTS[:, 3], atol=0.005)
    assert "cat" in path.name
    assert not picture().data[0].x
    assert not picture().data[0].showlegend


def test_a_point_carries_the_index_of_its_word():
    _, premise, hypothesis = picture().data
    assert premise.customdata == (0, 1)
    assert hypothesis.customdata == (2, 3, None)


def test_the_axes_say_what_they_hold_and_reach_as_far_as_told():
    layout = picture().layout
    assert "41\u00a0%" in layout.xaxis.title.text
    assert "20\u00a0%" in layout.yaxis.title.text
    for axis, reach in ((layout.xaxis, 12), (layout.yaxis, 6)):
        assert -axis.range[0] == axis.range[1] > reach


def test_names_that_would_cover_others_are_told_on_hover():
    points = np.zeros((2, 5, 2))
    points[1] = [[-10, 0], [-9, 0], [-10, 5], [10, 0], [0, 0]]  # the first two side by side
    written = [[list(one.text) for one in picture(points=points, depth=depth).data[1:]] for depth in (0, 1)]
    assert written == [
        [["the", NO_NAME], [NO_NAME, NO_NAME, NO_NAME]],
        [["the", NO_NAME], ["the", "cat", "[SEP]"]],
    ]
    for depth in (0, 1):
        assert list(picture(points=points, depth=depth, chosen=1).data[1].text) == [NO_NAME, "dog"]
    _, premise, hypothesis = picture(points=points).data
    assert (premise.hovertext, hypothesis.hovertext) == (("the", "dog"), ("the", "cat", "[SEP]"))
    assert premise.hovertemplate.startswith("%{hovertext}")


def test_no_two_names_that_are_written_cover_each_other():
    points = np.random.default_rng(0).uniform(-0.9, 0.9, size=(60, 2))
    letters = np.random.default_rng(1).integers(1, 12, size=60)
    seen = np.flatnonzero(names_apart(points, letters, first=[17]))
    assert 17 in seen
    assert 10 < len(seen) < 60
    left, bottom = points.T * np.array(INSIDE)[:, None] / 2
    for i, one in enumerate(seen):
        for other in seen[:i]:
            apart = abs(left[one] - left[other]) >= LETTER * (letters[one] + letters[other]) / 2
            assert apart or abs(bottom[one] - bottom[other]) >= LINE


def test_no_name_is_written_over_another_words_dot():
    points = np.array([[0, 0], [0, 0.07], [0, 0.5]])  # the second dot lies where the first name would be
    assert names_apart(points, [3, 3, 3]) == [False, True, True]
    assert names_apart(points, [3, 3, 3], first=[0])[0]


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>'])
def test_markup_typed_as_a_word_stays_text(text):
    figure = picture(words=[text, *WORDS[1:]], chosen=0)
    assert text not in str(figure.to_plotly_json())
    assert figure.data[1].text[0] == text.replace("<", "&lt;").replace(">", "&gt;")


def test_the_same_input_gives_the_same_json():
    assert picture(chosen=1).to_json() == picture(chosen=1).to_json()
