"""Rank correlations: how far two rankings of the same things agree.

Functions of arrays, in numpy.
"""

import numpy as np


def kendall(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-b: the share of pairs that two rankings order the same way, minus the share they order oppositely.

    From -1 (reversed) over 0 (unrelated) to 1 (the same order). Ties count for neither.

    Paper: Kendall 1945, "The treatment of ties in ranking problems", https://doi.org/10.1093/biomet/33.3.239

    Args:
        one, other: (n,).

    Returns:
        NaN if either has nothing but ties.
    """
    signs, others = (np.sign(np.subtract.outer(values, values)) for values in (one, other))
    untied = np.count_nonzero(signs) * np.count_nonzero(others)
    return float((signs * others).sum() / np.sqrt(untied)) if untied else np.nan


def chance_spread(count: int) -> float:
    """The standard deviation of Kendall's tau between two unrelated orders of ``count`` things, at least two.

    Paper: Kendall 1938, "A new measure of rank correlation", https://doi.org/10.1093/biomet/30.1-2.81
    """
    return float(np.sqrt(2 * (2 * count + 5) / (9 * count * (count - 1))))


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation, from -1 to 1; equal values share their mean rank.

    Paper: Spearman 1904, "The proof and measurement of association between two things",
    https://doi.org/10.2307/1412159

    Args:
        one, other: (n,).

    Returns:
        NaN if either has nothing but ties.
    """
    ranks = [mean_ranks(values) for values in (one, other)]
    if any(np.ptp(rank) == 0 for rank in ranks):
        return np.nan
    return float(np.corrcoef(*ranks)[0, 1])


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """(n,) values -> (n,) ranks from 1; equal values share the mean of theirs."""
    below = (values[None] < values[:, None]).sum(axis=1)
    equal = (values[None] == values[:, None]).sum(axis=1)
    return below + (equal + 1) / 2
