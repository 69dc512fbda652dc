"""The gallery and the sure pairs: whole, without repeats, and of the shape the page and the self-test count on."""

import itertools
import json
from collections import Counter

import pytest
from gallery_marks import FILE, marked, marks

from bertmini_demo.data.examples import WRONG, WRONG_REASON, Example, gallery, mark
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.results import LABELS
from bertmini_demo.settings import ASSETS, Settings

FEWEST_SURE_PAIRS = 20  # a label
FEWEST_PAIRS, FEWEST_WRONG, FEWEST_WRONG_REASONS = 24, 4, 2
LONGEST_NAME = 28  # characters that fit on a button
examples = pytest.mark.parametrize("example", gallery(), ids=lambda example: example.name)


def clean(text):
    """Whether a text is one line without stray spaces."""
    return text == " ".join(text.split()) != ""


@examples
def test_every_example_is_whole(example):
    assert example.label in LABELS
    assert all(clean(text) for text in (example.group, example.name, example.look_for))
    assert all(clean(text) for text in (example.premise, example.hypothesis))
    assert example.premise != example.hypothesis
    assert len(example.name) <= LONGEST_NAME
    assert example.look_for.endswith(".")


@examples
def test_every_example_is_read_whole_by_the_shipped_model(shipped, example):
    limit = Settings().page_word_pieces
    pair = shipped.encode(example.premise, example.hypothesis, limit=limit)
    assert len(pair.tokens) <= limit
    assert not any(note.startswith("Cut") for note in pair.notes)


def test_names_and_pairs_of_the_gallery_are_unique():
    assert max(Counter(example.name for example in gallery()).values()) == 1
    assert max(Counter((example.premise, example.hypothesis) for example in gallery()).values()) == 1


def test_the_gallery_has_groups_of_several_and_every_label():
    groups = Counter(example.group for example in gallery())
    assert len(groups) >= 5
    assert min(groups.values()) >= 2
    assert {example.label for example in gallery()} == set(LABELS)
    titles = [example.group for example in gallery()]
    assert sum(one != other for one, other in itertools.pairwise(titles)) == len(groups) - 1


def test_the_gallery_has_pairs_where_the_shipped_model_fails_and_is_right_for_the_wrong_reason(shipped):
    """The oracle is the model itself; what its verdicts are does not matter, only that the file tells them."""
    found = marks(shipped, gallery())
    assert [example.shipped for example in gallery()] == found, (
        "the marks are of another checkpoint: run python tests/gallery_marks.py"
    )
    assert len(found) >= FEWEST_PAIRS
    assert found.count(WRONG) >= FEWEST_WRONG
    assert found.count(WRONG_REASON) >= FEWEST_WRONG_REASONS


def test_marking_again_changes_nothing_but_the_marks():
    text = FILE.read_text(encoding="utf-8")
    assert marked(text, [example.shipped for example in gallery()]) == text
    bare = marked(text, [None] * len(gallery()))
    assert "shipped" not in bare
    assert marked(bare, [example.shipped for example in gallery()]) == text


@pytest.mark.parametrize(
    ("label", "verdict", "alone", "expected"),
    [
        ("entailment", "neutral", "neutral", WRONG),
        ("neutral", "contradiction", "neutral", WRONG),
        ("contradiction", "contradiction", "neutral", None),
        ("contradiction", "contradiction", "contradiction", WRONG_REASON),
        ("entailment", "entailment", "entailment", WRONG_REASON),
        ("neutral", "neutral", "neutral", None),  # which is right without a premise, too
        ("neutral", "not_entailment", "not_entailment", None),
        ("contradiction", "not_entailment", "not_entailment", None),
        ("entailment", "not_entailment", "not_entailment", WRONG),
    ],
)
def test_a_mark_tells_wrong_from_right_for_the_wrong_reason(label, verdict, alone, expected):
    assert mark(label, verdict=verdict, alone=alone) == expected


def test_the_gallery_keeps_the_order_of_its_file_and_loses_nothing():
    groups = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))["groups"]
    expected = [Example(group=group["title"], **pair) for group in groups for pair in group["pairs"]]
    assert list(gallery()) == expected
    assert gallery() is gallery()


def test_there_are_enough_sure_pairs_of_each_label():
    counts = Counter(pair["label"] for pair in sure_pairs())
    assert set(counts) == set(LABELS)
    assert min(counts.values()) >= FEWEST_SURE_PAIRS
    assert (
        len(set(counts.values())) == 1
    )  # a balance, so that a network's taste for one label decides nothing


def test_sure_pairs_are_whole_and_unique():
    for pair in sure_pairs():
        assert set(pair) == {"premise", "hypothesis", "label", "phenomenon"}
        assert all(clean(text) for text in pair.values())
    assert len({(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()}) == len(sure_pairs())


def test_each_sure_premise_has_one_hypothesis_a_label():
    labels = {}
    for pair in sure_pairs():
        labels.setdefault(pair["premise"], []).append(pair["label"])
    assert all(sorted(found) == sorted(LABELS) for found in labels.values())


def test_no_sure_pair_is_an_example():
    shown = {(example.premise, example.hypothesis) for example in gallery()}
    assert not shown & {(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()}
