"""From which positions chosen positions read, layer by layer.

Functions of arrays, in numpy. Rows are queries (the position that reads), columns are keys.
"""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.explain.attention_rollout import mixing_matrices
from bertmini_demo.results import Head

MEAN, ROLLOUT, HEAD = "mean", "rollout", "head"
FLOWS = (MEAN, ROLLOUT, HEAD)


def start_shares(positions: Sequence[int], tokens: int) -> np.ndarray:
    """(tokens,) an equal share on each of the positions, 0 elsewhere; it sums to 1."""
    shares = np.zeros(tokens)
    shares[list(positions)] = 1 / len(positions)
    return shares


def attention_flow(
    attentions: np.ndarray, start: np.ndarray, *, kind: str, head: Head | None = None
) -> np.ndarray:
    """The weights of the lines that lead into the starting positions, one matrix a layer.

    "rollout" follows the lines back through all layers (:func:`rollout_flow`). "mean" and "head" show the starting
    positions' own attention in each layer: the mean of its heads, or one head of one layer.

    Args:
        attentions: (layers, heads, tokens, tokens).
        start: (tokens,) shares that sum to 1, see :func:`start_shares`.
        kind: one of ``FLOWS``.
        head: for "head"; the other layers have no lines.

    Returns:
        (layers, query tokens, key tokens) from 0 to 1; each layer that has lines sums to 1.

    Raises:
        ValueError: a kind that is not in ``FLOWS``.
    """
    if kind == ROLLOUT:
        return rollout_flow(attentions, start)
    mean = start[:, None] * attentions.mean(axis=1, dtype=np.float64)
    if kind == MEAN:
        return mean
    if kind == HEAD:
        lines = np.zeros_like(mean)
        lines[head.layer] = start[:, None] * attentions[head]
        return lines
    raise ValueError(f"There is no flow {kind!r}. Choose one of: {', '.join(FLOWS)}.")


def rollout_flow(attentions: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Attention rollout (Abnar and Zuidema 2020, https://arxiv.org/abs/2005.00928) as a flow, from the last layer back.

    The columns of the first layer add up to the rows of rollout.

    Returns:
        (layers, query tokens, key tokens): each layer sums to 1.
    """
    return mixing_flow(mixing_matrices(attentions), start)


def mixing_flow(mixing: np.ndarray, start: np.ndarray) -> np.ndarray:
    """What reaches the starting positions, followed back: in each layer split among the positions that are mixed there.

    Args:
        mixing: (layers, tokens, tokens), rows sum to 1: of attention, or by value zeroing.
        start: (tokens,) shares that sum to 1.

    Returns:
        (layers, query tokens, key tokens): each layer sums to 1.
    """
    lines, reached = [], start
    for layer in mixing[::-1]:
        lines.append(reached[:, None] * layer)
        reached = lines[-1].sum(axis=0)
    return np.stack(lines[::-1])
