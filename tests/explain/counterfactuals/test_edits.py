"""Made variants differ from their pair in one thing, and tell what the model says to them."""

import random
from collections import Counter

import pytest

import bertmini_demo
from bertmini_demo.explain.counterfactuals import edits
from bertmini_demo.explain.counterfactuals.edits import (
    HYPOTHESIS_ONLY,
    KINDS,
    NEGATION_ADDED,
    NEGATION_REMOVED,
    REMOVED,
    REPLACED,
    SWAPPED,
    make_counterfactuals,
    make_edits,
    read_sentences,
    replacements,
    typed_words,
)
from bertmini_demo.settings import Settings

PAIR = ("The man doesn't sleep, in the park.", "A well-known man is asleep.")


@pytest.fixture
def pair(model):
    return model.encode(*PAIR)


def by_kind(made, kind):
    return [edit for edit in made if edit.kind == kind]


def test_each_word_is_removed_without_a_gap(tiny):
    made = by_kind(make_edits(tiny, tiny.encode(*PAIR)), REMOVED)
    assert [edit.premise for edit in made if edit.sentence == "premise"] == [
        "Man doesn't sleep, in the park.",
        "The doesn't sleep, in the park.",
        "The man sleep, in the park.",
        "The man doesn't, in the park.",
        "The man doesn't sleep, the park.",
        "The man doesn't sleep, in park.",
        "The man doesn't sleep, in the.",
    ]
    assert [edit.hypothesis for edit in made if edit.sentence == "hypothesis"] == [
        "Well-known man is asleep.",
        "A man is asleep.",
        "A well-known is asleep.",
        "A well-known man asleep.",
        "A well-known man is.",
    ]
    assert [edit.before for edit in made][-4:] == ["well-known", "man", "is", "asleep"]


def test_every_kind_is_there_and_changes_what_it_says(tiny, tiny_language):
    pair = tiny.encode(*PAIR)
    made = make_edits(tiny, pair, language_model=tiny_language)
    assert {edit.kind for edit in made} == set(KINDS)
    for edit in made:
        if edit.kind in (REMOVED, REPLACED, NEGATION_ADDED, NEGATION_REMOVED):
            other = {"premise": "hypothesis", "hypothesis": "premise"}[edit.sentence]
            assert getattr(edit, other) == getattr(pair, other)
            assert edit.before in getattr(pair, edit.sentence)
            assert edit.after in getattr(edit, edit.sentence)
    (added,) = by_kind(made, NEGATION_ADDED)
    assert added.hypothesis == "A well-known man is not asleep."
    (taken,) = by_kind(made, NEGATION_REMOVED)
    assert taken.premise == "The man sleeps, in the park."
    (swapped,) = by_kind(made, SWAPPED)
    assert (swapped.premise, swapped.hypothesis) == PAIR[::-1]
    (alone,) = by_kind(made, HYPOTHESIS_ONLY)
    assert (alone.premise, alone.hypothesis) == ("", PAIR[1])


def test_words_give_way_to_what_the_language_model_expects(tiny, tiny_language):
    pair = tiny.encode(*PAIR)
    found = replacements(tiny_language, pair)
    single = [word for word in typed_words(pair) if word.text.isalnum()]
    assert list(found) == [word.index for word in single]
    made = by_kind(make_edits(tiny, pair, language_model=tiny_language), REPLACED)
    assert len(made) == len(found) * edits.REPLACEMENTS_PER_WORD
    for word in single:
        index = word.index
        filled = tiny_language.fill(pair, index, whole_words=True)
        expected = [one.piece for one in filled.candidates if one.piece != word.text.lower()]
        assert list(found[index]) == expected[: edits.REPLACEMENTS_PER_WORD]
    first = made[0]
    assert (first.before, first.premise) == ("The", f"{first.after} man doesn't sleep, in the park.")
    assert first.after[0].isupper() or not first.after[0].isalpha()


def test_without_a_language_model_no_word_is_replaced(tiny):
    assert not by_kind(make_edits(tiny, tiny.encode(*PAIR)), REPLACED)


def test_each_variant_tells_what_the_model_says_to_it_alone(model, pair):
    verdict = model.predict(*PAIR)
    found = make_counterfactuals(model, pair)
    assert len(found) == len(make_edits(model, pair))
    for variant in found:
        edit = variant.edit
        (expected,) = model.predict_batch(
            [(edit.premise, edit.hypothesis)], empty_premise=edit.kind == HYPOTHESIS_ONLY
        )
        assert variant.label == expected.label
        assert variant.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
        change = expected.probabilities[verdict.label] - verdict.probabilities[verdict.label]
        assert variant.change == pytest.approx(change, abs=1e-5)
        assert variant.flips == (expected.label != verdict.label)


