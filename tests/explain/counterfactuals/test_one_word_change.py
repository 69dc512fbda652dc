"""The one-word change says what the model says of the changed pair, and no better change was passed over."""

import dataclasses
import json

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.errors import InputError
from bertmini_demo.explain.counterfactuals import one_word_change as module
from bertmini_demo.explain.counterfactuals.one_word_change import (
    one_word_change,
    stored_change,
    without_word,
)
from bertmini_demo.explain.counterfactuals.word_candidates import word_candidates
from bertmini_demo.training.example_changes import stored_entry

PAIR = ("The man is asleep in the park.", "A man is not awake.")
EXAMPLES = [(one.premise, one.hypothesis) for one in gallery()]
STUBBORN = ("A man is reading a newspaper on a train.", "A man is cooking dinner at home.")


def shares(prediction):
    return pytest.approx(prediction.probabilities, abs=1e-9)


def test_it_says_what_the_model_says_of_the_changed_pair(model):
    change = one_word_change(model, *PAIR)
    assert change.before.probabilities == shares(model.predict(*PAIR))
    assert change.after.probabilities == shares(model.predict(change.premise, change.hypothesis))
    assert (change.premise, change.hypothesis) == change.change.applied(*PAIR)
    assert change.flips == (change.before.label != change.after.label)


@pytest.mark.parametrize("pair", [*EXAMPLES[:3], STUBBORN])
def test_no_candidate_would_have_been_better(shipped, shipped_language, pair):
    change = one_word_change(shipped, *pair, language_model=shipped_language)
    candidates = word_candidates(shipped.encode(*pair), language_model=shipped_language)
    assert change.tried == len(candidates)
    label = change.before.label
    for one in candidates:
        other = shipped.predict(*one.applied(*pair))
        if not change.flips:
            assert other.label == label
            assert other.probabilities[label] >= change.after.probabilities[label] - 1e-6
        elif other.label != label:
            assert worth(one, other, label) <= worth(change.change, change.after, label) + 1e-6


def worth(candidate, verdict, label):
    """As the docstring of one_word_change says; a change by rule counts as a probability of 5 %, the premise a quarter."""
    floor = 0 if candidate.source == "masked-language model" else 0.05
    lead = max(verdict.probabilities.values()) - verdict.probabilities[label]
    return (
        max(candidate.probability or 0, floor) * lead * {"hypothesis": 1, "premise": 0.25}[candidate.sentence]
    )


def test_the_pair_that_opens_the_page_turns_on_one_verb(shipped, shipped_language):
    change = one_word_change(shipped, *EXAMPLES[0], language_model=shipped_language)
    assert change.flips
    assert (change.change.old, change.change.sentence) == ("crying", "hypothesis")


def test_where_nothing_flips_it_says_so(shipped, monkeypatch):
    monkeypatch.setattr(module, "word_candidates", lambda pair, **_: word_candidates(pair)[:1])
    change = one_word_change(shipped, *STUBBORN)
    assert not change.flips
    assert change.after.label == "contradiction"
    assert change.tried == 1


def test_where_no_word_can_be_changed_there_is_none(tiny):
    assert one_word_change(tiny, "?", "park") is None


def test_long_pairs_are_judged_within_the_same_budget(shipped, shipped_language, monkeypatch):
    read = []
    batch_logits = shipped.batch_logits
    monkeypatch.setattr(
        shipped,
        "batch_logits",
        lambda pairs: read.extend(len(one.tokens) for one in pairs) or batch_logits(pairs),
    )
    change = one_word_change(
        shipped,
        "The dog runs and the cat sleeps. " * 14,
        "The old man walks.",
        language_model=shipped_language,
    )
    assert change.tried > 10
    assert sum(read) <= 4096 * 1.1  # a change may add a word piece


def test_a_long_premise_does_not_use_the_budget_up(shipped, shipped_language, monkeypatch):
    """Opposites in a long premise came first, and left likely words of the hypothesis untried."""
    pair = ("A tall man is laughing and a happy woman is asleep. " * 9, "The old man walks.")
    judged = []
    predict_batch = shipped.predict_batch
    monkeypatch.setattr(
        shipped, "predict_batch", lambda pairs, **more: judged.extend(pairs) or predict_batch(pairs, **more)
    )
    one_word_change(shipped, *pair, language_model=shipped_language)
    likely = [
        one
        for one in word_candidates(shipped.encode(*pair), language_model=shipped_language)
        if one.sentence == "hypothesis" and (one.probability or 0) > 0.05
    ]
    assert len(likely) >= 3
    assert {one.applied(*pair) for one in likely} <= set(judged)


def test_a_change_never_makes_a_sentence_too_long(tiny):
    settings = dataclasses.replace(tiny.settings, max_characters=len("The man is asleep."))
    limited = type(tiny).__new__(type(tiny))
    limited.__dict__.update(tiny.__dict__, settings=settings)
    change = one_word_change(limited, "The man is asleep.", "A man is awake.")
    assert max(len(change.premise), len(change.hypothesis)) <= settings.max_characters


@pytest.mark.parametrize("number", [0, 17, 42])
def test_what_is_stored_is_what_is_computed(shipped, shipped_language, number):
    """Red after a new checkpoint until the command has run again: python -m bertmini_demo.training changes"""
    stored = json.loads(module.STORED.read_text(encoding="utf-8"))["changes"]
    assert stored[number] == json.loads(
        json.dumps(stored_entry(shipped, shipped_language, *EXAMPLES[number]))
    )


def test_every_example_pair_has_a_change_that_holds(shipped):
    for pair in EXAMPLES:
        change = stored_change(shipped, *pair)
        assert change is not None, pair
        assert change.after.probabilities == shares(shipped.predict(change.premise, change.hypothesis))


def test_another_models_verdicts_do_not_match_what_is_stored(tiny):
    assert stored_change(tiny, *EXAMPLES[0]) is None
    assert stored_change(tiny, *PAIR) is None


def test_without_a_word_the_model_reads_what_is_left(model):
    pair = model.encode("The man doesn't sleep.", "A well-known man is asleep.")
    words = [word.text for word in pair.words]
    left, verdict = without_word(model, pair.premise, pair.hypothesis, words.index("asleep"))
    assert left == ("The man doesn't sleep.", "A well-known man is.")
    assert verdict.probabilities == shares(model.predict(*left))
    left, _ = without_word(model, pair.premise, pair.hypothesis, words.index("doesn't"))
    assert left == ("The man sleep.", "A well-known man is asleep.")


@pytest.mark.parametrize("word", [0, 1, 3, 4, -1, 99])
def test_what_cannot_be_removed_is_refused(tiny, word):
    premise, hypothesis = "Man.", "A ?"
    words = [one.text for one in tiny.encode(premise, hypothesis).words]
    assert words == ["Man", ".", "A", "?"]
    with pytest.raises(InputError, match=r"There is no word|are removed|only word"):
        without_word(tiny, premise, hypothesis, word)
