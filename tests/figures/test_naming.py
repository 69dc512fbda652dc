"""Names count from 1; text stays text; words are set out under their sentences."""

import html

import pytest

from bertmini_demo.figures.naming import (
    HOVER_LENGTH,
    TICK_LENGTH,
    depth_name,
    head_name,
    layer_name,
    place_name,
    rows_by_sentence,
    shown,
)


def test_names_count_from_one():
    assert (layer_name(0), head_name(3), place_name(1, 2)) == ("Layer 1", "Head 4", "Layer 2, head 3")
    assert (layer_name(11, short=True), head_name(0, short=True)) == ("L12", "H1")


def test_a_depth_is_called_after_the_layer_that_ends_there():
    assert [depth_name(depth) for depth in range(3)] == ["Embeddings", "Layer 1", "Layer 2"]
    assert [depth_name(depth, short=True) for depth in (0, 12)] == ["Emb.", "L12"]


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>', "<br>", "&lt;", "a & b", "a<b>c"])
def test_markup_is_escaped_and_reads_as_typed(text):
    escaped = shown(text, length=HOVER_LENGTH)
    assert "<" not in escaped
    assert ">" not in escaped
    assert html.unescape(escaped) == text


@pytest.mark.parametrize(
    ("length", "cut"), [(1, False), (TICK_LENGTH, False), (TICK_LENGTH + 1, True), (9000, True)]
)
def test_only_long_text_is_cut_and_then_says_so(length, cut):
    text = "x" * length
    assert len(shown(text)) == min(length, TICK_LENGTH)
    assert shown(text).endswith("…") == cut


def test_a_long_label_is_cut_before_it_is_escaped():
    assert shown("&" * 20) == "&amp;" * (TICK_LENGTH - 1) + "…"


def test_rows_keep_order_repeats_and_a_heading_for_each_sentence():
    rows = rows_by_sentence(["the", "dog", "the", "cat"], ["premise", "premise", "hypothesis", "hypothesis"])
    assert rows.ticktext == ("<i>premise</i>", "the", "dog", "<i>hypothesis</i>", "the", "cat")
    assert list(rows.tickvals) == sorted(set(rows.tickvals))
    assert [rows.ticktext[rows.tickvals.index(place)] for place in rows.places] == [
        "the",
        "dog",
        "the",
        "cat",
    ]
    assert rows.end > rows.places[-1]
    assert rows.places[2] - rows.places[1] > rows.places[1] - rows.places[0]


def test_labels_without_sentences_are_refused():
    with pytest.raises(ValueError, match="zip"):
        rows_by_sentence(["the", "dog"], ["premise"])
