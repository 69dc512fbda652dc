"""Rollout, filters, whole words and head summaries against sums done by hand."""

import numpy as np
import pytest

from bertmini_demo.explain.attention_rollout import (
    EVERYWHERE,
    FILTERS,
    NO_ONE_THING,
    OTHER_SENTENCE,
    OWN_SENTENCE,
    PLACES,
    filter_mask,
    head_role,
    head_summaries,
    hide,
    merge_words,
    rollout,
    word_groups,
)

SEGMENTS = [0, 0, 0, 0, 1, 1, 1]  # [CLS] two words [SEP] two words [SEP]
SPECIAL = [True, False, False, True, False, False, True]


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the cats walking", "a cat sleeps .")


def summaries(trace):
    pair = trace.pair
    return head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)


# Rollout


def test_rows_of_rollout_sum_to_one_and_see_only_what_is_there(trace):
    mixtures = rollout(trace.attentions)
    assert mixtures.shape == (len(trace.attentions), len(trace.tokens), len(trace.tokens))
    np.testing.assert_allclose(mixtures.sum(axis=-1), 1, atol=1e-9)
    assert (mixtures >= 0).all()


def test_rollout_is_the_product_of_the_layers_later_ones_on_the_left(trace):
    direct = np.eye(len(trace.tokens))
    for layer, mixture in zip(trace.attentions, rollout(trace.attentions), strict=True):
        direct = (0.5 * np.mean(layer, axis=0) + 0.5 * np.eye(len(trace.tokens))) @ direct
        np.testing.assert_allclose(mixture, direct, atol=1e-6)


def test_heads_that_look_at_themselves_roll_out_to_the_identity():
    attentions = np.broadcast_to(np.eye(4), (3, 2, 4, 4))
    np.testing.assert_array_equal(rollout(attentions)[-1], np.eye(4))


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_uniform_attention_halves_what_a_position_keeps_of_itself_in_each_layer(layers):
    mixture = rollout(np.full((layers, 2, 4, 4), 0.25))[-1]
    kept = 0.5**layers
    np.testing.assert_allclose(mixture, kept * np.eye(4) + (1 - kept) / 4)


# Hidden positions


def test_hidden_share_and_what_is_shown_add_up(trace):
    keep = ~np.array(trace.pair.special)
    shown, hidden = hide(trace.attentions, keep)
    assert hidden.shape == trace.attentions.shape[:2]
    np.testing.assert_array_equal(shown, trace.attentions[:, :, keep][..., keep])
    np.testing.assert_allclose(shown.sum(axis=-1).mean(axis=-1) + hidden, 1, atol=1e-6)
    assert (hidden > 0.01).all()


def test_hiding_nothing_hides_no_weight(trace):
    shown, hidden = hide(trace.attentions, [True] * len(trace.tokens))
    np.testing.assert_array_equal(shown, trace.attentions)
    np.testing.assert_array_equal(hidden, 0)


def test_rows_that_are_hidden_do_not_count_in_the_hidden_share():
    attention = np.array([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])
    _, hidden = hide(attention, [False, True, True])
    assert hidden == pytest.approx(0.3)


# Filters


def test_filters_between_words_show_each_cell_once():
    words = ~np.array(SPECIAL)
    counts = sum(filter_mask(SEGMENTS, name, special=SPECIAL).astype(int) for name in FILTERS[1:])
    np.testing.assert_array_equal(counts, np.outer(words, words))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("premise to hypothesis", {(1, 4), (1, 5), (2, 4), (2, 5)}),
        ("hypothesis to premise", {(4, 1), (5, 1), (4, 2), (5, 2)}),
        ("within a sentence", {(1, 1), (1, 2), (2, 1), (2, 2), (4, 4), (4, 5), (5, 4), (5, 5)}),
    ],
)
def test_rows_of_a_filter_are_the_words_that_look(name, cells):
    assert set(zip(*np.nonzero(filter_mask(SEGMENTS, name, special=SPECIAL)), strict=True)) == cells


def test_the_filter_all_shows_special_tokens_too():
    assert filter_mask(SEGMENTS, "all", special=SPECIAL).all()


