"""Word vectors to start from: positive pointwise mutual information, reduced by a truncated SVD.

Levy & Goldberg 2014 ("Neural word embedding as implicit matrix factorization"). Counting which word pieces
occur near each other takes seconds and saves a small model its first millions of tokens.
"""

import numpy as np
import torch
from torch.nn.functional import pad

WINDOW = 5  # word pieces to each side, nearer ones counted more
SMOOTHING = 0.75  # exponent on context counts; damps rare contexts (Levy et al. 2015)
SPREAD = 0.02  # standard deviation of BERT's own random start
CHUNK = 4_000_000  # word pieces counted at a time


def ppmi_embeddings(pieces: np.ndarray, *, vocabulary: int, dimensions: int, seed: int = 0) -> torch.Tensor:
    """Word vectors from a stream of word-piece ids.

    Args:
        pieces: (tokens,) ids in reading order.
        vocabulary: number of word pieces; the count matrix takes 4 * vocabulary**2 bytes.
        dimensions: length of a vector; 16 components more are computed and dropped.

    Returns:
        (vocabulary, dimensions) float32 with BERT's usual spread; pieces never seen get small random vectors.
    """
    counts = cooccurrences(pieces, vocabulary=vocabulary)
    matrix = positive_pmi(counts)
    torch.manual_seed(seed)
    left, singular, _ = torch.svd_lowrank(matrix, q=dimensions + 16, niter=2)
    vectors = left[:, :dimensions] * singular[:dimensions].sqrt()
    vectors = pad(
        vectors, (0, dimensions - vectors.shape[1])
    )  # a vocabulary has no more components than pieces
    unseen = vectors.norm(dim=1) < 1e-6
    vectors = vectors * (SPREAD / vectors[~unseen].std())
    vectors[unseen] = torch.randn(int(unseen.sum()), dimensions) * SPREAD
    return vectors


def cooccurrences(pieces: np.ndarray, *, vocabulary: int) -> torch.Tensor:
    """Symmetric counts (vocabulary, vocabulary) of pieces within WINDOW, weighted 1 / distance."""
    counts = torch.zeros(vocabulary * vocabulary)
    for start in range(0, len(pieces), CHUNK):
        chunk = torch.from_numpy(np.asarray(pieces[start : start + CHUNK], dtype=np.int64))
        for distance in range(1, WINDOW + 1):
            cells = chunk[:-distance] * vocabulary + chunk[distance:]
            counts.scatter_add_(0, cells, torch.full((len(cells),), 1.0 / distance))
    counts = counts.view(vocabulary, vocabulary)
    return counts + counts.T


def positive_pmi(counts: torch.Tensor) -> torch.Tensor:
    """max(0, log p(word, context) / p(word) p(context)), the context's share smoothed; overwrites counts."""
    words = counts.sum(dim=1)
    contexts = words**SMOOTHING
    contexts /= contexts.sum()
    counts /= words.clamp(min=1e-9)[:, None]
    counts /= contexts.clamp(min=1e-12)[None, :]
    return counts.clamp_(min=1.0).log_()
