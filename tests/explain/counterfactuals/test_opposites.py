"""Opposites go both ways, numbers have neighbours, and every word is one that can stand in a sentence."""

from bertmini_demo.explain.counterfactuals.opposites import OPPOSITES, opposites


def test_opposites_go_both_ways_and_never_back_to_the_word_itself():
    for word, others in OPPOSITES.items():
        assert word not in others
        for other in others:
            assert word in opposites(other)


def test_capitals_do_not_matter():
    assert opposites("Laughing") == opposites("laughing") == ("crying",)


def test_numbers_yield_their_neighbours():
    assert opposites("one") == ("two",)
    assert opposites("two") == ("one", "three")
    assert opposites("seven") == ("six", "eight")
    assert opposites("twelve") == ("eleven",)
    assert opposites("9") == ("10",)
    assert opposites("²") == opposites("12345") == ()


def test_an_unknown_word_has_none():
    assert opposites("goalkeeper") == ()
