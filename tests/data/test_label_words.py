"""Labels in the words of many data sets; numbers only where their meaning is given."""

import pytest

from bertmini_demo.data.label_words import (
    label_of,
    missing_labels,
    named_order,
    order_of,
    scored_labels,
)
from bertmini_demo.results import LABELS

E, N, C = LABELS
NOT = "not_entailment"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("entailment Entailment ENTAILMENT entails e E yes SUPPORTS supported True A_entails_B entailed", E),
        ("neutral n NEUTRAL unknown undef NEI A_neutral_B", N),
        ("contradiction contradictory C no REFUTES refuted false A_contradicts_B contradicts", C),
        ("not_entailment non-entailment not-entailed Non_Entailment not_entailed", NOT),
    ],
)
def test_words_of_data_sets_are_understood(words, label):
    for word in words.split():
        assert label_of(f" {word} ") == label, word
    assert label_of("NOT ENOUGH INFO") == N
    assert label_of("not entailment") == NOT


@pytest.mark.parametrize("text", ["perhaps", "0", "2", "-1", "entailment?", "", "0.83", "label"])
def test_what_is_no_label_is_none(text):
    assert label_of(text) is None


def test_a_number_means_what_the_order_says():
    order = order_of(["contradiction", "Entailment", "n"])
    assert [label_of(text, order=order) for text in ("0", "1.0", "2", "3", "-1", "yes")] == [
        C,
        E,
        N,
        None,
        None,
        E,
    ]
    assert named_order("label (0=entailment, 1=neutral, 2=contradiction)") == {0: E, 1: N, 2: C}
    assert named_order("gold: 1 = entailment 0: not entailment") == {1: E, 0: NOT}
    assert named_order("label") is None
    assert named_order("label (0=cat, 1=dog)") is None


@pytest.mark.parametrize("labels", [["entailment"], ["e", "entails", "n"], ["e", "n", "cat"], [""]])
def test_an_order_names_each_label_once(labels):
    with pytest.raises(ValueError, match="name each label once"):
        order_of(labels)


def test_what_a_set_lacks():
    assert missing_labels({E, N}) == (C,)
    assert missing_labels({NOT}) == (E,)
    assert missing_labels({E, NOT, C}) == ()
    assert missing_labels(set(LABELS)) == ()


def test_where_one_side_knows_two_labels_the_others_are_folded():
    assert scored_labels([E, N]) == LABELS
    assert scored_labels([*LABELS, NOT]) == (E, NOT)
