"""Word scores and their agreement against indexing by hand."""

import numpy as np
import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.explain.word_scores import (
    WordScores,
    attention_scores,
    attribution_scores,
    method_agreement,
)

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")


def words(scores, *, signed=True, method="saliency"):
    return WordScores(method, np.array(scores, dtype=float), signed, seconds=0.1)


def test_agreement_compares_sizes_of_all_and_signs_of_the_signed():
    found = method_agreement(
        [
            words([3, -2, 1], method="integrated_gradients"),
            words([3, 2, 1], method="gradient_shap"),
            words([3, 2, 1], signed=False, method="rollout"),
        ]
    )
    assert found.methods == ("integrated_gradients", "gradient_shap", "rollout")
    np.testing.assert_allclose(found.sizes, 1)
    assert found.signed_methods == ("integrated_gradients", "gradient_shap")
    np.testing.assert_allclose(found.signed, [[1, 1 / 3], [1 / 3, 1]])
    assert not found.sizes.flags.writeable


def test_signed_words_are_ordered_by_score_and_unsigned_by_size():
    assert words([1, -3, 2, 1]).order.tolist() == [2, 0, 3, 1]
    assert words([1, 3, 2, 1], signed=False).order.tolist() == [1, 2, 0, 3]


def test_attributed_words_add_up_pieces(tiny):
    found = attribute(tiny, *PAIR, method="saliency")
    scores = attribution_scores(found)
    assert (scores.method, scores.signed, scores.seconds) == ("saliency", False, found.seconds)
    np.testing.assert_array_equal(scores.scores, found.word_scores)


def test_attended_words_are_the_row_of_cls(model):
    trace = model.trace(*PAIR)
    attention, rolled = attention_scores(trace)
    assert (attention.method, rolled.method) == ("attention", "rollout")
    assert not attention.signed
    assert not rolled.signed
    mixed = np.eye(len(trace.tokens))
    for layer in trace.attentions:
        mixed = (0.5 * layer.mean(axis=0) + 0.5 * np.eye(len(trace.tokens))) @ mixed
    last = sum(trace.attentions[-1][head] for head in range(model.heads)) / model.heads
    for index, word in enumerate(trace.pair.words):
        places = list(word.positions)
        assert attention.scores[index] == pytest.approx(sum(last[0, place] for place in places), abs=1e-6)
        assert rolled.scores[index] == pytest.approx(sum(mixed[0, place] for place in places), abs=1e-6)
    outside = np.array(trace.pair.special)
    assert attention.scores.sum() + last[0, outside].sum() == pytest.approx(1, abs=1e-5)
