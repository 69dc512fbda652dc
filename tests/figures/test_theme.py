"""One layout and one scale for light and dark pages."""

import re

import plotly.graph_objects as go
import plotly.io
import pytest

from bertmini_demo.figures import theme
from bertmini_demo.results import LABELS


def alpha(colour: str) -> float:
    return float(re.fullmatch(r"rgba\(\d+,\d+,\d+,([\d.]+)\)", colour)[1])


def test_attention_fades_in_one_hue_from_nothing_to_solid():
    places, colours = zip(*theme.ATTENTION_SCALE, strict=True)
    assert (places[0], places[-1]) == (0, 1)
    assert len({colour.rsplit(",", 1)[0] for colour in colours}) == 1
    assert (alpha(colours[0]), alpha(colours[-1])) == (0, 1)
    for place, colour in theme.ATTENTION_SCALE:
        assert alpha(colour) == pytest.approx(place**0.4, abs=0.001)


def test_signed_scores_are_nothing_at_zero_and_alike_on_both_sides():
    ends = [alpha(colour) for _, colour in theme.SIGNED_SCALE]
    assert ends == [1, 0, 0, 1]
    assert [place for place, _ in theme.SIGNED_SCALE] == [0, 0.5, 0.5, 1]
    assert theme.SIGNED_SCALE[0][1] != theme.SIGNED_SCALE[-1][1]


def test_a_hex_colour_becomes_rgba():
    assert theme.tint("#7c3aed", 0.5) == "rgba(124,58,237,0.5)"


def test_heads_have_colours_of_their_own():
    assert len(set(theme.HEADS)) == len(theme.HEADS) == 8


def test_layout_is_transparent_high_enough_and_free_of_the_global_template(monkeypatch):
    before = go.Figure(layout=theme.layout(height=300)).to_json()
    monkeypatch.setattr(plotly.io.templates, "default", "plotly_dark")
    assert go.Figure(layout=theme.layout(height=300)).to_json() == before
    layout = go.Figure(layout=theme.layout(height=300)).layout
    assert layout.height == 300
    assert layout.width is None
    assert alpha(layout.paper_bgcolor) == alpha(layout.plot_bgcolor) == 0


def test_every_label_has_a_colour_and_those_of_one_model_differ():
    assert len({theme.LABELS[label] for label in LABELS}) == len(LABELS)
    assert theme.LABELS["entailment"] != theme.LABELS["not_entailment"]


def test_the_last_number_of_an_axis_is_not_cut():
    assert theme.layout(height=100)["margin"]["r"] >= theme.text_width("100%", size=theme.FONT) / 2
