"""Hidden positions, filters and whole words against sums done by hand."""

import numpy as np
import pytest

from bertmini_demo.explain.attention_filters import (
    FILTERS,
    filter_mask,
    hide_positions,
    merge_words,
    word_groups,
)

SEGMENTS = [0, 0, 0, 0, 1, 1, 1]  # [CLS] two words [SEP] two words [SEP]
SPECIAL = [True, False, False, True, False, False, True]


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the cats walking", "a cat sleeps .")


def test_hidden_share_and_what_is_shown_add_up(trace):
    keep = ~np.array(trace.pair.special)
    shown, hidden = hide_positions(trace.attentions, keep)
    assert hidden.shape == trace.attentions.shape[:2]
    np.testing.assert_array_equal(shown, trace.attentions[:, :, keep][..., keep])
    np.testing.assert_allclose(shown.sum(axis=-1).mean(axis=-1) + hidden, 1, atol=1e-6)
    assert (hidden > 0.01).all()


def test_hiding_nothing_hides_no_weight(trace):
    shown, hidden = hide_positions(trace.attentions, [True] * len(trace.tokens))
    np.testing.assert_array_equal(shown, trace.attentions)
    np.testing.assert_array_equal(hidden, 0)


def test_rows_that_are_hidden_do_not_count_in_the_hidden_share():
    attention = np.array([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])
    _, hidden = hide_positions(attention, [False, True, True])
    assert hidden == pytest.approx(0.3)


def test_filters_between_words_show_each_cell_once():
    words = ~np.array(SPECIAL)
    counts = sum(filter_mask(SEGMENTS, name, special=SPECIAL).astype(int) for name in FILTERS[1:])
    np.testing.assert_array_equal(counts, np.outer(words, words))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("premise to hypothesis", {(1, 4), (1, 5), (2, 4), (2, 5)}),
        ("hypothesis to premise", {(4, 1), (5, 1), (4, 2), (5, 2)}),
        ("within a sentence", {(1, 1), (1, 2), (2, 1), (2, 2), (4, 4), (4, 5), (5, 4), (5, 5)}),
    ],
)
def test_rows_of_a_filter_are_the_words_that_look(name, cells):
    assert set(zip(*np.nonzero(filter_mask(SEGMENTS, name, special=SPECIAL)), strict=True)) == cells


def test_the_filter_all_shows_special_tokens_too():
    assert filter_mask(SEGMENTS, "all", special=SPECIAL).all()


def test_without_special_tokens_the_filters_share_out_every_cell():
    counts = sum(filter_mask([0, 0, 1], name).astype(int) for name in FILTERS[1:])
    np.testing.assert_array_equal(counts, 1)


def test_an_unknown_filter_is_told_the_valid_ones():
    with pytest.raises(ValueError, match="within a sentence"):
        filter_mask(SEGMENTS, "hypothesis")


def test_word_groups_cover_each_position_once_in_reading_order(trace):
    groups = word_groups(trace.pair)
    assert [position for group in groups for position in group] == list(range(len(trace.tokens)))
    assert len(groups) == len(trace.pair.words) + 3
    assert any(len(group) > 1 for group in groups)


def test_merged_rows_keep_their_sums(trace):
    merged = merge_words(trace.attentions, word_groups(trace.pair))
    np.testing.assert_allclose(merged.sum(axis=-1), 1, atol=1e-6)


def test_merging_averages_over_queries_and_adds_over_keys():
    attention = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.6, 0.4, 0.0]])
    merged = merge_words(attention, [(0,), (1, 2)])
    np.testing.assert_allclose(merged, [[0.1, 0.9], [(0.3 + 0.6) / 2, (0.7 + 0.4) / 2]])


def test_single_pieces_stay_as_they_are(trace):
    groups = [(position,) for position in range(len(trace.tokens))]
    np.testing.assert_allclose(merge_words(trace.attentions, groups), trace.attentions, atol=1e-7)
