"""How words change from layer to layer: states of whole words, a plane to draw them in, and how similar they stay.

Functions of arrays, in numpy. A depth is a place between layers: depth 0 holds the embeddings, depth ``l`` the
output of layer ``l``, counted from 1. From depth 1 on a word's state is a mixture of all words of the pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The directions of largest variance of a set of states.

    Attributes:
        centre: (hidden,) the mean of the states.
        axes: (dimensions, hidden) of length 1, orthogonal, by falling variance.
        shares: (dimensions,) of the states' variance that lies along each axis, from 0 to 1.
    """

    centre: np.ndarray
    axes: np.ndarray
    shares: np.ndarray

    def project(self, states: np.ndarray) -> np.ndarray:
        """(..., hidden) -> (..., dimensions): coordinates of states along the axes, relative to the centre."""
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

    These are the first principal components (Pearson 1901). The sign of an axis is arbitrary: its entry
    of largest size is made positive, so that neither the order of the states nor a second computation changes it.

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
    """(depths - 1, words) Euclidean distance of each word's state between one depth and the next, in all dimensions."""
    return np.linalg.norm(np.diff(states, axis=0), axis=-1)


def cosine(states: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Cosine similarity, from -1 (opposite directions) over 0 (orthogonal) to 1 (the same direction); (...).

    Args:
        states, others: (..., hidden), of shapes that broadcast.
    """
    products = np.einsum("...h,...h->...", states, others)
    return products / (np.linalg.norm(states, axis=-1) * np.linalg.norm(others, axis=-1))


def between_words(states: np.ndarray) -> np.ndarray:
    """The mean cosine between two different words at each depth, to compare other similarities with.

    States of deep layers share a direction, so that any two are somewhat similar (Ethayarajh 2019,
    https://arxiv.org/abs/1909.00512); a cosine means something only in comparison with this one.

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
