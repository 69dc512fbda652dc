"""One attention head, step by step: queries, keys and values, products, weights, and the vectors it contributes.

Computed from the trace and the weights, without running or hooking the network. Weights alone do not
say how much a position contributes: a large weight on a short vector contributes little (Kobayashi et al. 2020,
"Attention is not only a weight", https://arxiv.org/abs/2004.10102).
"""

from dataclasses import dataclass

import numpy as np
from torch import nn

from bertmini_demo.inference import NLIModel
from bertmini_demo.model.softmax import softmax
from bertmini_demo.results import Head, Trace, frozen


@dataclass(frozen=True, slots=True, eq=False)
class HeadReading:
    """Each step of one head on one pair, in float64. Rows are queries, columns are keys.

    Attributes:
        queries, keys: (tokens, head size).
        products: (tokens, tokens) the dot product q.k.
        scaled: (tokens, tokens) the same divided by the root of the head size.
        weights: (tokens, tokens) its softmax over the keys: the attention. Rows sum to 1.
        values: (tokens, hidden) f(x): a position's value vector, multiplied by the head's slice of the output
            projection. ``weights @ values``, added up over heads, with the projection's bias and the block's input,
            is the input of the layer norm after attention.
        norms: (tokens, tokens) the length of the weighted value, ||weight f(x)||; 0 or more.
    """

    queries: np.ndarray
    keys: np.ndarray
    products: np.ndarray
    scaled: np.ndarray
    weights: np.ndarray
    values: np.ndarray
    norms: np.ndarray

    @property
    def head_size(self) -> int:
        """Dimensions of a query, key or value vector."""
        return self.queries.shape[1]


def read_head(model: NLIModel, trace: Trace, head: Head) -> HeadReading:
    """The steps of one head on one pair.

    Args:
        trace: of the same model.
    """
    block = model.network.bert.encoder.layer[head.layer].attention
    size = model.hidden // model.heads
    slice_of_head = slice(head.head * size, (head.head + 1) * size)
    states = trace.hidden_states[head.layer].astype(np.float64)  # (tokens, hidden): what this layer reads

    def project(projection: nn.Linear) -> np.ndarray:  # (tokens, head size)
        return states @ numbers(projection.weight)[slice_of_head].T + numbers(projection.bias)[slice_of_head]

    queries, keys = project(block.self.query), project(block.self.key)
    values = project(block.self.value) @ numbers(block.output.dense.weight)[:, slice_of_head].T
    products = queries @ keys.T
    scaled = products / np.sqrt(size)
    weights = softmax(scaled)
    return HeadReading(
        queries=frozen(queries),
        keys=frozen(keys),
        products=frozen(products),
        scaled=frozen(scaled),
        weights=frozen(weights),
        values=frozen(values),
        norms=frozen(weights * np.linalg.norm(values, axis=-1)),
    )


def numbers(parameter: nn.Parameter) -> np.ndarray:
    """A weight as a new float64 array."""
    return parameter.detach().numpy().astype(np.float64)
