"""Interactions against functions whose interactions are known, and against the model asked by hand."""

import numpy as np
import pytest

from bertmini_demo.explain.faithfulness import REMOVALS, without_words
from bertmini_demo.explain.interactions import rows_of_interactions, word_interactions

PAIR = ("the man doesn't sleep", "a man is asleep .")
ROWS, COLUMNS = (0, 1, 3), (2, 4)


def table(value):
    return np.array(list(rows_of_interactions(value, ROWS, COLUMNS)))


def test_an_additive_model_has_none():
    weights = np.array([1.0, -2, 3, 0.5, 7])
    np.testing.assert_allclose(table(lambda kept: kept @ weights + 4), 0, atol=1e-12)


def test_a_product_of_two_words_is_theirs_alone():
    found = table(lambda kept: 5.0 * (kept[:, 1] & kept[:, 4]) + kept[:, 0])
    np.testing.assert_allclose(found, [[0, 0], [0, 5], [0, 0]], atol=1e-12)


def test_two_words_that_stand_in_for_each_other_interact_below_zero():
    found = table(lambda kept: 2.0 * (kept[:, 3] | kept[:, 2]))
    np.testing.assert_allclose(found, [[0, 0], [0, 0], [-2, 0]], atol=1e-12)


@pytest.mark.parametrize("removal", REMOVALS)
@pytest.mark.parametrize("output", ["logit", "margin"])
def test_interactions_equal_four_questions_each(model, output, removal):
    steps = list(
        word_interactions(model, model.encode(*PAIR), target="contradiction", output=output, removal=removal)
    )
    found, pair = steps[-1], model.encode(*PAIR)
    logits = model.predict(*PAIR).logits
    rival = max((label for label in logits if label != "contradiction"), key=logits.get)

    def value(*gone):
        kept = np.array([index not in gone for index in range(len(pair.words))])
        row = model.batch_logits([without_words(model, pair, kept, removal=removal)])[0]
        answers = dict(zip(model.output_labels, row, strict=True))
        return answers["contradiction"] - (answers[rival] if output == "margin" else 0)

    assert [pair.words[index].sentence for index in found.premise] == ["premise"] * len(found.premise)
    assert len(found.premise) + len(found.hypothesis) == len(pair.words)
    for row, i in enumerate(found.premise):
        for column, j in enumerate(found.hypothesis):
            expected = value() - value(i) - value(j) + value(i, j)
            assert found.values[row, column] == pytest.approx(expected, abs=1e-4)


def test_rows_come_one_by_one(tiny):
    steps = list(
        word_interactions(tiny, tiny.encode(*PAIR), target="neutral", output="logit", removal="mask")
    )
    assert [np.isfinite(step.values).all(axis=1).sum() for step in steps] == list(
        range(1, len(steps[0].premise) + 1)
    )
    assert not steps[0].values.flags.writeable
