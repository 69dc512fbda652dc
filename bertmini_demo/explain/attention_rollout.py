"""Attention rollout: how much of each input token each output token is made of, if attention were all that mixes them.

Functions of arrays, in numpy. Rows are queries (the position that attends), columns are keys (the position attended
to).
"""

import numpy as np


def mixing_matrices(attentions: np.ndarray) -> np.ndarray:
    """How each layer mixes positions: half the residual connection, half the mean of the layer's heads.

    Paper: Abnar and Zuidema 2020, "Quantifying attention flow in transformers", https://arxiv.org/abs/2005.00928

    Args:
        attentions: (layers, heads, tokens, tokens), rows sum to 1.

    Returns:
        (layers, tokens, tokens) float64 from 0 to 1; rows sum to 1.
    """
    mixing = 0.5 * attentions.mean(axis=1, dtype=np.float64) + 0.5 * np.eye(attentions.shape[-1])
    return mixing / mixing.sum(axis=-1, keepdims=True)


def rollout(attentions: np.ndarray) -> np.ndarray:
    """The product of the layers' mixing matrices, up to each layer (Abnar and Zuidema 2020).

    It ignores values, layer norms and feed-forward parts.

    Args:
        attentions: (layers, heads, tokens, tokens).

    Returns:
        (layers, tokens, tokens): entry ``[l]`` leads from the embeddings to the output of layer ``l``, so ``[-1]``
        covers the whole network. From 0 to 1; rows sum to 1.
    """
    return compose(mixing_matrices(attentions))


def compose(mixing: np.ndarray) -> np.ndarray:
    """(layers, tokens, tokens) mixing of each layer -> the same shape, of all layers up to each; rows still sum to 1."""
    first, *others = mixing
    products = [first]
    for layer in others:
        products.append(layer @ products[-1])
    return np.stack(products)
