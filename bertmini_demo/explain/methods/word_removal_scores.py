"""Scores of words from outputs without some of them: one word at a time, or in random orders.

Captum runs every ablation and permutation; it is imported when first used.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from bertmini_demo.explain.methods.attribution_target import AttributionTarget, PieceScores


def feature_ablation(target: AttributionTarget) -> Tensor:
    """For each word, the output for the pair minus the output with this word absent.

    Paper: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", https://arxiv.org/abs/1311.2901

    Returns:
        (tokens,) scores in logits, a word's split evenly among its pieces.
    """
    from captum.attr import FeatureAblation

    every_word = torch.ones(1, len(target.members))
    scores = FeatureAblation(target.output_of_words).attribute(every_word, perturbations_per_eval=target.rows)
    return target.split_among_pieces(scores[0])


def shapley_sampling(target: AttributionTarget, pairs: int, *, seed: int) -> PieceScores:
    """The change as a word joins those before it, averaged over random orders in which the words join.

    Each order's changes add up to F(x) - F(x'), and so do the scores: their sum says nothing about their error. Every
    order is also taken in reverse, where a word that came early comes late, so that much of the noise cancels. The
    standard error comes from the spread between such pairs of orders.

    Papers: Castro, Gómez, Tejada 2009, "Polynomial calculation of the Shapley value based on sampling",
    https://doi.org/10.1016/j.cor.2008.04.004; Mitchell, Cooper, Frank, Holmes 2022, "Sampling permutations for Shapley
    value estimation", https://arxiv.org/abs/2104.12199

    Args:
        pairs: of orders, 1 or more.

    Returns:
        Scores in logits, a word's split evenly among its pieces; no standard errors from a single pair.
    """
    from captum.attr import ShapleyValueSampling

    generator = torch.Generator().manual_seed(seed)
    explainer = ShapleyValueSampling(target.output_of_words)
    explainer.permutation_generator = partial(
        antithetic_permutations, generator=generator
    )  # not the global one
    every_word = torch.ones(1, len(target.members))
    drawn = torch.cat(
        [
            explainer.attribute(every_word, n_samples=2, perturbations_per_eval=target.rows)
            for _ in range(pairs)
        ]
    )  # (pairs, words)
    errors = drawn.std(dim=0) / pairs**0.5 if pairs > 1 else None
    return PieceScores(target.split_among_pieces(drawn.mean(dim=0)), 2 * pairs, errors)


def antithetic_permutations(words: int, count: int, *, generator: torch.Generator) -> Iterator[list[int]]:
    """``count`` orders of the words; every second one is the previous one reversed."""
    drawn = (torch.randperm(words, generator=generator).tolist() for _ in range(count))
    return islice((order for one in drawn for order in (one, one[::-1])), count)
