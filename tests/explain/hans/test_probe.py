"""The probe: its labels read a second time from the sentences, its English, its seed, and its scores by hand."""

import itertools
import json
import re
from collections import Counter

import numpy as np
import pytest
from plain_reading import follows

from bertmini_demo.explain.hans import probe
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PAIRS,
    PUBLISHED,
    ProbePair,
    Template,
    hans_accuracy,
    hans_agreement,
    predict_labels,
    probe_pairs,
    run_probe,
    score,
    seed_accuracies,
    subcases,
    word_list,
)

MANY = probe_pairs(seed=7, count=90)  # enough to meet every word of every list
cases = pytest.mark.parametrize("case", subcases().values(), ids=lambda case: case.name)


def words(sentence):
    return re.findall(r"[a-z]+", sentence.lower())


def of(case):
    return [pair for pair in MANY if pair.subcase == case.name]


@pytest.mark.parametrize(
    ("premise", "hypothesis", "answer"),
    [
        ("The cats were fed by the aunt.", "The aunt fed the cats.", True),
        ("The cats were fed by the aunt.", "The cats fed the aunt.", False),
        ("The aunt who fed the cats left.", "The cats left.", False),
        ("The aunt that the cats bit left.", "The cats bit the aunt.", True),
        ("The aunt near the cats left.", "The cats left.", False),
        ("The uncle said that the aunt left.", "The aunt left.", False),
        ("The uncle learned that the aunt left.", "The aunt left.", True),
        ("The uncle believed the aunt left.", "The uncle believed the aunt.", False),
        ("While the uncle ate the cats left.", "The uncle ate the cats.", False),
        ("While the uncle ate the cats left.", "The cats left.", True),
        ("The cats fed in the barn left.", "The cats fed in the barn.", False),
        ("Black cats bit the aunt.", "Cats bit the aunt.", True),
        ("If the aunt left, the cats slept.", "The cats slept.", False),
        ("Even if the aunt left, the cats slept.", "The cats slept.", True),
        ("Even if the aunt left, the cats slept.", "The aunt left.", False),
        ("The aunt left, or the cats slept.", "The aunt left.", False),
        ("The aunt left, so the cats slept.", "The aunt left.", True),
        ("The aunt read the map.", "The aunt read.", True),
    ],
)
def test_the_second_reading_knows_these(premise, hypothesis, answer):
    assert follows(premise, hypothesis) == answer


@cases
def test_labels_are_those_of_a_second_reading(case):
    for pair in of(case):
        assert follows(pair.premise, pair.hypothesis) == (pair.label == ENTAILED), pair


@cases
def test_each_pair_is_made_as_its_heuristic_says(case):
    for pair in of(case):
        premise, hypothesis = words(pair.premise), words(pair.hypothesis)
        assert not Counter(hypothesis) - Counter(premise)  # every word, as often
        stretches = zip(*(premise[start:] for start in range(len(hypothesis))), strict=False)
        assert (tuple(hypothesis) in stretches) == (case.heuristic != "lexical_overlap")
        if case.heuristic == "constituent":
            assert premise != hypothesis
            before = " ".join(words(pair.premise)).partition(" ".join(hypothesis))[0].split()
            assert "who" not in before  # a clause of its own, not a stretch across two


@cases
def test_pairs_are_plain_english(case):
    for sentence in {text for pair in of(case) for text in (pair.premise, pair.hypothesis)}:
        assert re.fullmatch(r"[A-Z][a-z]*(,? [a-z]+)*\.", sentence)
        found = words(sentence)
        assert all(one != other for one, other in itertools.pairwise(found)), sentence
        for article, noun in itertools.pairwise(found):
            assert article != "a" or noun[0] not in "aeiou"
            assert article != "an" or noun[0] in "aeiou"
        for number, be in enumerate(found):
            if be in ("was", "were"):
                assert found[number - 1].endswith("s") == (be == "were")


@cases
def test_no_pair_speaks_of_the_same_people_twice(case):
    people = [word.removesuffix("s") for word in word_list("noun")]
    for pair in of(case):
        named = [word.removesuffix("s") for word in words(pair.premise) if word.removesuffix("s") in people]
        assert len(set(named)) == len(named), pair


def test_singular_and_plural_nouns_belong_together():
    singular, plural = word_list("singular noun"), word_list("plural noun")
    assert tuple(f"{noun}s" for noun in singular) == plural
    assert word_list("noun") == singular + plural


def test_every_word_can_be_drawn():
    drawn = {word for pair in MANY for word in words(pair.premise)}
    lists = {name for case in subcases().values() for each in case.templates for name in each.slots.values()}
    for name in lists:
        assert {word for entry in word_list(name) for word in words(entry)} <= drawn, name


def test_words_are_mostly_whole_for_the_shipped_tokenizer(shipped):
    pieces = [
        shipped.encoder.word_pieces(word, field="premise").tokens
        for word in sorted({word for pair in MANY for word in words(pair.premise)})
    ]
    assert np.mean([len(found) == 1 for found in pieces]) > 0.95