def test_without_special_tokens_the_filters_share_out_every_cell():
    counts = sum(filter_mask([0, 0, 1], name).astype(int) for name in FILTERS[1:])
    np.testing.assert_array_equal(counts, 1)


def test_an_unknown_filter_is_told_the_valid_ones():
    with pytest.raises(ValueError, match="within a sentence"):
        filter_mask(SEGMENTS, "hypothesis")


# Whole words


def test_word_groups_cover_each_position_once_in_reading_order(trace):
    groups = word_groups(trace.pair)
    assert [position for group in groups for position in group] == list(range(len(trace.tokens)))
    assert len(groups) == len(trace.pair.words) + 3
    assert any(len(group) > 1 for group in groups)


def test_merged_rows_keep_their_sums(trace):
    merged = merge_words(trace.attentions, word_groups(trace.pair))
    np.testing.assert_allclose(merged.sum(axis=-1), 1, atol=1e-6)


def test_merging_averages_over_queries_and_adds_over_keys():
    attention = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.6, 0.4, 0.0]])
    merged = merge_words(attention, [(0,), (1, 2)])
    np.testing.assert_allclose(merged, [[0.1, 0.9], [(0.3 + 0.6) / 2, (0.7 + 0.4) / 2]])


def test_single_pieces_stay_as_they_are(trace):
    groups = [(position,) for position in range(len(trace.tokens))]
    np.testing.assert_allclose(merge_words(trace.attentions, groups), trace.attentions, atol=1e-7)


# Head summaries


def test_summaries_of_three_tokens_done_by_hand():
    attention = np.array([[[[1.0, 0.0, 0.0], [0.25, 0.5, 0.25], [0.0, 0.0, 1.0]]]])
    found = head_summaries(
        attention, ("[CLS]", "a", "[SEP]"), segments=[0, 0, 0], special=[True, False, True]
    )
    assert found.entropy.item() == pytest.approx(1.5 * np.log(2))
    assert found.distance.item() == pytest.approx(0.5)
    assert found.to_cls.item() == pytest.approx(0.25)
    assert found.to_sep.item() == pytest.approx(0.25)
    assert found.to_itself.item() == pytest.approx(0.5)
    assert found.to_repeats.item() == 0
    assert found.to_other_sentence.item() == 0


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("distance", (1.2 + 1.25) / 2),
        ("to_cls", 0.1 / 2),
        ("to_sep", (0.3 + 0.25) / 2),
        ("to_itself", (0.2 + 0.25) / 2),
        ("to_repeats", (0.4 + 0.5) / 2),
        ("to_previous", (0.1 + 0.0) / 2),
        ("to_next", (0.3 + 0.25) / 2),
        ("to_other_sentence", (0.4 + 0.5) / 2),
    ],
)
def test_summaries_of_a_word_in_both_sentences_done_by_hand(number, expected):
    attention = np.zeros((1, 1, 5, 5))
    attention[..., 1, :] = [0.1, 0.2, 0.3, 0.4, 0.0]
    attention[..., 3, :] = [0.0, 0.5, 0.0, 0.25, 0.25]
    attention[..., [0, 2, 4], 0] = 1  # rows of special tokens, which are not counted
    found = head_summaries(
        attention,
        ("[CLS]", "a", "[SEP]", "a", "[SEP]"),
        segments=[0, 0, 0, 1, 1],
        special=[True, False, True, False, True],
    )
    assert getattr(found, number).item() == pytest.approx(expected)


def test_each_head_has_its_own_summary_in_its_place(trace):
    rows = np.flatnonzero(~np.array(trace.pair.special))
    found = summaries(trace)
    for layer, head in np.ndindex(trace.attentions.shape[:2]):
        weights = trace.attentions[layer, head][rows].astype(np.float64)
        entropy = np.mean([-sum(p * np.log(p) for p in row if p > 0) for row in weights])
        assert found.entropy[layer, head] == pytest.approx(entropy)
        assert found.evenness[layer, head] == pytest.approx(entropy / np.log(len(trace.tokens)))
        assert found.to_cls[layer, head] == pytest.approx(weights[:, 0].mean())


