"""How words change from layer to layer: states of whole words, a plane to see them in, and how alike they stay.

Functions of arrays, in numpy. A depth is a place between layers: depth 0 holds the embeddings, depth ``l`` what
layer ``l``, counted from 1, puts out. From depth 1 on a word's state is a mixture of all words of the pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The directions along which a set of states spreads most.

    Attributes:
        centre: (hidden,) the mean of the states.
        axes: (dimensions, hidden) of length 1, at right angles, the widest first.
        shares: (dimensions,) of the states' variance that lies along each axis, from 0 to 1.
    """

    centre: np.ndarray
    axes: np.ndarray
    shares: np.ndarray

    def project(self, states: np.ndarray) -> np.ndarray:
        """(..., hidden) -> (..., dimensions): where states lie along the axes, seen from the centre."""
        return (states - self.centre) @ self.axes.T


def merge_states(states: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """States of words: the mean over the word pieces of each.

    Args:
        states: (depths, tokens, hidden).
        groups: positions of each word's pieces.

    Returns:
        (depths, words, hidden) float64.
    """
    return np.stack([states[:, list(group)].mean(axis=1, dtype=np.float64) for group in groups], axis=1)


def find_plane(states: np.ndarray, *, dimensions: int = 2) -> Plane:
    """The plane that keeps most of the variance of all states at all depths, by one singular value decomposition.

    These are the first principal components (Pearson 1901). An axis could as well point the other way: it is
    turned so that its entry of largest size is positive, which neither the order of the states nor a second
    computation changes.

    Args:
        states: (..., hidden), more than ``dimensions`` of them.
    """
    flat = states.reshape(-1, states.shape[-1]).astype(np.float64)
    centre = flat.mean(axis=0)
    _, sizes, axes = np.linalg.svd(flat - centre, full_matrices=False)
    variances = sizes**2
    axes = axes[:dimensions]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    plane = Plane(centre, axes * np.sign(largest), variances[:dimensions] / variances.sum())
    for array in (plane.centre, plane.axes, plane.shares):
        array.setflags(write=False)
    return plane


def shares_along(plane: Plane, states: np.ndarray) -> np.ndarray:
    """(dimensions,) of the variance of other states, about their own mean, along the axes of a plane."""
    flat = states.reshape(-1, states.shape[-1]).astype(np.float64)
    spread = flat - flat.mean(axis=0)
    return ((spread @ plane.axes.T) ** 2).sum(axis=0) / (spread**2).sum()


def steps(states: np.ndarray) -> np.ndarray:
    """(depths - 1, words): how far each word's state moves from one depth to the next, in all dimensions."""
    return np.linalg.norm(np.diff(states, axis=0), axis=-1)


def cosine(states: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How alike two directions are, from -1 (opposite) over 0 (at right angles) to 1 (the same).

    Args:
        states, others: (..., hidden), of shapes that fit each other.
    """
    products = np.einsum("...h,...h->...", states, others)
    return products / (np.linalg.norm(states, axis=-1) * np.linalg.norm(others, axis=-1))


def between_words(states: np.ndarray) -> np.ndarray:
    """The mean cosine between two different words, at each depth: what an ordinary similarity is there.

    States of deep layers share a direction, so that any two are somewhat alike (Ethayarajh 2019,
    https://arxiv.org/abs/1909.00512); a cosine says something only beside this one.

    Args:
        states: (depths, words, hidden), two words or more.

    Returns:
        (depths,) from -1 to 1.
    """
    words = states.shape[1]
    directions = states / np.linalg.norm(states, axis=-1, keepdims=True)
    total = (directions.sum(axis=1) ** 2).sum(axis=-1)  # of all pairs, each word with itself included
    return (total - words) / (words * (words - 1))


def settled_depth(probabilities: np.ndarray) -> int:
    """The first depth from which the most probable label is that of the last depth and stays so.

    Args:
        probabilities: (depths, labels).
    """
    labels = probabilities.argmax(axis=1)
    others = np.flatnonzero(labels != labels[-1])
    return int(others[-1]) + 1 if len(others) else 0
