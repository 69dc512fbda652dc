"""Where the lines of the map run, and which of them are drawn."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bertmini_demo.figures.lanes import (
    LEAST_WEIGHT,
    LONGEST,
    MOST_LANES,
    MOST_LINES,
    bead_size,
    drawn,
    lay_lanes,
    name,
    path_lines,
)


def lanes(tokens: int, *, always=(0,), importance=None):
    segments = [0] * (tokens // 2) + [1] * (tokens - tokens // 2)
    return lay_lanes(segments, np.zeros(tokens) if importance is None else importance, always=always)


def test_every_word_piece_has_a_line_of_its_own_in_reading_order_and_a_gap_between_the_sentences():
    found = lanes(8)
    assert list(found.heights) == list(range(8))
    steps = np.diff(list(found.heights.values()))
    assert steps.argmax() == 3  # from the last of the premise to the first of the hypothesis
    np.testing.assert_allclose(np.delete(steps, 3), found.row)
    assert found.heights[7] < found.end
    assert found.left_out == 0


def test_of_many_word_pieces_the_most_important_keep_their_lines():
    importance = np.random.default_rng(0).random(128)
    found = lanes(128, always=(0, 5), importance=importance)
    assert (len(found.heights), found.left_out) == (MOST_LANES, 128 - MOST_LANES)
    kept = set(found.heights)
    assert {0, 5} <= kept
    left = [importance[position] for position in range(128) if position not in kept]
    assert max(left) <= min(importance[position] for position in kept - {0, 5})
    assert list(found.heights) == sorted(kept)


def test_the_area_of_a_bead_is_in_proportion_up_to_the_largest():
    found = lanes(8)
    assert bead_size(0.8, found) ** 2 == pytest.approx(4 * bead_size(0.2, found) ** 2)
    assert bead_size(LONGEST, found) == bead_size(50, found) == pytest.approx(found.bead)
    assert 2 * found.bead < found.row


def test_the_strongest_lines_are_drawn():
    raw = np.random.default_rng(1).random((30, 30))
    weights = raw / raw.sum()
    weights[3, 4] = 0.4
    cells = drawn(lanes(30), weights)
    assert cells[0] == (3, 4)
    assert all(weights[cell] >= LEAST_WEIGHT for cell in cells)
    cells = drawn(lanes(30), raw)  # all of them wide enough
    assert len(cells) == MOST_LINES
    assert min(raw[cell] for cell in cells) >= np.sort(raw.ravel())[-MOST_LINES]


@pytest.mark.parametrize("flows", [True, False])
def test_a_line_leads_from_its_key_to_its_query_as_wide_as_its_weight(flows):
    weights = np.zeros((6, 6))
    weights[2, 0], weights[2, 5] = 0.75, 0.25
    found = lanes(6)
    group = ET.fromstring(f"<g>{path_lines(list('abcdef'), found, weights, flows=flows)}</g>")
    lines = [path for path in group if path.get("class") == "line"]
    assert [path.findtext("title") for path in lines] == ["“a” to “c”: 75.0%", "“f” to “c”: 25.0%"]
    for path, key in zip(lines, (0, 5), strict=True):
        steps = path.get("d").replace("M", "").replace("C", " ").split()
        assert (float(steps[1]), float(steps[-1])) == (found.heights[key], found.heights[2])
        assert float(path.get("stroke-width")) == pytest.approx(weights[2, key] * found.row, abs=0.005)
    (on,) = [path for path in group if path.get("class") == "line on"]
    assert f" {found.heights[2]:g}H" in on.get("d")
    if flows:
        assert float(on.get("stroke-width")) == pytest.approx(found.row)


def test_names_are_cut_before_they_are_escaped():
    assert name("<b>") == "&lt;b&gt;"
    assert name("${x}") == "&#36;&#123;x&#125;"
    assert name("&" * 40) == "&amp;" * 12 + "…"
