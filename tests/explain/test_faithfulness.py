"""Words erased, against the model asked with other ids by hand."""

import numpy as np
import pytest
import torch

from bertmini_demo.errors import InputError
from bertmini_demo.explain.faithfulness import (
    RANDOM_ORDERS,
    REMOVALS,
    Erasure,
    erase,
    logits_of_words,
    measure,
    random_orders,
    value_of_words,
    without_words,
)
from bertmini_demo.explain.word_scores import WordScores

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
SHORT = ("man sleeps", "no dog")


def answer(model, pieces, segments):
    """{label: probability} of a row of word pieces given by their text."""
    ids = torch.tensor([model.tokenizer.convert_tokens_to_ids(pieces)])
    with torch.no_grad():
        logits = model.network(input_ids=ids, token_type_ids=torch.tensor([segments])).logits[0]
    return dict(zip(model.output_labels, torch.softmax(logits, dim=0).tolist(), strict=True))


def order(*indices):
    return np.array([indices])


@pytest.mark.parametrize("removal", REMOVALS)
def test_comprehensiveness_and_sufficiency_of_a_case_worked_by_hand(model, removal):
    """Four words of one piece each: 1, 5, 10 and 20 % of them are one word, rounded up, and 50 % are two."""
    assert model.encode(*SHORT).tokens[1] == "man"
    pieces = list(model.encode(*SHORT).tokens)
    words = [list(word.positions) for word in model.encode(*SHORT).words]
    segments = model.encode(*SHORT).segments.tolist()

    def probability(kept):
        gone = {place for index, word in enumerate(words) if index not in kept for place in word}
        if removal == "mask":
            text = ["[MASK]" if place in gone else piece for place, piece in enumerate(pieces)]
            return answer(model, text, segments)["neutral"]
        stay = [place for place in range(len(pieces)) if place not in gone]
        return answer(model, [pieces[place] for place in stay], [segments[place] for place in stay])[
            "neutral"
        ]

    whole = probability({0, 1, 2, 3})
    without = {1: probability({0, 1, 2}), 2: probability({0, 2}), 3: probability({2}), 4: probability(set())}
    alone = {1: probability({3}), 2: probability({1, 3}), 3: probability({0, 1, 3}), 4: whole}
    counts = [1, 1, 1, 1, 2]
    (found,) = erase(model, model.encode(*SHORT), order(3, 1, 0, 2), target="neutral", removal=removal)
    assert found.comprehensiveness == pytest.approx(np.mean([whole - without[n] for n in counts]), abs=1e-5)
    assert found.sufficiency == pytest.approx(np.mean([whole - alone[n] for n in counts]), abs=1e-5)
    tenths = [1, 1, 2, 2, 2, 3, 3, 4, 4]
    np.testing.assert_allclose(found.removed, [without[n] for n in tenths], atol=1e-5)
    np.testing.assert_allclose(found.kept, [alone[n] for n in tenths], atol=1e-5)


@pytest.mark.parametrize("removal", REMOVALS)
def test_the_curve_begins_with_the_pair_and_ends_where_all_words_are_gone(model, removal):
    pair = model.encode(*PAIR)
    kept = pair.special
    if removal == "mask":
        pieces = [piece if stays else "[MASK]" for piece, stays in zip(pair.tokens, kept, strict=True)]
        segments = pair.segments.tolist()
    else:
        pieces, segments = ["[CLS]", "[SEP]", "[SEP]"], [0, 0, 1]
    (found,) = erase(model, pair, order(*range(len(pair.words))), target="contradiction", removal=removal)
    assert found.curve[0] == pytest.approx(model.predict(*PAIR).probabilities["contradiction"], abs=1e-5)
    assert found.curve[-1] == pytest.approx(answer(model, pieces, segments)["contradiction"], abs=1e-5)
    assert len(found.curve) == 11
    np.testing.assert_array_equal(found.curve[1:-1], found.removed)


@pytest.mark.parametrize("removal", REMOVALS)
def test_rows_are_each_as_if_asked_alone_and_in_their_order(model, removal):
    pair = model.encode(*PAIR)
    kept = np.random.default_rng(0).random((12, len(pair.words))) < 0.5
    kept[5] = kept[2]
    together = logits_of_words(model, pair, kept, removal=removal)
    for row, logits in zip(kept, together, strict=True):
        alone = model.batch_logits([without_words(model, pair, row, removal=removal)])[0]
        np.testing.assert_allclose(logits, alone, atol=1e-5)
    whole = logits_of_words(model, pair, np.ones((1, len(pair.words)), bool), removal=removal)
    np.testing.assert_allclose(whole, model.batch_logits([pair]), atol=1e-5)


