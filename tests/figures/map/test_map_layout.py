"""Lanes never overlap, stay in their room, and lose names rather than lines where room is short."""

import numpy as np
import pytest

from bertmini_demo.figures.map.map_layout import SENTENCE_GAP, TallLayout, WideLayout, lay_lanes

ROOM = {"start": 50, "room": 314, "narrowest": 10.6, "widest": 24}


def lanes_of(tokens, *, always=(0,), importance=None):
    segments = np.repeat([0, 1], [tokens - tokens // 2, tokens // 2])
    importance = np.linspace(0, 1, tokens) if importance is None else importance
    return lay_lanes(segments, importance, always=always, **ROOM)


@pytest.mark.parametrize("tokens", [4, 12, 28, 29, 60, 128, 512])
def test_every_word_piece_has_a_lane_within_the_room(tokens):
    lanes = lanes_of(tokens)
    assert len(lanes.centres) == tokens
    assert (np.diff(lanes.centres) >= 0).all()
    assert lanes.centres[0] > ROOM["start"]
    assert lanes.centres[-1] < ROOM["start"] + ROOM["room"]


@pytest.mark.parametrize("tokens", [4, 28, 29, 128, 512])
def test_names_keep_their_distance(tokens):
    lanes = lanes_of(tokens)
    distances = np.diff(lanes.centres[list(lanes.named)])
    assert distances.min() >= ROOM["narrowest"] - 0.11  # centres are rounded to a tenth


def test_all_are_named_where_there_is_room_and_the_most_important_elsewhere():
    assert lanes_of(28).named == tuple(range(28))
    importance = np.zeros(128)
    importance[[7, 99, 120]] = [3, 2, 1]
    named = lanes_of(128, always=(0, 64), importance=importance).named
    assert {0, 64, 7, 99, 120} <= set(named)
    assert len(named) < 28


def test_a_gap_separates_the_sentences():
    steps = np.diff(lanes_of(12).centres)
    assert steps[5] == pytest.approx(steps[0] + SENTENCE_GAP, abs=0.11)


@pytest.mark.parametrize("kind", [WideLayout, TallLayout])
@pytest.mark.parametrize(("layers", "heads"), [(2, 2), (4, 4), (6, 12), (12, 12)])
def test_everything_lies_in_the_picture_and_no_two_tiles_overlap(kind, layers, heads):
    layout = kind(layers, heads, 3)
    for layer in range(layers):
        panel = layout.panel(*layout.layer(layer))
        tiles = [layout.tile(layer, head) for head in range(heads)]
        for box in (*tiles, layout.early(layer), layout.early_hit(layer)):
            assert box.x >= panel.x
            assert box.y >= panel.y
            assert box.x + box.width <= panel.x + panel.width
            assert box.y + box.height <= panel.y + panel.height
        for index, one in enumerate(tiles):
            assert not any(
                abs(one.x - other.x) < one.width and abs(one.y - other.y) < one.height
                for other in tiles[index + 1 :]
            )
    last = layout.label(2)
    assert last.x + last.width <= layout.width
    assert last.y + last.height <= layout.height
