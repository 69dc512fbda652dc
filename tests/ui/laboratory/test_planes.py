"""The planes show the states of both models on the same axes."""

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.layer_similarity import cosine, find_plane, merge_states, shares_along
from bertmini_demo.ui.laboratory.planes import show_planes, tuning_says

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


@pytest.fixture
def both(tiny, tiny_language):
    """An analysis with a pretrained model."""
    return Analysis(tiny, lambda _: tiny_language)


def view(**choices):
    return SimpleNamespace(**PAIR, **{"word": None, "pieces": False, "special": False} | choices)


def groups_of(pair, *, pieces, special):
    """Positions of what is shown, in reading order."""
    words = (
        [(p,) for word in pair.words for p in word.positions]
        if pieces
        else [word.positions for word in pair.words]
    )
    return sorted([*words, *((p,) for p, outside in enumerate(pair.special) if outside and special)])


def places(figure):
    """(depths, words, 2) as the page moves the words through them."""
    return [
        np.column_stack([np.concatenate(depth[axis]) for axis in "xy"])
        for depth in figure.layout.meta["depths"]
    ]


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("special", [False, True])
def test_the_points_are_the_states_on_their_two_widest_axes(analysis, pieces, special):
    figure, says, *_ = show_planes(analysis, view(pieces=pieces, special=special))
    trace = analysis.trace(**PAIR)
    states = merge_states(trace.hidden_states, groups_of(trace.pair, pieces=pieces, special=special))
    plane = find_plane(states)
    np.testing.assert_allclose(places(figure), plane.project(states), atol=0.006)
    assert f"hold {plane.shares.sum():.0%} of the variance" in says
    words = [word for points in figure.data[1:] for word in points.customdata]
    assert words.count(None) == (3 if special else 0)
    named = [word for word in words if word is not None]
    assert named == sorted(named)
    assert set(named) == set(range(len(trace.pair.words)))


def test_the_pretrained_models_states_stand_on_the_same_axes_and_scale(both, tiny_language):
    now, _, before, says, *_ = show_planes(both, view())
    trace = both.trace(**PAIR)
    groups = groups_of(trace.pair, pieces=False, special=False)
    plane = find_plane(merge_states(trace.hidden_states, groups))
    states = merge_states(tiny_language.trace(trace.pair).hidden_states, groups)
    np.testing.assert_allclose(places(before), plane.project(states), atol=0.006)
    shares = shares_along(plane, states)
    assert f"hold {shares.sum():.0%} of the variance" in says
    assert f"{shares[0]:.0%}" in before.layout.xaxis.title.text
    for axis in ("xaxis", "yaxis"):
        assert now.layout[axis].range == before.layout[axis].range
        assert max(np.abs(places(figure)).max() for figure in (now, before)) < max(
            now.layout.xaxis.range[1], now.layout.yaxis.range[1]
        )


def test_each_word_is_compared_with_itself_before_fine_tuning(both, tiny_language):
    *_, figure, says = show_planes(both, view(word=2))
    trace = both.trace(**PAIR)
    expected = [
        cosine(
            trace.hidden_states[:, list(word.positions)].mean(axis=1),
            before[:, list(word.positions)].mean(axis=1),
        )
        for before in [tiny_language.trace(trace.pair).hidden_states]
        for word in trace.pair.words
    ]  # (words, depths)
    np.testing.assert_allclose(figure.data[1].y, np.mean(expected, axis=0), atol=0.0006)
    np.testing.assert_allclose(figure.data[3].y, expected[2], atol=0.0006)
    for row in expected:
        assert "".join(f"<td>{value:.3f}</td>" for value in row) in says


def test_a_model_that_was_not_fine_tuned_is_the_same_everywhere(tiny):
    class Unchanged:
        """The classifier's own encoder, as if fine-tuning had changed nothing."""

        def trace(self, pair):
            return tiny.trace(pair.premise, pair.hypothesis)

    now, _, before, _, tuning, _ = show_planes(Analysis(tiny, lambda _: Unchanged()), view())
    np.testing.assert_allclose(places(now), places(before))
    np.testing.assert_allclose(tuning.data[1].y, 1)


def test_the_sentence_names_the_depth_and_the_word_turned_most():
    similarity = np.array([[1, 1], [0.9, 0.8], [0.1, 0.7]])
    told = tuning_says(similarity, ["<b>", "dog"], ordinary=np.array([0, 0.1, 0.23]))
    assert "most after layer 2" in told
    assert "mean cosine of 0.40" in told
    assert "“&lt;b&gt;” (0.10)" in told
    assert "cosine of 0.23 there" in told


def test_a_model_without_a_pretrained_one_says_so_and_draws_nothing(analysis):
    now, _, before, says, tuning, told = show_planes(analysis, view())
    assert now.data
    for hidden in (before, tuning):
        assert isinstance(hidden, gr.Plot)
        assert not hidden.visible
    assert "brings no pretrained model" in says
    assert told == ""


def test_the_chosen_word_is_marked_in_all_pictures(both):
    now, _, before, _, tuning, _ = show_planes(both, view(word=1, special=True))
    word = both.trace(**PAIR).pair.words[1].text
    for name in (now.data[0].name, before.data[0].name, tuning.data[-1].name):
        assert word in name


def test_markup_typed_as_a_word_stays_text(both):
    seen = SimpleNamespace(
        premise="<b>x</b> man", hypothesis="a <img src=x>", word=0, pieces=False, special=False
    )
    for value in show_planes(both, seen):
        text = value if isinstance(value, str) else value.to_json()
        assert "<b>x" not in text
        assert "<img" not in text
