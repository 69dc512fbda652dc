"""The answers that probes are trained on are those a reader would give."""

import numpy as np
import pytest

from bertmini_demo.explain.probes.probe_tasks import TASKS

SENTENCES = [
    ("A man sleeps in the park.", "The man is asleep in the park."),
    ("A dog runs.", "The dog doesn't run in the park."),
    ("The woman walks.", "Nobody walks with a dog at all today."),
    ("A cat is awake.", "A cat is awake and runs."),
    ("A cat is awake.", "It rains."),
]


@pytest.fixture
def pairs(tiny):
    return [tiny.encode(*pair) for pair in SENTENCES]


def examples(tiny, pairs, name, seed=0):
    return TASKS[name](tiny, pairs, np.random.default_rng(seed))


def test_a_repeated_word_occurs_in_the_premise(tiny, pairs):
    seen = set()
    for seed in range(10):
        for example in examples(tiny, pairs, "repeated word", seed):
            word = next(word for word in example.pair.words if word.positions == example.positions)
            assert word.sentence == "hypothesis"
            assert example.type == word.text.lower()
            others = {one.text.lower() for one in example.pair.words if one.sentence == "premise"}
            assert example.label == (example.type in others)
            seen.add(example.label)
    assert seen == {True, False}


def test_negations_are_found_and_both_answers_are_as_frequent(tiny, pairs):
    found = examples(tiny, pairs, "negated hypothesis")
    assert len(found) == 4
    negated = {example.pair.hypothesis for example in found if example.label}
    assert negated == {SENTENCES[1][1], SENTENCES[2][1]}


def test_swapped_words_are_neighbours_and_nothing_else_changes(tiny, pairs):
    by_premise = dict(SENTENCES[:3])
    seen = set()
    for seed in range(20):
        for example in examples(tiny, pairs[:3], "swapped words", seed):
            before = by_premise[example.pair.premise].rstrip(".").split()
            after = example.pair.hypothesis.rstrip(".").split()
            moved = [place for place in range(len(before)) if before[place] != after[place]]
            assert sorted(before) == sorted(after)
            assert bool(moved) == example.label
            assert not moved or (moved[1] - moved[0] == 1 and len(moved) == 2)
            seen.add(example.label)
    assert seen == {True, False}
    assert not examples(tiny, pairs[4:], "swapped words")  # too short


def test_length_is_measured_against_the_median(tiny, pairs):
    labels = [example.label for example in examples(tiny, pairs, "long hypothesis")]
    assert labels == [False, False, True, False, False]  # 7, 7, 8, 6 and 2 words


def test_all_but_the_word_task_read_cls(tiny, pairs):
    for name in set(TASKS) - {"repeated word"}:
        for example in examples(tiny, pairs, name):
            assert example.positions == (0,)
            assert example.type
