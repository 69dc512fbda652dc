"""The geometry of hidden states against plain definitions, written out another way."""

import numpy as np
import pytest

from bertmini_demo.explain.layer_similarity import (
    between_words,
    cosine,
    find_plane,
    merge_states,
    settled_depth,
    shares_along,
    steps,
)


@pytest.fixture
def states():
    """(depths, words, hidden) with a direction of its own for each depth, as real states have."""
    random = np.random.default_rng(0)
    return random.normal(size=(4, 5, 6)) * [5, 3, 2, 1, 0.5, 0.1] + np.arange(4)[:, None, None]


@pytest.fixture
def traced(model):
    """States of the words of a pair in a model, each as the mean of its pieces."""
    trace = model.trace("the man doesn't sleep in the park .", "a man is asleep .")
    return merge_states(trace.hidden_states, [word.positions for word in trace.pair.words])


def distances(points):
    """(points, points) between all points, depths one after another."""
    flat = points.reshape(-1, points.shape[-1])
    return np.array([[np.linalg.norm(one - other) for other in flat] for one in flat])


def test_a_words_state_is_the_mean_of_its_pieces(tiny):
    trace = tiny.trace("the man sleeping", "a dog runs")
    merged = merge_states(trace.hidden_states, [(1,), (2, 3, 4)])
    assert merged.shape == (tiny.layers + 1, 2, tiny.hidden)
    np.testing.assert_array_equal(merged[:, 0], trace.hidden_states[:, 1])
    three = trace.hidden_states[:, 2] + trace.hidden_states[:, 3] + trace.hidden_states[:, 4]
    np.testing.assert_allclose(merged[:, 1], three / 3, atol=1e-6)


def test_as_many_axes_as_dimensions_keep_every_distance(states):
    plane = find_plane(states, dimensions=6)
    np.testing.assert_allclose(distances(plane.project(states)), distances(states), atol=1e-9)
    assert plane.shares.sum() == pytest.approx(1)


def test_two_axes_never_lengthen_a_distance(traced):
    assert (distances(find_plane(traced).project(traced)) <= distances(traced) + 1e-9).all()


def test_axes_and_shares_are_those_of_the_covariance_matrix(states):
    plane = find_plane(states)
    values, vectors = np.linalg.eigh(np.cov(states.reshape(-1, 6), rowvar=False))
    np.testing.assert_allclose(plane.shares, values[::-1][:2] / values.sum())
    for axis, vector in zip(plane.axes, vectors.T[::-1][:2], strict=True):
        assert abs(axis @ vector) == pytest.approx(1)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)


def test_no_two_directions_hold_more_than_the_axes(states):
    held = find_plane(states).shares.sum()
    random = np.random.default_rng(1)
    spread = states.reshape(-1, 6) - states.reshape(-1, 6).mean(axis=0)
    for _ in range(50):
        two = np.linalg.qr(random.normal(size=(6, 2)))[0]
        assert ((spread @ two) ** 2).sum() / (spread**2).sum() < held


def test_the_points_lie_around_zero_and_spread_as_the_shares_say(traced):
    plane = find_plane(traced)
    points = plane.project(traced).reshape(-1, 2)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-9)
    whole = traced.reshape(-1, traced.shape[-1]).var(axis=0).sum()
    np.testing.assert_allclose(points.var(axis=0) / whole, plane.shares)


def test_the_axes_point_the_same_way_whatever_the_order_of_the_states(traced):
    plane, again = find_plane(traced), find_plane(traced.copy())
    np.testing.assert_array_equal(plane.axes, again.axes)
    shuffled = np.random.default_rng(2).permutation(traced.reshape(-1, traced.shape[-1]))
    for order in (traced[::-1], traced[:, ::-1], shuffled):
        np.testing.assert_allclose(find_plane(order).axes, plane.axes, atol=1e-6)
    assert (plane.axes.max(axis=1) == np.abs(plane.axes).max(axis=1)).all()


def test_states_turned_round_give_points_turned_round_on_the_same_axes(traced):
    plane, turned = find_plane(traced), find_plane(-traced)
    np.testing.assert_allclose(turned.axes, plane.axes, atol=1e-6)
    np.testing.assert_allclose(turned.project(-traced), -plane.project(traced), atol=1e-5)


def test_the_shares_of_the_planes_own_states_are_its_shares(traced, states):
    plane = find_plane(traced)
    np.testing.assert_allclose(shares_along(plane, traced), plane.shares)
    np.testing.assert_allclose(shares_along(plane, traced + 7), plane.shares)  # a mean of its own
    flat = find_plane(states)
    across = np.linalg.qr(np.vstack([flat.axes, np.eye(6)]).T)[0][:, 2:]  # nothing of it lies in the plane
    assert shares_along(flat, np.random.default_rng(3).normal(size=(9, 4)) @ across.T) == pytest.approx(
        [0, 0]
    )


def test_the_results_are_read_only(states):
    plane = find_plane(states)
    for array in (plane.centre, plane.axes, plane.shares):
        assert not array.flags.writeable


def test_a_step_is_the_distance_between_two_depths(traced):
    found, every = steps(traced), distances(traced)
    words = traced.shape[1]
    for depth, word in np.ndindex(found.shape):
        assert found[depth, word] == pytest.approx(every[depth * words + word, (depth + 1) * words + word])


def test_cosine_by_hand():
    states = np.array([[3.0, 4.0], [1.0, 0.0], [2.0, 2.0], [0.0, 5.0]])
    others = np.array([[4.0, 3.0], [0.0, 2.0], [1.0, 1.0], [0.0, -1.0]])
    np.testing.assert_allclose(cosine(states, others), [24 / 25, 0, 1, -1])
    np.testing.assert_allclose(cosine(states, np.array([1.0, 0.0])), [0.6, 1, 0.5**0.5, 0])


def test_a_word_is_the_same_as_itself_and_never_more_alike(traced):
    np.testing.assert_allclose(cosine(traced, traced), 1)
    to_embedding = cosine(traced, traced[:1])
    np.testing.assert_allclose(to_embedding[0], 1)
    assert (np.abs(to_embedding) <= 1 + 1e-12).all()
    np.testing.assert_allclose(cosine(traced[1:], traced[:-1])[0], to_embedding[1])


def test_the_similarity_between_words_is_the_mean_over_all_pairs(traced):
    words = traced.shape[1]
    expected = [
        np.mean([cosine(depth[i], depth[j]) for i in range(words) for j in range(words) if i != j])
        for depth in traced
    ]
    np.testing.assert_allclose(between_words(traced), expected)


@pytest.mark.parametrize(
    ("winners", "settled"), [([0, 0, 0], 0), ([1, 0, 0], 1), ([0, 1, 0], 2), ([0, 1, 1, 0], 3), ([2], 0)]
)
def test_the_verdict_settles_after_the_last_other_one(winners, settled):
    assert settled_depth(np.eye(3)[winners] * 0.4 + 0.2) == settled
