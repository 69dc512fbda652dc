"""Ways of scoring side by side: the numbers given, signed ones never on the scale of unsigned ones."""

import numpy as np
import pytest

from bertmini_demo.figures.heatmaps.method_heatmaps import agreement_heatmap, methods_heatmap

WORDS = ["the", "dog", "the", "cat"]
SENTENCES = ["premise", "premise", "hypothesis", "hypothesis"]
NAMES = ["One", "Two", "Plain"]
SCORES = [[0.5, -2.0, 0.0, 1.0], [10.0, 5.0, -10.0, 0.1], [0.2, 0.1, 0.0, 0.4]]
TAUS = np.array([[1.0, -0.333, np.nan], [-0.333, 1.0, np.nan], [np.nan, np.nan, np.nan]])


def heatmap(words=WORDS, names=NAMES, *, scores=SCORES, **more):
    return methods_heatmap(
        scores, words, names=names, signed=[True, True, False], sentences=SENTENCES, **more
    )


def test_the_true_numbers_stand_behind_columns_brought_to_one_scale():
    figure = heatmap()
    places = figure.layout.meta["words"]
    for trace, columns in zip(figure.data, ([0, 1], [2]), strict=True):
        true, shares = np.array(trace.customdata, dtype=float), np.array(trace.z, dtype=float)
        for column, method in enumerate(columns):
            scores = np.array(SCORES[method])
            for row, word in enumerate(places):
                if word is None:
                    assert np.isnan(shares[row, column])
                else:
                    assert true[row, column] == scores[word]
                    assert shares[row, column] == pytest.approx(scores[word] / abs(scores).max(), abs=0.005)


def test_words_stand_in_reading_order_under_their_sentences():
    figure = heatmap()
    assert figure.layout.yaxis.ticktext == (
        "<i>premise</i>",
        "the",
        "dog",
        "<i>hypothesis</i>",
        "the",
        "cat",
    )
    assert figure.layout.meta["words"] == [None, 0, 1, None, 2, 3]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_signed_and_unsigned_stand_apart_on_scales_of_their_own():
    figure = heatmap()
    signed, unsigned = figure.data
    layout = figure.layout
    assert (layout.xaxis.ticktext, layout.xaxis2.ticktext) == (("One", "Two"), ("Plain",))
    assert layout.xaxis.domain[1] < layout.xaxis2.domain[0]
    assert (signed.coloraxis, unsigned.coloraxis) == ("coloraxis", "coloraxis2")
    assert (layout.coloraxis.cmin, layout.coloraxis.cmax) == (-1, 1)
    assert (layout.coloraxis2.cmin, layout.coloraxis2.cmax) == (0, 1)
    assert layout.coloraxis.colorscale != layout.coloraxis2.colorscale


def test_the_sign_is_written_in_the_cell_and_only_where_scores_have_one():
    signed, unsigned = heatmap().data
    assert [row[0] for row in signed.text] == ["", "+", "−", "", "", "+"]
    assert unsigned.text is None


def test_a_method_that_says_nothing_still_has_its_column():
    figure = heatmap(scores=[[0] * 4, *SCORES[1:]])
    assert [row[0] for row in figure.data[0].z[1:3]] == [0, 0]


def test_the_chosen_word_is_outlined():
    (shape,) = heatmap(chosen=2).layout.shapes
    assert (shape.y0, shape.y1) == (3.5, 4.5)
    assert not heatmap().layout.shapes


def test_agreement_shows_each_number_once_a_cell_on_a_scale_around_zero():
    figure = agreement_heatmap(TAUS, NAMES, title="sizes")
    np.testing.assert_allclose(np.array(figure.data[0].z, dtype=float), TAUS.round(2))
    assert figure.data[0].texttemplate == "%{z:.2f}"
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-1, 1)
    assert figure.layout.xaxis.ticktext == figure.layout.yaxis.ticktext == tuple(NAMES)
    assert "sizes" in figure.layout.xaxis.title.text


@pytest.mark.parametrize("text", ["<b>x</b>", "<a>"])
def test_markup_stays_text(text):
    for figure in (
        heatmap([text, *WORDS[1:]], [text, *NAMES[1:]]),
        agreement_heatmap(TAUS, [text, *NAMES[1:]], title=text),
    ):
        assert text not in str(figure.to_plotly_json())
        assert text.replace("<", "&lt;").replace(">", "&gt;") in str(figure.to_plotly_json())


def test_the_same_input_gives_the_same_json():
    assert heatmap(chosen=1).to_json() == heatmap(chosen=1).to_json()
    one, other = (agreement_heatmap(TAUS, NAMES, title="x").to_json() for _ in range(2))
    assert one == other
