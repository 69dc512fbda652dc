"""Each candidate differs from the pair in one word, which is where it says it is."""

import pytest

from bertmini_demo.explain.counterfactuals.english import AUXILIARIES, DETERMINERS
from bertmini_demo.explain.counterfactuals.word_candidates import (
    LANGUAGE_MODEL,
    NEGATION,
    OPPOSITE,
    word_candidates,
)

PAIRS = (
    ("A man sleeps in the park.", "The old man is not asleep."),
    ("Iris is asleep in this park.", "Nobody has anything, and two dogs won't walk."),
    ("The man doesn't walk.", "An old woman walks; a man can sleep"),
    ("All dogs sleep.", "NO dog is awake?"),
)


def found(pair, source=None, **options):
    return [one for one in word_candidates(pair, **options) if source in (None, one.source)]


@pytest.mark.parametrize("pair", PAIRS)
def test_one_word_is_changed_and_the_rest_stays(tiny, tiny_language, pair):
    encoded = tiny.encode(*pair)
    candidates = found(encoded, language_model=tiny_language)
    assert candidates
    for one in candidates:
        before = getattr(encoded, one.sentence)
        assert encoded.words[one.word].sentence == one.sentence
        starts = [i for i in range(len(before)) if before.startswith(one.old, i)]
        changed = [
            before[:i]
            + one.new
            + (before[i + len(one.old) :] if one.new else before[i + len(one.old) :].lstrip())
            for i in starts
        ]
        assert one.text in changed
        assert one.old.startswith(encoded.words[one.word].text)
        premise, hypothesis = one.applied(*pair)
        assert (premise == pair[0]) != (hypothesis == pair[1])


def test_no_two_are_the_same_and_none_is_the_pair_itself(tiny, tiny_language):
    candidates = found(tiny.encode(*PAIRS[0]), language_model=tiny_language)
    changed = {one.applied(*PAIRS[0]) for one in candidates}
    assert len(changed) == len(candidates)
    assert PAIRS[0] not in changed


def test_negation_is_put_in_and_taken_away_at_its_place(tiny):
    pair = ("Iris is asleep in this park.", "The man is not here, he never walks.")
    changes = {
        (one.sentence, one.old, one.new, one.text): one.word for one in found(tiny.encode(*pair), NEGATION)
    }
    assert changes == {
        ("premise", "is", "is not", "Iris is not asleep in this park."): 1,
        ("hypothesis", "is not", "is", "The man is here, he never walks."): 9,
        ("hypothesis", "never", "", "The man is not here, he walks."): 14,
    }


def test_an_edit_that_changes_a_second_word_is_left_out(tiny):
    pair = tiny.encode("A man sleeps.", "Nobody has anything.")
    assert not [one for one in found(pair, NEGATION) if one.sentence == "hypothesis"]


def test_a_capital_stays_a_capital(tiny):
    pair = tiny.encode("A man sleeps.", "Nobody sleeps. All dogs walk.")
    new = {one.new for one in found(pair) if one.sentence == "hypothesis"}
    assert {"Somebody", "Someone", "Everyone", "Some"} <= new
    assert not {"somebody", "someone", "some"} & new


def test_the_article_must_fit_the_new_word(tiny):
    pair = tiny.encode("It runs.", "An old dog and a small cat sleep on a hot day.")
    new = {one.new for one in found(pair, OPPOSITE) if one.sentence == "hypothesis"}
    assert {"big", "cold"} <= new
    assert not {"young", "new"} & new  # "an young dog"


def test_a_word_that_the_sentence_has_already_is_not_put_in_again(tiny):
    pair = tiny.encode("It runs.", "The man walks behind the woman.")
    assert not {"man", "woman"} & {one.new for one in found(pair, OPPOSITE)}


def test_the_language_models_words_carry_its_probability(shipped, shipped_language):
    pair = shipped.encode("A girl is laughing.", "The girl is crying in the garden.")
    candidates = found(pair, LANGUAGE_MODEL, language_model=shipped_language)
    assert len(candidates) > 10
    for one in candidates[::5]:
        (gap,) = shipped_language.fill_each(pair, [one.word], count=50, whole_words=True)
        expected = {piece.piece: piece.probability for piece in gap.candidates}
        assert one.probability == pytest.approx(expected[one.new.lower()], abs=1e-6)
    probabilities = [one.probability for one in candidates]
    assert probabilities == sorted(probabilities, reverse=True)


def test_content_words_and_function_words_do_not_take_each_others_places(shipped, shipped_language):
    pair = shipped.encode("Diego is in the garden.", "He is without his dog, and Diego sings.")
    for one in found(pair, LANGUAGE_MODEL, language_model=shipped_language):
        assert one.old.lower() not in AUXILIARIES | DETERMINERS
        assert one.new.lower() not in AUXILIARIES | DETERMINERS
        pronouns = {"he", "she", "it", "they", "i", "we", "you", "him", "her", "them"}
        assert (one.old.lower() in pronouns) == (one.new.lower() in pronouns)


def test_in_a_long_pair_the_hypothesis_is_asked_about_first(shipped, shipped_language, monkeypatch):
    asked = []
    fill_each = shipped_language.fill_each
    monkeypatch.setattr(
        shipped_language,
        "fill_each",
        lambda pair, words, **more: asked.extend(words) or fill_each(pair, words, **more),
    )
    pair = shipped.encode("The dog runs and the cat sleeps. " * 25, "The old man walks.")
    found(pair, language_model=shipped_language)
    assert len(asked) * len(pair.tokens) <= 2048
    assert [pair.words[word].text for word in asked[:3]] == ["old", "man", "walks"]
