"""Unlabelled pairs made from labelled ones: which, each once, and that words are replaced by words."""

from made_up import rule_pairs
from transformers import BertForMaskedLM

from bertmini_demo.training.corpora.related_pairs import (
    WORD,
    negated,
    related_pairs,
    siblings,
    swapped,
    with_replaced_words,
)


def test_swapped_and_siblings_are_of_the_same_sentences_and_new():
    given = [("a", "b"), ("b", "a"), ("p", "one"), ("p", "two"), ("p", "three"), ("p", "four")]
    made = related_pairs(given)
    assert len(made) == len(set(made))
    assert not set(made) & set(given)
    assert set(made) == {
        *(("one", "p"), ("two", "p"), ("three", "p"), ("four", "p")),
        *(("one", "two"), ("one", "three"), ("two", "three"), ("two", "four")),
        *(("three", "four"), ("three", "one"), ("four", "one"), ("four", "two")),
    }


def test_one_hypothesis_written_twice_is_not_its_own_sibling():
    assert list(siblings([("p", "one"), ("p", "one")])) == []
    assert related_pairs([("p", "one"), ("p", "one")]) == [("one", "p")]


def test_a_negation_is_put_in_or_taken_out():
    given = [("p", "A man is asleep."), ("p", "A man is not asleep."), ("p", "Hm.")]
    assert list(negated(given)) == [("p", "A man is not asleep."), ("p", "A man is asleep.")]


def test_a_limit_keeps_some_of_every_kind_and_the_same_ones_each_time():
    given = [(f"premise {number}", f"A man is in room {number}.") for number in range(50)]
    made = related_pairs(given, limit=20)
    assert len(made) == 20
    assert made == related_pairs(given, limit=20)
    swaps = set(swapped(given))
    assert 0 < sum(pair in swaps for pair in made) < 20


def test_one_word_of_the_hypothesis_is_replaced_by_another_whole_word(pretrained, tokenizer):
    given = [(row["premise"], row["hypothesis"]) for row in rule_pairs(30)]
    network = BertForMaskedLM.from_pretrained(pretrained).eval()
    made = with_replaced_words(given, network, tokenizer, seed=2)
    assert len(made) == 30
    by_premise = {}
    for premise, hypothesis in given:
        by_premise.setdefault(premise, []).append(hypothesis.split())
    for premise, hypothesis in made:
        words = hypothesis.split()
        changes = [
            [(one, other) for one, other in zip(words, before, strict=True) if one != other]
            for before in by_premise[premise]
            if len(before) == len(words)
        ]
        [(new, _)] = min(changes, key=len)
        assert WORD.fullmatch(new)
        assert new in tokenizer.get_vocab()
    assert made == with_replaced_words(given, network, tokenizer, seed=2)
    assert made != with_replaced_words(given, network, tokenizer, seed=3)


def test_a_capital_stays_and_what_has_no_word_is_left_out(pretrained, tokenizer):
    network = BertForMaskedLM.from_pretrained(pretrained).eval()
    [(_, hypothesis)] = with_replaced_words([("the fox", "Fox"), ("the fox", "7 !")], network, tokenizer)
    assert hypothesis[0].isupper()
    assert hypothesis.lower() != "fox"
