"""Self-attention relations of MiniLMv2 (Wang et al. 2021, https://arxiv.org/abs/2012.15828).

The scaled products of a layer's queries with each other, cut into relation heads, give each token a distribution over the
tokens; so do its keys and its values. A student learns the teacher's distributions. Both must read the same tokens; their
widths may differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn.functional import kl_div
from transformers.models.bert.modeling_bert import BertLayer

PROJECTIONS = ("query", "key", "value")


@contextmanager
def captured_projections(layer: BertLayer) -> Iterator[dict[str, Tensor]]:
    """Collects a layer's queries, keys and values, each (batch, tokens, hidden), from the forward pass inside."""
    captured: dict[str, Tensor] = {}
    attention = layer.attention.self
    handles = [
        getattr(attention, name).register_forward_hook(
            lambda _module, _inputs, output, name=name: captured.__setitem__(name, output)
        )
        for name in PROJECTIONS
    ]
    try:
        yield captured
    finally:
        for handle in handles:
            handle.remove()


def relation_loss(
    student: dict[str, Tensor], teacher: dict[str, Tensor], attention_mask: Tensor, *, heads: int
) -> Tensor:
    """KL(teacher ‖ student) in nats, the mean over relation heads and tokens, summed over queries, keys and values.

    Args:
        student, teacher: query, key and value, each (batch, tokens, hidden); the hidden sizes may differ.
        attention_mask: (batch, tokens), 0 at padding, which neither relates nor is related to.
        heads: relation heads; they divide both hidden sizes.
    """
    real = attention_mask.bool()
    total = torch.zeros((), device=attention_mask.device)
    for name in PROJECTIONS:
        mine = log_relations(student[name], real, heads=heads)
        theirs = log_relations(teacher[name], real, heads=heads)
        divergence = kl_div(mine, theirs, reduction="none", log_target=True).sum(-1)  # (batch, heads, tokens)
        total = total + divergence.transpose(1, 2)[real].mean()
    return total


def log_relations(vectors: Tensor, real: Tensor, *, heads: int) -> Tensor:
    """(batch, heads, tokens, tokens) log-probabilities; each row is one token's relation to all tokens.

    Padding gets a finite, vanishing share, so that its divergence is 0 rather than not a number.
    """
    split = (
        vectors.float().unflatten(-1, (heads, -1)).transpose(1, 2)
    )  # (batch, heads, tokens, hidden / heads)
    scores = split @ split.transpose(-1, -2) / split.shape[-1] ** 0.5
    return scores.masked_fill(~real[:, None, None, :], -1e4).log_softmax(-1)