def test_thirty_subcases_in_three_heuristics_half_of_them_entailed():
    assert [heuristic.name for heuristic in probe.heuristics()] == [
        "lexical_overlap",
        "subsequence",
        "constituent",
    ]
    for heuristic in probe.heuristics():
        assert [case.label for case in heuristic.subcases] == [ENTAILED] * 5 + [NOT_ENTAILED] * 5
        for case in heuristic.subcases:
            kind = heuristic.name[0] + ("e" if case.label == ENTAILED else "n")
            assert case.name.startswith(f"{kind}_")
        for label in (ENTAILED, NOT_ENTAILED):  # titles stand alone in a figure
            titles = [case.title for case in heuristic.subcases if case.label == label]
            assert len(set(titles)) == 5
    assert len(subcases()) == 30
    assert all(len(found) == 3 and 0 < min(found) < 1 for found in PUBLISHED.values())


def test_the_figures_of_100_seeds_agree_with_each_other():
    """The published mean of a heuristic is that of its sub-cases, which are of one size; no range leaves out its mean."""
    for heuristic in probe.heuristics():
        for label in (ENTAILED, NOT_ENTAILED):
            cases = [seed_accuracies(case.name) for case in heuristic.subcases if case.label == label]
            low, mean, high = seed_accuracies(f"{heuristic.name}/{label}")
            assert mean == pytest.approx(sum(case[1] for case in cases) / 5, abs=1e-4)
            for each in (*cases, (low, mean, high)):
                assert 0 <= each[0] <= each[1] <= each[2] <= 1
            assert min(case[0] for case in cases) <= low <= high <= max(case[2] for case in cases)


def test_each_subcase_has_as_many_different_pairs_as_asked_for():
    counts = Counter(pair.subcase for pair in probe_pairs())
    assert counts == dict.fromkeys(subcases(), PAIRS)
    assert PAIRS >= 20
    for case in subcases().values():
        found = of(case)
        assert len({(pair.premise, pair.hypothesis) for pair in found}) == len(found) == 90


def test_the_seed_alone_decides():
    again = probe_pairs.__wrapped__(seed=7, count=90)
    assert again == MANY
    assert probe_pairs(seed=8, count=90) != MANY
    fewer = probe_pairs.__wrapped__(seed=7, count=30)
    assert set(fewer) < set(MANY)


def test_a_template_repeats_its_words_and_begins_with_a_capital():
    template = Template("{t:time word} the {a:noun} left, {b:plural noun} came.", "{b} came, the {a} left.")
    assert template.slots == {"t": "time word", "a": "noun", "b": "plural noun"}
    filled = template.fill({"t": "when", "a": "{a} cat", "b": "dogs"})
    assert filled == ("When the {a} cat left, dogs came.", "Dogs came, the {a} cat left.")


def test_answers_are_the_model_s_whatever_the_batch(model):
    pairs = probe_pairs(count=5)[::7]
    batches = list(predict_labels(model, pairs))
    assert [answer for batch in batches for answer in batch] == [
        model.predict(pair.premise, pair.hypothesis).label for pair in pairs
    ]
    whole = run_probe(model, count=3)
    assert len(whole.answers) == len(whole.pairs) == 90
    assert whole.accuracy.keys() == subcases().keys()


def test_batches_can_be_stopped_between(tiny):
    batches = predict_labels(tiny, probe_pairs(count=5))
    assert len(next(batches)) == tiny.settings.batch_pairs
    batches.close()


def test_neutral_and_contradiction_count_as_not_entailed():
    pairs = [
        ProbePair("p", "h", label, name)
        for label, name in ((ENTAILED, "yes"), (NOT_ENTAILED, "no"))
        for _ in range(4)
    ]
    answers = ["entailment", "neutral", "contradiction", "not_entailment"] * 2
    result = score(pairs, answers)
    assert result.accuracy == {"yes": 0.25, "no": 0.75}
    assert result.mean(["yes", "no"]) == 0.5


def by_subcase(values):
    return {name: {case.label: value} for (name, case), value in zip(subcases().items(), values, strict=True)}


def test_hans_is_found_in_the_metrics_whatever_its_file_was_called():
    values = np.linspace(0, 1, 30).round(3).tolist()
    metrics = {"data": {"dev": {"accuracy": 0.5}, "hans-set": {"subcases": by_subcase(values)}}}
    assert hans_accuracy(json.loads(json.dumps(metrics))) == dict(zip(subcases(), values, strict=True))


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"data": None},
        {"data": [1]},
        {"data": {"dev": 0.5}},
        {"data": {"dev": {"subcases": {"le_passive": {"entailment": 1.0}}}}},
        {"data": {"dev": {"subcases": None}}},
        {"data": {"hans": {"subcases": by_subcase([None] * 30)}}},
    ],
)
def test_without_hans_there_are_no_figures_for_it(metrics):
    assert hans_accuracy(metrics) is None


def test_agreement_is_told_for_each_label_apart():
    names = list(subcases())
    entailed = [name for name in names if subcases()[name].label == ENTAILED]
    probe = {name: number / 100 for number, name in enumerate(names)}
    hans = {name: value + 0.1 if name in entailed else 0.5 - value for name, value in probe.items()}
    found = hans_agreement(probe, hans)
    assert found[ENTAILED] == pytest.approx({"spearman": 1.0, "mean_difference": 0.1})
    gaps = [abs(2 * probe[name] - 0.5) for name in names if name not in entailed]
    assert found[NOT_ENTAILED] == pytest.approx({"spearman": -1.0, "mean_difference": np.mean(gaps)})
