"""The ways into chosen positions, layer by layer: how much each position takes in from each other one.

Functions of arrays, in numpy. Rows are queries (the position that takes in) and columns are keys.
"""

from collections.abc import Sequence

import numpy as np

MEAN, ROLLOUT, HEAD = "mean", "rollout", "head"
PATHS = (MEAN, ROLLOUT, HEAD)


def starting_at(positions: Sequence[int], tokens: int) -> np.ndarray:
    """(tokens,) the same share on each of the positions, nothing elsewhere; it sums to 1."""
    start = np.zeros(tokens)
    start[list(positions)] = 1 / len(positions)
    return start


def path(
    attentions: np.ndarray, start: np.ndarray, *, kind: str, head: tuple[int, int] | None = None
) -> np.ndarray:
    """The weights of the lines that lead into where we start, one matrix a layer.

    "rollout" follows the lines back through all layers (:func:`rolled_out`). "mean" and "head" look at the starting
    positions only, in each layer anew: where they look in the mean of all heads, or in one head of one layer.

    Args:
        attentions: (layers, heads, tokens, tokens).
        start: (tokens,) shares that sum to 1, see :func:`starting_at`.
        head: (layer, head), counted from 0, for "head": the other layers have no lines.

    Returns:
        (layers, query tokens, key tokens) from 0 to 1; each layer that has lines sums to 1.

    Raises:
        ValueError: a kind that is not in ``PATHS``.
    """
    if kind == ROLLOUT:
        return rolled_out(attentions, start)
    looked = start[:, None] * attentions.mean(axis=1, dtype=np.float64)
    if kind == MEAN:
        return looked
    if kind == HEAD:
        layer, number = head
        alone = np.zeros_like(looked)
        alone[layer] = start[:, None] * attentions[layer, number]
        return alone
    raise ValueError(f"no path is called {kind!r}; choose one of {', '.join(PATHS)}")


def rolled_out(attentions: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Attention rollout (Abnar & Zuidema 2020, https://arxiv.org/abs/2005.00928) as a flow, from the last layer back.

    What reaches a position in one layer is split among the positions it takes in one layer below: half of it comes
    from the position itself, past the heads, half by the mean of the heads' attention. The lines out of the
    first layer's keys add up to the rows of rollout.

    Returns:
        (layers, query tokens, key tokens): each layer sums to 1.
    """
    mixing = 0.5 * attentions.mean(axis=1, dtype=np.float64) + 0.5 * np.eye(attentions.shape[-1])
    mixing /= mixing.sum(axis=-1, keepdims=True)
    lines, reached = [], start
    for layer in mixing[::-1]:
        lines.append(reached[:, None] * layer)
        reached = lines[-1].sum(axis=0)
    return np.stack(lines[::-1])
