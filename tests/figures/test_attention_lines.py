"""Lines join the words they should, bounded in number, and the figure says what it left out."""

import numpy as np
import pytest

from bertmini_demo.figures import attention_lines as module
from bertmini_demo.figures.attention_lines import BUCKETS, MAX_LINES, head_lines
from bertmini_demo.figures.theme import HEADS

WORDS = ["the", "man", "the", "dog"]
SENTENCES = ["premise", "premise", "hypothesis", "hypothesis"]
WEIGHTS = np.array(
    [
        [
            [0.90, 0.04, 0.06, 0.00],
            [0.00, 1.00, 0.00, 0.00],
            [0.30, 0.30, 0.30, 0.10],
            [0.00, 0.01, 0.01, 0.98],
        ]
    ]
)


def draw(weights=WEIGHTS, words=WORDS, **choices):
    choices = {
        "query_sentences": SENTENCES,
        "names": [f"Head {head + 1}" for head in range(len(weights))],
        **choices,
    }
    return head_lines(weights, words, **choices)


def drawn(figure) -> dict[tuple[int, int, str], tuple[float, float]]:
    """Query, key and colour of each line, with its opacity and width."""
    left, right = ([*trace.y] for trace in figure.data if trace.mode == "markers")
    found = {}
    for trace in figure.data:
        if trace.mode == "lines" and len(trace.x) > 1:
            assert trace.x == (0, 1, None) * (len(trace.x) // 3)
            for start, end in zip(trace.y[0::3], trace.y[1::3], strict=True):
                place = (left.index(start), right.index(end), trace.line.color)
                assert place not in found
                found[place] = (trace.opacity, trace.line.width)
    return found


def note(figure) -> str:
    return figure.layout.xaxis.title.text


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.95])
def test_each_weight_at_or_over_the_threshold_has_its_line(threshold):
    figure = draw(threshold=threshold)
    expected = {(int(q), int(k), HEADS[0]) for q, k in np.argwhere(WEIGHTS[0] >= threshold)}
    assert set(drawn(figure)) == expected
    assert f"{len(expected)} of 16 lines" in note(figure)
    assert f"weight {threshold:g} or more" in note(figure)


def test_stronger_weights_are_never_fainter_or_thinner():
    styles = drawn(draw())
    ordered = sorted(styles, key=lambda line: WEIGHTS[0, line[0], line[1]])
    assert [styles[line] for line in ordered] == sorted(styles.values())
    assert len(set(styles.values())) > 2


def test_no_more_lines_than_the_bound_the_strongest_and_it_is_said():
    raw = np.exp(np.random.default_rng(1).normal(size=(2, 30, 30)))
    weights = raw / raw.sum(axis=-1, keepdims=True)
    figure = draw(weights, ["x"] * 30, query_sentences=["premise"] * 30, threshold=0)
    found = drawn(figure)
    assert len(found) == MAX_LINES
    assert f"{MAX_LINES} strongest of 1,800 lines" in note(figure)
    weakest = min(weights[HEADS.index(colour), q, k] for q, k, colour in found)
    assert np.count_nonzero(weights >= weakest) == MAX_LINES


@pytest.mark.parametrize("heads", [1, 2, 8])
def test_many_lines_take_few_traces_and_each_head_one_colour(heads):
    raw = np.random.default_rng(2).random((heads, 12, 12))
    weights = raw / raw.sum(axis=-1, keepdims=True)
    figure = draw(weights, ["x"] * 12, query_sentences=["premise"] * 12, threshold=0.01)
    assert len(figure.data) <= heads * (BUCKETS + 1) + 2
    named = {trace.name: trace.line.color for trace in figure.data if trace.name}
    assert list(named) == [f"Head {head + 1}" for head in range(heads)]
    assert len(set(named.values())) == heads
    assert figure.layout.showlegend is (heads > 1)


@pytest.mark.parametrize(
    ("queries", "keys", "cells"),
    [
        ([2], [], {(2, 0), (2, 1), (2, 2), (2, 3)}),
        ([], [1], {(1, 1), (2, 1)}),
        ([2], [1], {(2, 0), (2, 1), (2, 2), (2, 3), (1, 1)}),
        ([0, 1], [], {(0, 0), (0, 2), (1, 1)}),
        ([], [0], {(0, 0), (2, 0)}),
    ],
)
def test_chosen_words_show_only_their_own_lines_as_they_were(queries, keys, cells):
    everything, chosen = drawn(draw()), drawn(draw(chosen_queries=queries, chosen_keys=keys))
    assert chosen == {line: style for line, style in everything.items() if line[:2] in cells}
    assert len(chosen) == len(cells)


def test_chosen_words_are_ringed():
    left, right = (trace.marker for trace in draw(chosen_queries=[0, 1]).data if trace.mode == "markers")
    assert [width > 0 for width in left.line.width] == [True, True, False, False]
    assert left.size[0] > left.size[2]
    assert not any(right.line.width)


def test_lines_are_not_counted_where_the_filter_leaves_them_out():
    weights = WEIGHTS.copy()
    weights[:, :2] = np.nan
    figure = draw(weights)
    assert {query for query, _, _ in drawn(figure)} == {2, 3}
    assert "of 8 lines" in note(figure)


def test_no_line_at_all_still_makes_a_figure_that_says_so():
    figure = draw(np.full((1, 4, 4), 0.01))
    assert drawn(figure) == {}
    assert "0 of 16 lines" in note(figure)


def test_queries_stand_left_and_keys_right_under_their_sentences():
    figure = draw(
        WEIGHTS[:, :2, 2:],
        WORDS[:2],
        query_sentences=SENTENCES[:2],
        keys=["the", "dog"],
        key_sentences=SENTENCES[2:],
    )
    assert figure.layout.yaxis.ticktext == ("<i>premise</i>", "the", "man")
    assert figure.layout.yaxis2.ticktext == ("<i>hypothesis</i>", "the", "dog")
    assert figure.layout.yaxis2.side == "right"
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [set(trace.x) for trace in dots] == [{0}, {1}]
    assert dots[0].marker.color[0] != dots[1].marker.color[0]


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>'])
def test_markup_typed_as_a_word_or_in_a_name_stays_text(text):
    figure = draw(words=[text, *WORDS[1:]], names=[text])
    left = next(trace for trace in figure.data if trace.mode == "markers")
    for shown in (figure.layout.yaxis.ticktext[1], left.text[0], *(t.name for t in figure.data if t.name)):
        assert shown.startswith("&lt;")
        assert "<" not in shown


def test_input_is_left_as_it_was_and_the_same_input_gives_the_same_json():
    weights = WEIGHTS.copy()
    weights.setflags(write=False)
    assert draw(weights, chosen_queries=[1]).to_json() == draw(weights, chosen_queries=[1]).to_json()
    np.testing.assert_array_equal(weights, WEIGHTS)


def test_the_figure_grows_with_its_words():
    few, many = draw(), draw(np.full((1, 60, 60), 0.1), ["x"] * 60, query_sentences=["premise"] * 60)
    assert many.layout.height - few.layout.height > 50 * module.ROW_HEIGHT