def test_those_that_move_the_verdict_most_come_first(model, pair):
    sizes = [abs(variant.change) for variant in make_counterfactuals(model, pair)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_comes_out_in_small_batches(tiny, monkeypatch):
    pair = tiny.encode(*PAIR)
    whole = make_counterfactuals(tiny, pair)
    monkeypatch.setattr(edits, "EDITS_PER_BATCH", 3)
    parts = make_counterfactuals(tiny, pair)
    assert [one.edit for one in parts] == [one.edit for one in whole]
    assert [one.change for one in parts] == pytest.approx([one.change for one in whole], abs=1e-5)


def test_no_variant_comes_twice_and_none_is_the_pair(tiny):
    made = make_edits(tiny, tiny.encode("the the man", "the the man"))
    sentences = [(edit.premise, edit.hypothesis) for edit in made]
    assert len(set(sentences)) == len(sentences)
    assert ("the the man", "the the man") not in sentences
    assert not by_kind(made, SWAPPED)
    assert len(by_kind(made, REMOVED)) == 4  # either "the" leaves the same


def test_a_sentence_of_one_word_keeps_it(tiny):
    made = make_edits(tiny, tiny.encode("Dog!", "a cat"))
    assert [edit.before for edit in by_kind(made, REMOVED)] == ["a", "cat"]


def test_only_what_the_model_read_is_changed_and_all_of_it_fits(tiny_folder):
    long = "a man and " * 30 + "a zebra."
    model = bertmini_demo.load_model(str(tiny_folder), settings=Settings(max_characters=len(long)))
    made = make_edits(model, model.encode(long, "the zebra is here.", limit=30))
    assert made
    assert not any(edit.before == "zebra" and edit.sentence == "premise" for edit in made)
    assert all(max(len(edit.premise), len(edit.hypothesis)) <= len(long) for edit in made)


def test_words_are_found_in_whatever_is_typed(tiny):
    dice = random.Random(0)
    signs = "ab'’- .,é\u0301\u202e狗🐕ü\tİ"
    for _ in range(300):
        premise, hypothesis = ("x" + "".join(dice.choices(signs, k=12)) for _ in range(2))
        pair = tiny.encode(premise, hypothesis)
        for word in typed_words(pair):
            assert getattr(pair, word.sentence)[word.start : word.end] == word.text
            assert pair.words[word.index].text == word.text
        for edit in make_edits(tiny, pair):
            if edit.kind != HYPOTHESIS_ONLY:
                tiny.encode(edit.premise, edit.hypothesis)


# A pair that is cut at the limit

CUT = [  # premise, hypothesis, limit
    ("The very old man is never happy .", "The man is happy .", 14),
    ("The man isn't walking in the park with unbelievable dogs", "A man sleeps .", 12),
    ("A man is asleep .", "The man in the park is not walking and the dog is never sleeping today", 13),
    ("the walking walking walking sleeping", "the sleeping sleeping walking walking", 9),
]


@pytest.mark.parametrize(("premise", "hypothesis", "limit"), CUT)
def test_what_was_read_of_a_cut_pair_is_read_the_same_alone(model, premise, hypothesis, limit):
    pair = model.encode(premise, hypothesis, limit=limit)
    assert pair.cut
    alone = model.encode(*read_sentences(pair))
    assert alone.tokens == pair.tokens
    assert not alone.cut


@pytest.mark.parametrize(("premise", "hypothesis", "limit"), CUT)
def test_an_edit_of_a_cut_pair_lets_no_unread_word_in_and_pushes_none_out(
    tiny, tiny_language, premise, hypothesis, limit
):
    pair = tiny.encode(premise, hypothesis, limit=limit)
    made = make_edits(tiny, pair, language_model=tiny_language, limit=limit)
    assert by_kind(made, REMOVED)
    assert by_kind(made, SWAPPED)
    read = dict(zip(("premise", "hypothesis"), read_sentences(pair), strict=True))
    for edit in made:
        after = tiny.encode(edit.premise, edit.hypothesis, limit=limit, empty_premise=not edit.premise)
        assert not after.cut
        texts = {"premise": edit.premise, "hypothesis": edit.hypothesis}
        if edit.kind in (SWAPPED, HYPOTHESIS_ONLY):
            assert set(texts.values()) <= {*read.values(), ""}
            continue
        other = {"premise": "hypothesis", "hypothesis": "premise"}[edit.sentence]
        assert texts[other] == read[other]
        gained = Counter(texts[edit.sentence].lower().split()) - Counter(read[edit.sentence].lower().split())
        assert sum(gained.values()) <= 2  # the new word, or a verb and its auxiliary


def test_removing_a_word_of_a_cut_pair_leaves_the_rest_as_it_was_read(shipped):
    pair = shipped.encode(*CUT[0][:2], limit=14)
    made = {edit.before: edit for edit in make_edits(shipped, pair, limit=14) if edit.sentence == "premise"}
    assert "happy" not in made["very"].premise
    assert made["very"].premise == "The old man is never"
