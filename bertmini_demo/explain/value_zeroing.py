"""Value zeroing: how much each word piece contributes to each other one, by the change without its value vector.

Attention weights say how values are mixed. They leave out how long the values are, and what the residual connection,
the layer norms and the feed-forward part make of the mixture. Here a layer is computed again without one value vector,
and the change of its output is measured.

Paper: Mohebbi, Zuidema, Chrupała, Alishahi 2023, "Quantifying context mixing in transformers",
https://aclanthology.org/2023.eacl-main.245/
"""

import time

import numpy as np
import torch
from torch import Tensor
from transformers.models.bert.modeling_bert import BertLayer

from bertmini_demo.explain.attention_rollout import compose
from bertmini_demo.explain.word_scores import WordScores
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace, frozen

VALUE_ZEROING = "value_zeroing"
PIECES_AT_ONCE = 4096  # word pieces in one pass through a layer, which bounds the memory


def value_zeroing(model: NLIModel, premise: str, hypothesis: str, *, limit: int | None = None) -> np.ndarray:
    """How much each layer mixes each position into each other position.

    Args:
        limit: word pieces in all.

    Returns:
        (layers, tokens, tokens) float64 from 0 to 1, rows are the position whose state is computed, columns the
        position whose value is zeroed; rows sum to 1.

    Raises:
        InputError: see :meth:`NLIModel.encode`.
    """
    return mixing_by_values(model, model.trace(premise, hypothesis, limit=limit))


def mixing_by_values(model: NLIModel, trace: Trace) -> np.ndarray:
    """Value zeroing from a trace: (layers, tokens, tokens), rows sum to 1.

    In each layer, with the layer's own input, the value vector of one position is set to zero in all heads; attention
    weights stay. The entry is the cosine distance between a position's output with and without it, and each row is
    divided by its sum.
    """
    with torch.inference_mode():
        distances = [
            _distances(layer, torch.tensor(states), torch.tensor(weights))
            for layer, states, weights in zip(
                model.network.bert.encoder.layer, trace.hidden_states[:-1], trace.attentions, strict=True
            )
        ]
    mixing = torch.stack(distances).numpy()
    total = mixing.sum(axis=-1, keepdims=True)
    itself = np.broadcast_to(np.eye(mixing.shape[-1]), mixing.shape).copy()  # where no value changes anything
    return frozen(np.divide(mixing, total, out=itself, where=total > 0))


def value_zeroing_scores(model: NLIModel, trace: Trace) -> WordScores:
    """How much each word contributes to the last state of [CLS], which the classifier reads: the product of all layers.

    As in the paper, nothing is added for the residual connection, which the distances already contain. It
    depends on no label: it says what [CLS] is made of, not which label that supports.

    Returns:
        method "value_zeroing", unsigned shares; with those of the special tokens they sum to 1.
    """
    started = time.perf_counter()
    row = compose(mixing_by_values(model, trace))[-1, 0]
    return WordScores(
        method=VALUE_ZEROING,
        scores=frozen(np.array([row[list(word.positions)].sum() for word in trace.pair.words])),
        signed=False,
        seconds=time.perf_counter() - started,
    )


def _distances(layer: BertLayer, states: Tensor, weights: Tensor) -> Tensor:
    """(tokens, tokens) float64 cosine distances of each output from that without one position's value.

    Args:
        states: (tokens, hidden) the layer's input.
        weights: (heads, tokens, tokens) its attention.
    """
    tokens = len(states)
    heads = weights.shape[0]
    values = layer.attention.self.value(states).unflatten(-1, (heads, -1)).transpose(0, 1)
    full = _output(layer, states, (weights @ values)[None])  # (1, tokens, hidden)
    columns = []
    for zeroed in torch.arange(tokens).split(max(1, PIECES_AT_ONCE // tokens)):
        left = weights.repeat(len(zeroed), 1, 1, 1)  # (rows, heads, tokens, tokens)
        left[torch.arange(len(zeroed)), :, :, zeroed] = 0  # a weight of 0 does what a value of 0 does
        columns.append(_cosine_distance(_output(layer, states, left @ values), full))
    return torch.cat(columns).T


def _output(layer: BertLayer, states: Tensor, context: Tensor) -> Tensor:
    """(rows, heads, tokens, head size) heads' outputs -> (rows, tokens, hidden) the layer's output."""
    joined = context.transpose(1, 2).flatten(2)
    return layer.feed_forward_chunk(layer.attention.output(joined, states.expand(len(joined), -1, -1)))


def _cosine_distance(one: Tensor, other: Tensor) -> Tensor:
    """Half the squared distance of unit vectors, which is 1 minus their cosine and loses no digits near 0."""
    one, other = (torch.nn.functional.normalize(vectors.double(), dim=-1) for vectors in (one, other))
    return (one - other).square().sum(dim=-1) / 2
