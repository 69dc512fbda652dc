"""Lines and heatmaps over depths show the numbers they were given, told apart without colour, too."""

import numpy as np
import pytest

from bertmini_demo.figures import theme
from bertmini_demo.figures.depth_curves import early_lines, similarity_heatmap, tuning_lines
from bertmini_demo.figures.theme import CHOSEN

LABELS = ("entailment", "neutral", "contradiction")
WORDS = ["the", "dog", "the", "cat"]
PROBABILITIES = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [0.12345, 0.1, 0.77655]])
SIMILARITY = np.array([[1, 1, 1, 1], [0.9, 0.8, 0.7, 0.6], [0.5, -0.25, 0.25, 0.12345]])
BETWEEN = np.array([0.1, 0.2, -0.4])


def tuning(**changes):
    return tuning_lines(**{"similarity": SIMILARITY, "words": WORDS, "between": BETWEEN} | changes)


def test_each_label_has_its_probabilities_in_the_order_given():
    figure = early_lines(PROBABILITIES, LABELS)
    assert [line.name for line in figure.data] == list(LABELS)
    for line, expected in zip(figure.data, PROBABILITIES.T, strict=True):
        np.testing.assert_allclose(line.y, expected, atol=0.0005)
        assert list(line.x) == [0, 1, 2]
    assert "approximate" in figure.layout.yaxis.title.text


def test_two_labels_will_do():
    figure = early_lines(PROBABILITIES[:, :2], ("entailment", "not_entailment"))
    assert len(figure.data) == 2


@pytest.mark.parametrize("figure", [early_lines(PROBABILITIES, LABELS), tuning(chosen=1)])
def test_lines_differ_in_dash_and_symbol_as_well(figure):
    lines = [line for line in figure.data if line.mode == "lines+markers"]
    assert len({line.line.color for line in lines}) == len(lines)
    assert len({line.line.dash for line in lines}) == len(lines)
    assert len({line.marker.symbol for line in lines}) == len(lines)


def test_depths_are_the_embeddings_and_the_layers_counted_from_1():
    for figure in (early_lines(PROBABILITIES, LABELS), similarity_heatmap(SIMILARITY, WORDS, measure="it")):
        axis = figure.layout.xaxis
        assert (axis.tickvals, axis.ticktext) == ((0, 1, 2), ("Embed-<br>dings", "Layer<br>1", "Layer<br>2"))
        assert axis.range == (-0.5, 2.5)
    deep = early_lines(np.full((13, 3), 1 / 3), LABELS).layout.xaxis
    assert deep.ticktext[:2] == ("Emb.", "L1")
    assert len(deep.ticktext) == 13


def test_the_heatmap_has_a_row_a_word_and_a_column_a_depth():
    figure = similarity_heatmap(SIMILARITY, WORDS, measure="its embedding")
    (tile,) = figure.data
    np.testing.assert_allclose(np.array(tile.z), SIMILARITY.T, atol=0.0005)
    axis = figure.layout.yaxis
    assert (axis.tickvals, axis.ticktext) == ((0, 1, 2, 3), tuple(WORDS))
    assert axis.range[0] > axis.range[1]
    assert "its embedding" in figure.layout.coloraxis.colorbar.title.text
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 1)
    bar = figure.layout.coloraxis.colorbar
    assert tuple(map(float, bar.ticktext)) == bar.tickvals


def test_what_has_nothing_to_compare_with_is_left_out():
    similarity = np.vstack([np.full((1, 4), np.nan), SIMILARITY[1:]])
    figure = similarity_heatmap(similarity, WORDS, measure="the layer before")
    assert np.isnan([row[0] for row in figure.data[0].z]).all()
    assert "NaN" not in figure.to_json()


def test_numbers_stand_in_the_cells_where_there_is_room():
    def template(depths):
        return similarity_heatmap(np.ones((depths, 4)), WORDS, measure="it").data[0].texttemplate

    assert "z" in template(5)
    assert template(13) == ""


def test_the_chosen_words_row_is_outlined():
    (shape,) = similarity_heatmap(SIMILARITY, WORDS, measure="it", chosen=2).layout.shapes
    assert (shape.y0, shape.y1) == (1.5, 2.5)
    assert not similarity_heatmap(SIMILARITY, WORDS, measure="it").layout.shapes


def test_the_mean_the_range_and_the_chosen_word_are_drawn():
    band, mean, between, word = tuning(chosen=1).data
    np.testing.assert_allclose(mean.y, SIMILARITY.mean(axis=1), atol=0.0005)
    np.testing.assert_allclose(between.y, BETWEEN)
    np.testing.assert_allclose(word.y, SIMILARITY[:, 1])
    assert (word.name, word.line.color) == ("“dog”", CHOSEN)
    assert list(band.x) == [0, 1, 2, 2, 1, 0]
    np.testing.assert_allclose(band.y[:3], SIMILARITY.max(axis=1))
    np.testing.assert_allclose(band.y[:2:-1], SIMILARITY.min(axis=1))
    assert len(tuning().data) == 3


def test_cosines_below_zero_are_on_the_axis():
    low, high = tuning().layout.yaxis.range
    assert low <= -0.4
    assert high >= 1
    assert tuning(similarity=abs(SIMILARITY), between=abs(BETWEEN)).layout.yaxis.range[0] == -0.02


@pytest.mark.parametrize("text", ["<b>x</b>", "<a>"])
def test_markup_typed_as_a_word_stays_text(text):
    for figure in (
        similarity_heatmap(SIMILARITY, [text, *WORDS[1:]], measure="it", chosen=0),
        tuning(words=[text, *WORDS[1:]], chosen=0),
    ):
        assert text.replace("<", "&lt;").replace(">", "&gt;") in str(figure.to_plotly_json())
        assert text not in str(figure.to_plotly_json())


def test_the_same_input_gives_the_same_json():
    assert early_lines(PROBABILITIES, LABELS).to_json() == early_lines(PROBABILITIES, LABELS).to_json()
    assert tuning(chosen=1).to_json() == tuning(chosen=1).to_json()


def test_each_line_has_the_colour_of_what_it_shows():
    assert [line.line.color for line in early_lines(PROBABILITIES, LABELS).data] == [
        theme.LABELS[label] for label in LABELS
    ]
    assert [line.line.color for line in tuning(chosen=1).data[1:]] == [
        theme.UNSIGNED,
        theme.TEXT,
        theme.CHOSEN,
    ]
