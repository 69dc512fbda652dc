"""Head summaries against sums done by hand, and the names that they lead to."""

import numpy as np
import pytest

from bertmini_demo.explain.head_roles import (
    MIXED,
    OTHER_SENTENCE,
    OWN_SENTENCE,
    PLACES,
    UNIFORM,
    attention_sink,
    head_role,
    head_summaries,
)
from bertmini_demo.results import Head

SEGMENTS = [0, 0, 0, 0, 1, 1, 1]  # [CLS] two words [SEP] two words [SEP]
SPECIAL = [True, False, False, True, False, False, True]


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the cats walking", "a cat sleeps .")


def summaries(trace):
    pair = trace.pair
    return head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)


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
    return head_role(found, Head(0, 0))


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (PLACE == 0, "[CLS]"),
        (OUTSIDE & (PLACE > 0), "[SEP]"),
        (STEP == 0, "itself"),
        (SAME, "same word elsewhere"),
        (STEP == 1, "previous piece"),
        (STEP == -1, "next piece"),
        (np.ones(STEP.shape), UNIFORM),
        (np.not_equal.outer(SIDES, SIDES) & ~OUTSIDE, OTHER_SENTENCE),
        (np.equal.outer(SIDES, SIDES) & ~OUTSIDE, OWN_SENTENCE),
        (np.abs(STEP) == 2, MIXED),
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
    assert head_role(found, Head(0, 0)) == UNIFORM


def test_every_head_of_a_model_has_a_name(trace):
    found = summaries(trace)
    names = {*PLACES.values(), UNIFORM, OTHER_SENTENCE, OWN_SENTENCE, MIXED}
    assert {head_role(found, Head(*place)) for place in np.ndindex(trace.attentions.shape[:2])} <= names


@pytest.mark.parametrize(("sink", "token"), [(PLACE == 0, "[CLS]"), (OUTSIDE & (PLACE > 0), "[SEP]")])
def test_the_sink_is_the_special_token_that_one_head_gives_most(sink, token):
    """Two layers of two heads: all but one give it a fifth, one gives it four fifths."""
    keys = np.broadcast_to(sink, STEP.shape)
    words = np.broadcast_to(~OUTSIDE, STEP.shape)

    def head(share: float) -> np.ndarray:
        return share * keys / keys.sum(axis=1, keepdims=True) + (1 - share) * words / words.sum(
            axis=1, keepdims=True
        )

    attentions = np.array([[head(0.2), head(0.2)], [head(0.2), head(0.8)]])
    result = attention_sink(head_summaries(attentions, TOKENS, segments=SIDES, special=OUTSIDE))
    assert (result.token, result.head, result.heads) == (token, Head(1, 1), 1)
    assert result.share == pytest.approx(0.8)
