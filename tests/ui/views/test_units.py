"""Rows and columns of attention figures: words or pieces, with or without special tokens."""

import numpy as np
import pytest

from bertmini_demo.ui.views.how_it_decides.units import display_units, hidden_weight


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the cats walking .", "a cat doesn't sleep .")


@pytest.mark.parametrize("special", [False, True])
def test_words_and_pieces_cover_each_shown_position_once(trace, special):
    shown = [p for p in range(len(trace.tokens)) if special or not trace.pair.special[p]]
    for pieces in (False, True):
        units = display_units(trace, pieces=pieces, special=special)
        assert [position for group in units.groups for position in group] == shown
        assert {len(group) for group in units.groups} == {1} if pieces else len(units.groups) < len(shown)
        assert units.special == [trace.pair.special[group[0]] for group in units.groups]


def test_labels_are_words_as_typed_or_pieces(trace):
    words = display_units(trace, pieces=False, special=True)
    assert words.labels[0] == "[CLS]"
    assert [label for label, word in zip(words.labels, words.words, strict=True) if word is not None] == [
        word.text for word in trace.pair.words
    ]
    pieces = display_units(trace, pieces=True, special=True)
    assert pieces.labels == list(trace.tokens)


@pytest.mark.parametrize("pieces", [False, True])
def test_the_rows_of_a_word_hold_its_positions(trace, pieces):
    units = display_units(trace, pieces=pieces, special=True)
    for index, word in enumerate(trace.pair.words):
        rows = units.rows_of(index)
        assert [position for row in rows for position in units.groups[row]] == list(word.positions)
        assert rows == list(range(rows[0], rows[-1] + 1))
        assert units.first_row_of(index) == rows[0]
    assert units.rows_of(None) == []
    assert units.first_row_of(None) is None


@pytest.mark.parametrize("pieces", [False, True])
def test_what_is_shown_and_what_is_hidden_add_up_to_one_in_every_head(trace, pieces):
    units = display_units(trace, pieces=pieces, special=False)
    shown = units.merge(trace.attentions).sum(axis=-1).mean(axis=-1)
    np.testing.assert_allclose(shown + hidden_weight(trace, trace.attentions, pieces=pieces), 1, atol=1e-6)
