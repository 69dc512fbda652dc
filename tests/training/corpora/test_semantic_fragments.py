"""Pairs made by rule: each label is worked out again here, by a small model of the world instead of a template."""

import json
import random
import re

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.corpus_files import read_graded
from bertmini_demo.training.corpora.fragment_words import KINDS, NUMBERS
from bertmini_demo.training.corpora.semantic_fragments import FRAGMENTS, fragment_pairs

MORE = {"taller", "older", "bigger", "faster", "heavier", "warmer", "longer", "wider", "louder", "cheaper"}


def made(name, times=300):
    draw = random.Random(5)
    return [pair for _ in range(times) for pair in FRAGMENTS[name](draw)]


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_pair_has_one_label_and_sentences_begin_and_end_as_they_should(name):
    labels = {}
    for premise, hypothesis, label in made(name):
        assert labels.setdefault((premise, hypothesis), label) == label
        for sentence in (premise, hypothesis):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert "  " not in sentence


def test_ages_follow_from_the_years():
    for premise, hypothesis, label in made("ages"):
        own, theirs = map(int, re.findall(r"\d{4}", premise))
        claim = re.search(r"older|younger|taller", hypothesis)[0]
        true = {"older": own < theirs, "younger": own > theirs}.get(claim)
        assert label == {True: "entailment", False: "contradiction", None: "neutral"}[true]


def test_sums_are_right():
    for premise, hypothesis, label in made("sums"):
        counts = [NUMBERS.index(word) for word in re.findall(r"\w+", premise) if word in NUMBERS]
        [claimed] = [NUMBERS.index(word) for word in re.findall(r"\w+", hypothesis) if word in NUMBERS]
        if " red " in hypothesis:
            assert label == "neutral"
            continue
        true = sum(counts) > claimed if "more than" in hypothesis else sum(counts) == claimed
        assert label == ("entailment" if true else "contradiction")


def test_comparisons_agree_with_heights_in_a_line():
    for premise, hypothesis, label in made("comparisons"):
        pattern = r"(.+) is (more expensive|\w+) than (.+)\."
        one, word, other = re.fullmatch(pattern, premise.lower()).groups()
        first, claimed, second = re.fullmatch(pattern, hypothesis.lower()).groups()
        if {first, second} != {one, other}:
            assert label == "neutral"
            continue
        same_word, same_order = word == claimed, (first, second) == (one, other)
        assert label == ("entailment" if same_word == same_order else "contradiction")
        assert same_word or not ({word, claimed} <= MORE)


def test_the_order_of_events_agrees_with_a_clock():
    def earlier_and_later(sentence):
        if found := re.fullmatch(r"First \w+ (.+), and then s?he (.+)\.", sentence):
            return found.groups()
        one, word, other = re.fullmatch(r"\w+ (.+) (before|after) s?he (.+)\.", sentence).groups()
        return (one, other) if word == "before" else (other, one)

    for premise, hypothesis, label in made("order_of_events"):
        agree = earlier_and_later(premise) == earlier_and_later(hypothesis)
        assert label == ("entailment" if agree else "contradiction")


def test_quantifiers_agree_with_every_small_world():
    """What is entailed holds wherever the premise does; what contradicts it nowhere; what is neutral here and there."""
    wide, narrow = {1, 2, 3}, {1, 2}
    worlds = [{member for member in wide if bits >> member & 1} for bits in range(0, 16, 2)]
    wide_nouns = {noun for kind in KINDS for noun in kind.wide}

    def holds(sentence, world):
        quantifier, noun = re.match(
            r"(Every|All of the|Not every|No|Some) (.+?) (?:in|on|at) ", sentence
        ).groups()
        members = wide if noun in wide_nouns else narrow
        every, some = members <= world, bool(members & world)
        return {"Every": every, "All of the": every, "Not every": not every, "Some": some, "No": not some}[
            quantifier
        ]

    for premise, hypothesis, label in made("quantifiers", times=50):
        seen = {holds(hypothesis, world) for world in worlds if holds(premise, world)}
        expected = {"entailment": {True}, "contradiction": {False}, "neutral": {True, False}}
        assert seen == expected[label], (premise, hypothesis)


def test_no_sentence_of_the_pairs_that_measure_the_model():
    measured = [(pair["premise"], pair["hypothesis"]) for pair in sure_pairs()]
    measured += [(example.premise, example.hypothesis) for example in gallery()]
    rows = fragment_pairs(300, seed=1)
    sentences = {sentence.lower() for row in rows for sentence in (row["premise"], row["hypothesis"])}
    assert not sentences & {sentence.lower() for pair in measured for sentence in pair}


def test_each_fragment_is_there_in_its_share_and_the_same_ones_each_time():
    rows = fragment_pairs(40, seed=3)
    assert rows == fragment_pairs(40, seed=3) != fragment_pairs(40, seed=4)
    sources = [row["source"] for row in rows]
    assert {name: sources.count(f"fragment {name}") for name in FRAGMENTS} == dict.fromkeys(FRAGMENTS, 40)
    for row in rows:
        assert sum(row["probabilities"].values()) == pytest.approx(1)
        assert max(row["probabilities"], key=row["probabilities"].get) == row["label"]


def test_the_command_writes_what_distill_reads(tmp_path):
    assert main(["fragments", "--output", str(tmp_path / "run" / "fragments.jsonl"), "--count", "5"]) == 0
    written = (tmp_path / "run" / "fragments.jsonl").read_text(encoding="utf-8").splitlines()
    read = list(read_graded(tmp_path / "run" / "fragments.jsonl"))
    assert [json.loads(line)["label"] for line in written] == [pair.label for pair in read]
    assert all(pair.probabilities is not None for pair in read)