def test_batches_are_bounded_and_rows_alike_are_asked_once(tiny):
    pair = tiny.encode(*PAIR)
    kept = np.array(
        [[bool(number >> bit & 1) for bit in range(len(pair.words))] for number in range(150)] * 2
    )
    rows = []
    hook = tiny.network.bert.embeddings.register_forward_pre_hook(
        lambda _, __, inputs: rows.append(inputs["input_ids"].shape), with_kwargs=True
    )
    logits_of_words(tiny, pair, kept, removal="delete")
    hook.remove()
    assert sum(count for count, _ in rows) == 150
    assert max(count for count, _ in rows) == tiny.settings.batch_pairs
    assert rows[0][1] < rows[-1][1]  # short rows are not padded to the length of long ones


def test_without_words_deletes_or_masks_all_pieces_of_a_word(tiny):
    pair = tiny.encode("the zzyzx sleeps", "no dog")
    kept = np.array([True, False, True, True, True])
    deleted = without_words(tiny, pair, kept, removal="delete")
    assert deleted.tokens == ("[CLS]", "the", *pair.tokens[-5:])
    assert deleted.segments.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert [word.text for word in deleted.words] == ["the", "sleeps", "no", "dog"]
    for shortened in (deleted, without_words(tiny, pair, kept, removal="mask")):
        assert shortened.tokens == tuple(tiny.tokenizer.convert_ids_to_tokens(shortened.input_ids.tolist()))
        for word in (word for word in shortened.words if word.text != "zzyzx"):
            assert [shortened.tokens[place] for place in word.positions] == [word.text]
    masked = without_words(tiny, pair, kept, removal="mask")
    pieces = len(pair.words[1].positions)
    assert pieces > 1
    assert masked.tokens.count("[MASK]") == pieces
    assert masked.segments.tolist() == pair.segments.tolist()


def test_random_orders_are_orders_and_the_seed_decides():
    orders = random_orders(9, seed=1)
    assert orders.shape == (RANDOM_ORDERS, 9)
    assert (np.sort(orders, axis=1) == np.arange(9)).all()
    assert len({tuple(row) for row in orders}) == RANDOM_ORDERS
    np.testing.assert_array_equal(orders, random_orders(9, seed=1))
    assert (orders != random_orders(9, seed=2)).any()


def test_measure_follows_each_way_of_scoring_in_its_order(tiny):
    pair = tiny.encode(*PAIR)
    draws = np.random.default_rng(3)
    signed, unsigned = draws.normal(size=len(pair.words)), draws.random(len(pair.words))
    scores = [
        WordScores("feature_ablation", signed, signed=True, seconds=0),
        WordScores("rollout", unsigned, signed=False, seconds=0),
    ]
    steps = list(measure(tiny, pair, scores, target="neutral", removal="mask"))
    assert [list(step.erasures) for step in steps] == [
        [],
        ["feature_ablation"],
        ["feature_ablation", "rollout"],
    ]
    last = steps[-1]
    assert (last.target, last.removal, len(last.random)) == ("neutral", "mask", RANDOM_ORDERS)
    for words in scores:
        ranked = sorted(range(len(pair.words)), key=lambda index: -words.scores[index])
        (expected,) = erase(tiny, pair, np.array([ranked]), target="neutral", removal="mask")
        np.testing.assert_allclose(last.erasures[words.method].curve, expected.curve, atol=1e-6)
    (expected,) = erase(
        tiny, pair, random_orders(len(pair.words), seed=0)[3:4], target="neutral", removal="mask"
    )
    np.testing.assert_allclose(last.random[3].kept, expected.kept, atol=1e-6)


@pytest.mark.parametrize("output", ["logit", "margin"])
def test_the_value_of_all_words_is_what_is_explained(model, output):
    pair, logits = model.encode(*PAIR), model.predict(*PAIR).logits
    others = sorted(logits[label] for label in logits if label != "neutral")
    value = value_of_words(model, pair, target="neutral", output=output, removal="delete")
    expected = logits["neutral"] - (others[-1] if output == "margin" else 0)
    assert value(np.ones((1, len(pair.words)), bool))[0] == pytest.approx(expected, abs=1e-5)


def test_means_over_the_published_bins():
    found = Erasure(
        0.9,
        removed=np.linspace(0.8, 0.0, 9),
        kept=np.full(9, 0.9),
        removed_bins=np.array([0.9, 0.7, 0.5, 0.3, 0.1]),
        kept_bins=np.array([0.0, 0.9, 0.9, 0.9, 0.9]),
        empty=0.3,
    )
    assert found.comprehensiveness == pytest.approx(0.4)
    assert found.sufficiency == pytest.approx(0.18)
    assert found.curve.tolist() == pytest.approx([0.9, *np.linspace(0.8, 0.0, 9), 0.3])


@pytest.mark.parametrize(("field", "choices"), [("target", "entailment"), ("removal", "delete, mask")])
def test_a_choice_that_does_not_exist_is_refused_with_those_that_do(tiny, field, choices):
    chosen = {"target": "neutral", "removal": "mask"} | {field: "lime"}
    with pytest.raises(InputError, match=choices):
        erase(tiny, tiny.encode(*SHORT), order(0, 1, 2, 3), **chosen)
