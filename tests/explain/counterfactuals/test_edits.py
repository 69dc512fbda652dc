"""Made variants differ from their pair in one thing, and tell what the model says to them."""

import random

import pytest

import bertmini_demo
from bertmini_demo.explain.counterfactuals import edits
from bertmini_demo.explain.counterfactuals.edits import (
    ALONE,
    KINDS,
    PUT_IN,
    REMOVED,
    REPLACED,
    SWAPPED,
    TAKEN,
    make_drafts,
    make_variants,
    replacements,
    typed_words,
)
from bertmini_demo.settings import Settings

PAIR = ("The man doesn't sleep, in the park.", "A well-known man is asleep.")


@pytest.fixture
def pair(model):
    return model.encode(*PAIR)


def by_kind(drafts, kind):
    return [draft for draft in drafts if draft.kind == kind]


def test_each_word_is_removed_without_a_gap(tiny):
    drafts = by_kind(make_drafts(tiny, tiny.encode(*PAIR)), REMOVED)
    assert [draft.premise for draft in drafts if draft.sentence == "premise"] == [
        "Man doesn't sleep, in the park.",
        "The doesn't sleep, in the park.",
        "The man sleep, in the park.",
        "The man doesn't, in the park.",
        "The man doesn't sleep, the park.",
        "The man doesn't sleep, in park.",
        "The man doesn't sleep, in the.",
    ]
    assert [draft.hypothesis for draft in drafts if draft.sentence == "hypothesis"] == [
        "Well-known man is asleep.",
        "A man is asleep.",
        "A well-known is asleep.",
        "A well-known man asleep.",
        "A well-known man is.",
    ]
    assert [draft.was for draft in drafts][-4:] == ["well-known", "man", "is", "asleep"]


def test_every_kind_is_there_and_changes_what_it_says(tiny, tiny_language):
    pair = tiny.encode(*PAIR)
    drafts = make_drafts(tiny, pair, language_model=tiny_language)
    assert {draft.kind for draft in drafts} == set(KINDS)
    for draft in drafts:
        if draft.kind in (REMOVED, REPLACED, PUT_IN, TAKEN):
            other = {"premise": "hypothesis", "hypothesis": "premise"}[draft.sentence]
            assert getattr(draft, other) == getattr(pair, other)
            assert draft.was in getattr(pair, draft.sentence)
            assert draft.now in getattr(draft, draft.sentence)
    (added,) = by_kind(drafts, PUT_IN)
    assert added.hypothesis == "A well-known man is not asleep."
    (taken,) = by_kind(drafts, TAKEN)
    assert taken.premise == "The man sleeps, in the park."
    (swapped,) = by_kind(drafts, SWAPPED)
    assert (swapped.premise, swapped.hypothesis) == PAIR[::-1]
    (alone,) = by_kind(drafts, ALONE)
    assert (alone.premise, alone.hypothesis) == ("", PAIR[1])


def test_words_give_way_to_what_the_language_model_expects(tiny, tiny_language):
    pair = tiny.encode(*PAIR)
    found = replacements(tiny_language, pair)
    single = [word for word in typed_words(pair) if len(word.indices) == 1]
    assert list(found) == [word.indices[0] for word in single]
    drafts = by_kind(make_drafts(tiny, pair, language_model=tiny_language), REPLACED)
    assert len(drafts) == len(found) * edits.CANDIDATES
    for word in single:
        index = word.indices[0]
        filled = tiny_language.fill(pair, index, whole_words=True)
        expected = [one.piece for one in filled.candidates if one.piece != word.text.lower()]
        assert list(found[index]) == expected[: edits.CANDIDATES]
    first = drafts[0]
    assert (first.was, first.premise) == ("The", f"{first.now} man doesn't sleep, in the park.")
    assert first.now[0].isupper() or not first.now[0].isalpha()


def test_without_a_language_model_no_word_is_replaced(tiny):
    assert not by_kind(make_drafts(tiny, tiny.encode(*PAIR)), REPLACED)


def test_each_variant_tells_what_the_model_says_to_it_alone(model, pair):
    verdict = model.predict(*PAIR)
    found = make_variants(model, pair)
    assert len(found) == len(make_drafts(model, pair))
    for variant in found:
        draft = variant.draft
        (expected,) = model.predict_batch(
            [(draft.premise, draft.hypothesis)], empty_premise=draft.kind == ALONE
        )
        assert variant.label == expected.label
        assert variant.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
        change = expected.probabilities[verdict.label] - verdict.probabilities[verdict.label]
        assert variant.change == pytest.approx(change, abs=1e-5)
        assert variant.flips == (expected.label != verdict.label)


def test_those_that_move_the_verdict_most_come_first(model, pair):
    sizes = [abs(variant.change) for variant in make_variants(model, pair)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_comes_out_in_small_batches(tiny, monkeypatch):
    pair = tiny.encode(*PAIR)
    whole = make_variants(tiny, pair)
    monkeypatch.setattr(edits, "AT_ONCE", 3)
    parts = make_variants(tiny, pair)
    assert [one.draft for one in parts] == [one.draft for one in whole]
    assert [one.change for one in parts] == pytest.approx([one.change for one in whole], abs=1e-5)


def test_no_variant_comes_twice_and_none_is_the_pair(tiny):
    drafts = make_drafts(tiny, tiny.encode("the the man", "the the man"))
    sentences = [(draft.premise, draft.hypothesis) for draft in drafts]
    assert len(set(sentences)) == len(sentences)
    assert ("the the man", "the the man") not in sentences
    assert not by_kind(drafts, SWAPPED)
    assert len(by_kind(drafts, REMOVED)) == 4  # either "the" leaves the same


def test_a_sentence_of_one_word_keeps_it(tiny):
    drafts = make_drafts(tiny, tiny.encode("Dog!", "a cat"))
    assert [draft.was for draft in by_kind(drafts, REMOVED)] == ["a", "cat"]


def test_only_what_the_model_read_is_changed_and_all_of_it_fits(tiny_folder):
    long = "a man and " * 30 + "a zebra."
    model = bertmini_demo.load_model(str(tiny_folder), settings=Settings(max_characters=len(long)))
    drafts = make_drafts(model, model.encode(long, "the zebra is here.", limit=30))
    assert drafts
    assert not any(draft.was == "zebra" and draft.sentence == "premise" for draft in drafts)
    assert all(max(len(draft.premise), len(draft.hypothesis)) <= len(long) for draft in drafts)


def test_words_are_found_in_whatever_is_typed(tiny):
    dice = random.Random(0)
    signs = "ab'’- .,é\u0301\u202e狗🐕ü\tİ"
    for _ in range(300):
        premise, hypothesis = ("x" + "".join(dice.choices(signs, k=12)) for _ in range(2))
        pair = tiny.encode(premise, hypothesis)
        for word in typed_words(pair):
            assert getattr(pair, word.sentence)[word.start : word.end] == word.text
            assert "".join(pair.words[index].text for index in word.indices) == word.text
        for draft in make_drafts(tiny, pair):
            if draft.kind != ALONE:
                tiny.encode(draft.premise, draft.hypothesis)
