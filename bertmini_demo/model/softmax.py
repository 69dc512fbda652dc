"""Logits to probabilities, in float64 and without overflow."""

import numpy as np


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities that sum to 1 along an axis; the same shape as ``logits``, in float64."""
    return np.exp(log_softmax(logits, axis))


def log_softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Natural logarithms of the probabilities; the same shape as ``logits``, in float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
