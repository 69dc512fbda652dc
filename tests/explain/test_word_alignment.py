"""Words of two pairs come together as a reader would match them, and what has no counterpart is named."""

import itertools
import random

import pytest

from bertmini_demo.explain.word_alignment import align_pairs, align_words, common_subsequence


def matched(model, first, second):
    """(token, token) for each aligned position, special tokens left out; and what was left out."""
    one, other = model.encode(*first), model.encode(*second)
    found = align_pairs(one, other)
    tokens = [(one.tokens[a], other.tokens[b]) for a, b in found.positions if not one.special[a]]
    return tokens, found.left_out


def longest(first, second):
    """The length of a longest common subsequence by trying all."""
    for size in range(min(len(first), len(second)), 0, -1):
        others = set(itertools.combinations(second, size))
        if any(chosen in others for chosen in itertools.combinations(first, size)):
            return size
    return 0


def test_the_subsequence_is_common_in_order_and_as_long_as_any():
    draws = random.Random(0)
    for _ in range(200):
        first, second = ("".join(draws.choices("abc", k=draws.randrange(8))) for _ in range(2))
        matches = common_subsequence(first, second)
        assert all(first[i] == second[j] for i, j in matches)
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(matches))
        assert len(matches) == longest(first, second)


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "axc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "ac", [(0, 0), (2, 1)]),
        ("ac", "axyc", [(0, 0), (1, 3)]),
        ("abbc", "axc", [(0, 0), (1, 1), (3, 2)]),
        ("ab", "xy", [(0, 0), (1, 1)]),
        ("", "ab", []),
    ],
)
def test_what_is_replaced_goes_with_what_replaces_it(first, second, pairs):
    assert list(align_words(first, second)) == pairs


def test_a_pair_is_aligned_with_itself_position_by_position(model):
    pair = model.encode("The man doesn't sleep.", "A dog walks in the park.")
    found = align_pairs(pair, pair)
    assert found.positions.tolist() == [[place, place] for place in range(len(pair.tokens))]
    assert found.left_out == ((), ())


def test_an_added_word_is_left_out_and_named(tiny):
    tokens, left_out = matched(
        tiny, ("A man sleeps.", "A dog is asleep."), ("A man sleeps.", "A dog is not asleep.")
    )
    assert all(one == other for one, other in tokens)
    assert left_out == ((), ("not",))


def test_words_in_several_pieces_are_aligned_piece_by_piece(tiny):
    tokens, left_out = matched(tiny, ("A man.", "The dog is walking."), ("A man.", "The dog is zz."))
    assert ("walk", "z") in tokens
    assert ("##ing", "##z") in tokens
    tokens, left_out = matched(tiny, ("A man.", "The dog is walking."), ("A man.", "The dog is awake."))
    assert ("walk", "awake") in tokens
    assert left_out == (("##ing",), ())


def test_premise_and_hypothesis_are_not_mixed(tiny):
    one, other = tiny.encode("A dog.", "The man sleeps."), tiny.encode("The man sleeps.", "A dog.")
    found = align_pairs(one, other)
    for a, b in found.positions:
        assert one.segments[a] == other.segments[b]
    assert found.positions[0].tolist() == [0, 0]
    assert found.positions[-1].tolist() == [len(one.tokens) - 1, len(other.tokens) - 1]


def test_case_does_not_part_equal_words(tiny):
    tokens, left_out = matched(tiny, ("The man.", "THE dog."), ("the Man.", "the park dog."))
    assert ("dog", "dog") in tokens
    assert left_out == ((), ("park",))
