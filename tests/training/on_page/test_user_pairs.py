"""Rows of a table: pairs, or told by their number; and a part of them held out."""

from collections import Counter

import pytest
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import InputError
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.example_rule import COLOURS, colour_pairs
from bertmini_demo.training.on_page.user_pairs import check_rows, hold_out

ROWS = [["a man .", "a dog .", "neutral"], ["a man .", "a cat .", "c"]] * 4


@pytest.fixture(scope="module")
def two_labels(tmp_path_factory):
    labels = {0: "not_entailment", 1: "entailment"}
    folder = write_tiny_checkpoint(
        tmp_path_factory.mktemp("two"), id2label=labels, label2id={"not_entailment": 0, "entailment": 1}
    )
    return bertmini_demo.load_model(str(folder))


def test_rows_are_pairs_and_empty_ones_are_none(tiny):
    rows = [["", " ", None], [" a man . ", "a dog .", "Contradiction"], *ROWS]
    first, *others = check_rows(rows, tiny)
    assert first == Pair("a man .", "a dog .", "contradiction", line=2)
    assert [pair.line for pair in others] == list(range(3, 11))
    assert [pair.label for pair in others] == ["neutral", "contradiction"] * 4


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["a man .", "", "neutral"], "Row 2: the hypothesis is empty"),
        (["a man .", "a dog ."], "Row 2: the label is missing"),
        (["a man .", "a dog .", "<b>no</b>"], "Row 2: the label '<b>no</b>' is not understood"),
        (
            ["a man .", "a dog .", "not_entailment"],
            "Row 2: the label not_entailment is not one of this model’s",
        ),
        (["a man .", "\u200b", "neutral"], "Row 2: The hypothesis has no character that the model can read"),
        (["a" * 10_001, "a dog .", "neutral"], "Row 2: The premise has 10,001 characters"),
    ],
)
def test_a_row_that_cannot_be_learnt_from_is_told_by_its_number(tiny, row, told):
    with pytest.raises(InputError, match=told) as caught:
        check_rows([ROWS[0], row, *ROWS], tiny)
    assert caught.value.field == "pairs"


def test_many_wrong_rows_are_told_in_few_words(tiny):
    with pytest.raises(InputError, match=r"Row 1: .* Row 3: .* And 5 more\.$"):
        check_rows([["a man .", "a dog .", "perhaps"]] * 8, tiny)


@pytest.mark.parametrize("count", ["is 1 pair", "are 0 pairs", "are 7 pairs", "are 501 pairs"])
def test_too_few_and_too_many_are_refused(tiny, count):
    with pytest.raises(InputError, match=f"There {count}; training takes from 8 to 500"):
        check_rows((ROWS * 63)[: int(count.split()[1])], tiny)


def test_a_model_of_two_labels_learns_from_three(two_labels):
    rows = [["a man .", "a dog .", label] for label in ("entailment", "neutral", "contradiction")]
    labels = [pair.label for pair in check_rows([*rows, *ROWS], two_labels)]
    assert labels[:3] == ["entailment", "not_entailment", "not_entailment"]


@pytest.mark.parametrize("count", [8, 80, 499])
def test_every_fourth_is_held_out_and_none_is_in_both(count):
    pairs = [Pair(f"p{n}", "h", ("entailment", "neutral", "neutral")[n % 3], line=n) for n in range(count)]
    training, held_out = hold_out(pairs)
    assert sorted([*training, *held_out], key=lambda pair: pair.line) == pairs
    assert len(held_out) == count // 4
    shares = Counter(pair.label for pair in held_out)
    assert abs(2 * shares["entailment"] - shares["neutral"]) <= 3
    assert hold_out(pairs) == (training, held_out)
    assert hold_out(pairs, seed=1)[1] != held_out


def test_the_colour_rule_holds_in_each_pair_and_nothing_else_tells():
    pairs = colour_pairs()
    assert len({pair.premise for pair in pairs}) == len(pairs) == 80
    assert Counter(pair.label for pair in pairs) == {"contradiction": 40, "neutral": 40}
    for pair in pairs:
        mentions = bool(set(pair.hypothesis.rstrip(".").split()) & set(COLOURS))
        assert mentions == (pair.label == "contradiction")
        assert not set(pair.premise.split()) & set(COLOURS)
    assert Settings().train_pairs >= len(pairs)


@pytest.mark.parametrize("label", ["neutral", "entails", "C"])
def test_pairs_of_one_label_are_refused(tiny, label):
    with pytest.raises(InputError, match=r"All 8 pairs are labelled .* Add pairs of another label"):
        check_rows([["a man .", "a dog .", label]] * 8, tiny)


def test_yes_and_no_alone_are_two_labels(two_labels, tiny):
    rows = [["a man .", "a dog .", word] for word in ("yes", "no") * 4]
    assert [pair.label for pair in check_rows(rows, two_labels)] == ["entailment", "not_entailment"] * 4
    with pytest.raises(InputError, match="not_entailment is not one of this model’s"):
        check_rows(rows, tiny)
    three = [*rows, ["a man .", "a dog .", "unknown"]]
    assert {pair.label for pair in check_rows(three, tiny)} == {"entailment", "contradiction", "neutral"}
