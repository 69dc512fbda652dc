"""Curves of what erasing and randomising do, with what chance would do behind them."""

import numpy as np
import pytest

from bertmini_demo.figures import theme
from bertmini_demo.figures.faithfulness_curves import deletion_curves, sanity_lines

CURVES = {"One": np.linspace(0.9, 0.1, 11), "Two": np.linspace(0.9, 0.4, 11), "Three": np.full(11, 0.5)}
RANDOM = np.random.default_rng(0).random((20, 11))
SIZES = np.array([1, 0.8, 0.5, 0.2, 0.1, -0.2, 0.05, -0.05])


def curves(given=CURVES, *, drawn=("Two",), target="neutral"):
    return deletion_curves(given, RANDOM, drawn=drawn, target=target)


def test_each_curve_goes_from_none_to_all_of_the_words():
    figure = curves()
    for line, (name, values) in zip(figure.data[2:], CURVES.items(), strict=True):
        assert line.name == name
        assert line.x == tuple(range(0, 101, 10))
        np.testing.assert_allclose(line.y, values, atol=0.001)


def test_the_band_is_the_mean_and_spread_of_the_random_orders():
    band, mean = curves().data[:2]
    assert band.fill == "toself"
    assert "20 random orders" in band.name
    upper, lower = np.array(band.y[:11]), np.array(band.y[11:][::-1])
    np.testing.assert_allclose((upper + lower) / 2, RANDOM.mean(axis=0), atol=0.001)
    np.testing.assert_allclose((upper - lower) / 2, RANDOM.std(axis=0), atol=0.001)
    np.testing.assert_allclose(mean.y, RANDOM.mean(axis=0), atol=0.001)


def test_curves_not_drawn_wait_in_the_key():
    assert [line.visible for line in curves().data[2:]] == ["legendonly", True, "legendonly"]
    assert curves().layout.showlegend


def test_lines_are_told_by_more_than_colour():
    many = {f"Method {number}": CURVES["One"] for number in range(8)}
    lines = curves(many).data[2:]
    assert len({(line.line.dash, line.marker.symbol) for line in lines}) == 8
    assert len({line.line.color for line in lines}) == 8
    one, other = sanity_lines(SIZES, SIZES, layers=4, chance=0.1).data[1:]
    assert one.line.dash != other.line.dash
    assert one.marker.symbol != other.marker.symbol


def test_the_probability_axis_names_the_label():
    assert "contradiction" in curves(target="contradiction").layout.yaxis.title.text


@pytest.mark.parametrize("layers", [2, 4, 12])
def test_places_go_from_the_trained_model_down_to_the_embeddings(layers):
    names = sanity_lines(SIZES[:3], None, layers=layers, chance=0.1).layout.xaxis.ticktext
    assert names[:4] == ("as trained", "classifier", "pooler", f"Layer {layers}")
    assert names[-2:] == ("Layer 1", "embeddings")
    assert len(names) == layers + 4


def test_similarities_stand_at_their_places_and_chance_behind_them():
    band, sizes, signed = sanity_lines(SIZES, -SIZES, layers=4, chance=0.1).data
    assert sizes.x == tuple(range(8))
    np.testing.assert_allclose(sizes.y, SIZES)
    np.testing.assert_allclose(signed.y, -SIZES)
    assert set(np.abs(band.y)) == {0.2}
    assert len(sanity_lines(SIZES, None, layers=4, chance=0.1).data) == 2


def test_a_check_under_way_is_drawn_as_far_as_it_has_come():
    figure = sanity_lines(SIZES[:2], SIZES[:2], layers=4, chance=0.1)
    assert figure.data[1].x == (0, 1)
    assert len(figure.layout.xaxis.ticktext) == 8


def test_markup_stays_text():
    text = str(curves({"<b>x</b>": CURVES["One"]}, target="<a>").to_plotly_json())
    assert "<b>x" not in text
    assert "<a>" not in text


def test_the_same_input_gives_the_same_json():
    assert curves().to_json() == curves().to_json()


def test_each_curve_has_the_colour_of_its_place_and_scores_that_of_their_kind():
    figure = curves()
    assert figure.data[1].line.color == theme.TEXT
    assert [line.line.color for line in figure.data[2:]] == list(theme.HEADS[:3])
    _, sizes, signed = sanity_lines(SIZES, SIZES, layers=4, chance=0.1).data
    assert (sizes.line.color, signed.line.color) == (theme.UNSIGNED, theme.SUPPORTS)
    assert all(line.marker.color == line.line.color for line in (sizes, signed))
