"""The embeddings against what the encoder receives, and neighbours against a slow, plain search."""

import numpy as np
import pytest

from bertmini_demo.explain.embeddings import add_embeddings, nearest_pieces

PAIR = ("The man doesn't sleep in the park.", "A man is unbelievably asleep.")


def test_the_sum_normalised_is_what_the_encoder_receives(model):
    trace = model.trace(*PAIR)
    embeddings = add_embeddings(model, trace.pair)
    np.testing.assert_allclose(embeddings.normalised, trace.hidden_states[0], atol=2e-5)
    np.testing.assert_allclose(
        embeddings.total, embeddings.word + embeddings.position + embeddings.segment, atol=1e-6
    )


def test_each_embedding_is_a_row_of_its_table(model):
    pair = model.encode(*PAIR)
    embeddings = add_embeddings(model, pair)
    state = {name: weight.numpy() for name, weight in model.network.bert.embeddings.state_dict().items()}
    for place, (row, segment) in enumerate(zip(pair.input_ids, pair.segments, strict=True)):
        np.testing.assert_array_equal(embeddings.word[place], state["word_embeddings.weight"][row])
        np.testing.assert_array_equal(embeddings.position[place], state["position_embeddings.weight"][place])
        np.testing.assert_array_equal(
            embeddings.segment[place], state["token_type_embeddings.weight"][segment]
        )


def test_the_results_are_copies_nobody_can_write_to(model):
    embeddings = add_embeddings(model, model.encode(*PAIR))
    for name in ("word", "position", "segment", "total", "normalised"):
        array = getattr(embeddings, name)
        assert not array.flags.writeable
        for weight in model.network.bert.embeddings.parameters():
            assert not np.shares_memory(array, weight.detach().numpy())


@pytest.mark.parametrize("piece", ["man", "a", "##s", "[CLS]"])
def test_neighbours_are_those_of_a_plain_search(model, piece):
    vocabulary = model.tokenizer.get_vocab()
    table = model.network.get_input_embeddings().weight.detach().numpy().astype(np.float64)
    (found,) = nearest_pieces(model, [vocabulary[piece]])
    special = set(model.tokenizer.all_special_tokens)
    chosen = table[vocabulary[piece]]
    cosines = {
        other: table[row] @ chosen / np.linalg.norm(table[row]) / np.linalg.norm(chosen)
        for other, row in vocabulary.items()
        if other not in special and other != piece and not other.startswith("[unused")
    }
    expected = sorted(cosines.values(), reverse=True)[:10]
    assert found.piece == piece
    assert [near.cosine for near in found.nearest] == pytest.approx(expected, abs=1e-5)
    for near in found.nearest:
        assert near.cosine == pytest.approx(cosines[near.piece], abs=1e-5)
        assert vocabulary[near.piece] == near.id
    assert found.typical == pytest.approx(np.mean(list(cosines.values())), abs=1e-5)


def test_several_pieces_at_once_give_what_each_gives_alone(tiny):
    together = nearest_pieces(tiny, [7, 9, 0], count=3)
    for row, found in zip([7, 9, 0], together, strict=True):
        (alone,) = nearest_pieces(tiny, [row], count=3)
        assert [near.id for near in found.nearest] == [near.id for near in alone.nearest]
        assert len(found.nearest) == 3
    everything = nearest_pieces(tiny, [7], count=10_000)[0].nearest
    assert len(everything) == len(tiny.tokenizer) - len(tiny.tokenizer.all_special_ids) - 1
