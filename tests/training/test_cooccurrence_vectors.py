"""The counted word vectors against loops, numpy and a made-up language."""

import random

import numpy as np
import pytest
import torch

from bertmini_demo.training import cooccurrence_vectors
from bertmini_demo.training.cooccurrence_vectors import (
    SMOOTHING,
    SPREAD,
    WINDOW,
    cooccurrences,
    positive_pmi,
    ppmi_embeddings,
)

VOCABULARY = 90


@pytest.fixture(scope="module")
def stream() -> np.ndarray:
    """Two made-up topics: pieces 10 to 19 stand among 30 to 44, pieces 20 to 29 among 50 to 64; 70 on never come."""
    dice = random.Random(0)
    ids = []
    for _ in range(1500):
        nouns, company = dice.choice([(range(10, 20), range(30, 45)), (range(20, 30), range(50, 65))])
        ids += [dice.choice(company), dice.choice(company), dice.choice(nouns), dice.choice(company)]
    return np.array(ids, dtype=np.uint16)


@pytest.mark.parametrize("length", [0, 1, 3, WINDOW, WINDOW + 1, 200])
def test_counts_are_those_of_a_plain_loop(length):
    dice = random.Random(length)
    ids = [dice.randrange(12) for _ in range(length)]
    expected = np.zeros((12, 12))
    for here, piece in enumerate(ids):
        for there, other in enumerate(ids):
            if here != there and abs(here - there) <= WINDOW:
                expected[piece, other] += 1 / abs(here - there)
    np.testing.assert_allclose(
        cooccurrences(np.array(ids, dtype=np.uint16), vocabulary=12), expected, rtol=1e-5
    )


def test_chunks_lose_only_what_stands_across_their_border(stream, monkeypatch):
    whole = cooccurrences(stream, vocabulary=VOCABULARY).sum()
    monkeypatch.setattr(cooccurrence_vectors, "CHUNK", 1000)
    lost = whole - cooccurrences(stream, vocabulary=VOCABULARY).sum()
    assert 0 < lost <= 2 * WINDOW * (len(stream) // 1000)


def test_pmi_is_that_of_numpy():
    dice = np.random.default_rng(0)
    counts = np.triu(dice.integers(0, 6, (15, 15))).astype(np.float64)
    counts += counts.T
    counts[:, 3] = counts[3] = 0  # never seen
    joint = counts / counts.sum()
    context = counts.sum(axis=0) ** SMOOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log(joint / (joint.sum(axis=1)[:, None] * (context / context.sum())[None, :]))
    expected = np.maximum(np.nan_to_num(pmi, neginf=0.0), 0.0)
    found = positive_pmi(torch.tensor(counts, dtype=torch.float32)).numpy()
    assert (expected > 0).sum() > 20
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_words_that_keep_the_same_company_end_near_each_other(stream):
    vectors = ppmi_embeddings(stream, vocabulary=VOCABULARY, dimensions=16)
    nouns = torch.nn.functional.normalize(vectors[10:30], dim=1)
    likeness = nouns @ nouns.T
    same = likeness[:10, :10].sum() + likeness[10:, 10:].sum() - 20
    assert same / 180 > likeness[:10, 10:].mean() + 0.3


def test_size_spread_and_pieces_never_seen(stream):
    vectors = ppmi_embeddings(stream, vocabulary=VOCABULARY, dimensions=16)
    assert vectors.shape == (VOCABULARY, 16)
    assert vectors.dtype == torch.float32
    assert torch.isfinite(vectors).all()
    seen = torch.zeros(VOCABULARY, dtype=torch.bool)
    seen[torch.from_numpy(stream.astype(np.int64))] = True
    assert vectors[seen].std().item() == pytest.approx(SPREAD, rel=1e-3)
    assert vectors[~seen].std().item() == pytest.approx(SPREAD, rel=0.15)
    assert (vectors[~seen].norm(dim=1) > 0).all()


def test_the_seed_decides(stream):
    first, again, other = (
        ppmi_embeddings(stream, vocabulary=VOCABULARY, dimensions=16, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_more_dimensions_than_word_pieces_are_filled_with_zeros(stream):
    vectors = ppmi_embeddings(stream, vocabulary=VOCABULARY, dimensions=2 * VOCABULARY)
    assert vectors.shape == (VOCABULARY, 2 * VOCABULARY)
    assert not vectors[:, VOCABULARY:][vectors[:, 0] != 0].count_nonzero(dim=1).min()
    assert vectors[:, :VOCABULARY].count_nonzero()
