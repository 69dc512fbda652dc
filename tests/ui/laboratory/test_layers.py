"""The tab Layers shows the numbers of the core, and says in a sentence what they are."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.layer_similarity import cosine
from bertmini_demo.ui.laboratory.layers import BEFORE, EMBEDDING, early_says, show_alike, show_early

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


def view(**choices):
    return SimpleNamespace(**PAIR, **{"word": None, "pieces": False, "special": False} | choices)


def test_the_lines_are_the_probabilities_read_early(analysis):
    figure, says = show_early(analysis, SimpleNamespace(**PAIR))
    expected = early_exit(analysis.model, analysis.trace(**PAIR))
    np.testing.assert_allclose([line.y for line in figure.data], expected.T, atol=0.0005)
    for row in expected:
        assert "".join(f"<td>{share:.1%}</td>" for share in row) in says


def test_a_sentence_tells_from_which_layer_on_the_verdict_stays():
    names = ("entailment", "neutral", "contradiction")
    told = early_says(np.array([[0.2, 0.5, 0.3], [0.6, 0.2, 0.2], [0.1, 0.2, 0.7], [0.1, 0.1, 0.8]]), names)
    assert "Read after layer 2 the verdict is contradiction, and no later layer changes it" in told
    assert "one step earlier it would be entailment (60%)" in told
    assert "Layer 2 moves its probability most, from 20% to 70%" in told
    assert "At every depth" in early_says(np.array([[0.6, 0.4], [0.7, 0.3]]), names[:2])
    assert "Approximate" in told


@pytest.mark.parametrize(("measure", "first"), [(EMBEDDING, 1.0), (BEFORE, np.nan)])
def test_the_heatmap_compares_each_word_with_its_embedding_or_the_layer_before(analysis, measure, first):
    figure, _ = show_alike(analysis, view(), measure)
    trace = analysis.trace(**PAIR)
    shown = np.array(figure.data[0].z, dtype=float).T  # (depths, words)
    np.testing.assert_allclose(shown[0], first)
    for word, entry in enumerate(trace.pair.words):
        states = trace.hidden_states[:, list(entry.positions)].mean(axis=1)
        others = states[:1] if measure == EMBEDDING else states[:-1]
        np.testing.assert_allclose(
            shown[1:, word],
            cosine(states, others)[1:] if measure == EMBEDDING else cosine(states[1:], others),
            atol=0.0006,
        )


def test_the_sentence_below_names_the_words_that_changed_most_and_least(analysis):
    figure, says = show_alike(analysis, view(), EMBEDDING)
    last = [row[-1] for row in figure.data[0].z]
    words = [word.text for word in analysis.trace(**PAIR).pair.words]
    named = re.findall("“(.*?)”", says)
    assert named == [words[int(np.argmin(last))].replace("'", "&#x27;"), words[int(np.argmax(last))]]


def test_the_chosen_words_row_is_outlined(analysis):
    (shape,) = show_alike(analysis, view(word=1, special=True), EMBEDDING)[0].layout.shapes
    assert shape.y0 == 1.5  # [CLS] stands before the words


def test_markup_typed_as_a_word_stays_text(analysis):
    pair = {"premise": "<b>x</b> man", "hypothesis": "a <img src=x>"}
    seen = SimpleNamespace(**pair, word=0, pieces=False, special=False)
    figure, says = show_alike(analysis, seen, EMBEDDING)
    assert "<b>x" not in says
    assert "<img" not in says
    assert "<img" not in figure.to_json()