def test_shares_of_both_sentences_and_special_tokens_add_up_to_one(trace):
    found = summaries(trace)
    segments, words = trace.pair.segments, ~np.array(trace.pair.special)
    own = np.equal.outer(segments, segments) & words
    to_own = (trace.attentions * own)[:, :, words].sum(axis=-1).mean(axis=-1)
    np.testing.assert_allclose(found.to_own_sentence, to_own, atol=1e-6)
    np.testing.assert_allclose(found.to_cls + found.to_sep + found.to_other_sentence + to_own, 1, atol=1e-6)


def test_uniform_attention_has_the_greatest_entropy():
    attention = np.full((1, 1, 7, 7), 1 / 7)
    found = head_summaries(attention, "0123456", segments=SEGMENTS, special=SPECIAL)
    assert found.entropy.item() == pytest.approx(np.log(7))


def test_summaries_are_read_only(trace):
    with pytest.raises(ValueError, match="read-only"):
        summaries(trace).entropy[0, 0] = 1


# What a head mostly does

TOKENS = ("[CLS]", "a", "dog", "runs", "[SEP]", "a", "dog", "sleeps", "now", "[SEP]")
SIDES = np.array([0] * 5 + [1] * 5)
OUTSIDE = np.array([token.startswith("[") for token in TOKENS])
PLACE = np.arange(len(TOKENS))
STEP = np.subtract.outer(PLACE, PLACE)
SAME = np.equal.outer(np.array(TOKENS), np.array(TOKENS)) & (STEP != 0)


def role(cells) -> str:
    """The name of a head that spreads its weight evenly over some cells; where a row has none, over all."""
    weights = np.broadcast_to(np.asarray(cells, dtype=float), STEP.shape).copy()
    weights[weights.sum(axis=1) == 0] = 1
    weights /= weights.sum(axis=1, keepdims=True)
    found = head_summaries(weights[None, None], TOKENS, segments=SIDES, special=OUTSIDE)
    return head_role(found, 0, 0)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (PLACE == 0, "[CLS]"),
        (OUTSIDE & (PLACE > 0), "[SEP]"),
        (STEP == 0, "itself"),
        (SAME, "same word elsewhere"),
        (STEP == 1, "previous piece"),
        (STEP == -1, "next piece"),
        (np.ones(STEP.shape), EVERYWHERE),
        (np.not_equal.outer(SIDES, SIDES) & ~OUTSIDE, OTHER_SENTENCE),
        (np.equal.outer(SIDES, SIDES) & ~OUTSIDE, OWN_SENTENCE),
        (np.abs(STEP) == 2, NO_ONE_THING),
    ],
)
def test_a_head_is_named_for_what_it_does(cells, name):
    assert role(cells) == name


def test_a_place_gives_its_name_from_a_third_of_the_weight_on():
    def parked(share: float) -> str:
        words = np.where(OUTSIDE, 0, (1 - share) / (~OUTSIDE).sum())
        return role(words + (PLACE == 0) * share)

    assert parked(0.34) == "[CLS]"
    assert parked(0.32) != "[CLS]"


def test_the_larger_of_two_places_gives_the_name():
    assert role(0.6 * (STEP == 1) + 0.4 * (STEP == 0)) == "previous piece"
    assert role(0.4 * (STEP == 1) + 0.6 * (STEP == 0)) == "itself"


@pytest.mark.parametrize(("premise", "hypothesis"), [(1, 1), (3, 40), (30, 2)])
def test_an_even_head_never_looks_at_the_other_sentence_for_more_than_half(premise, hypothesis):
    tokens = ["[CLS]", *"p" * premise, "[SEP]", *"h" * hypothesis, "[SEP]"]
    segments = [0] * (premise + 2) + [1] * (hypothesis + 1)
    even = np.full((1, 1, len(tokens), len(tokens)), 1 / len(tokens))
    special = [token.startswith("[") for token in tokens]
    found = head_summaries(even, tokens, segments=segments, special=special)
    assert found.to_other_sentence.item() < 0.5
    assert head_role(found, 0, 0) == EVERYWHERE


def test_every_head_of_a_model_has_a_name(trace):
    found = summaries(trace)
    names = {*PLACES.values(), EVERYWHERE, OTHER_SENTENCE, OWN_SENTENCE, NO_ONE_THING}
    assert {head_role(found, *place) for place in np.ndindex(trace.attentions.shape[:2])} <= names
