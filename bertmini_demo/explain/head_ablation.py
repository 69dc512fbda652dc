"""What the model predicts with attention heads switched off: their output set to zero, or to its mean.

Zero is a value that later layers hardly ever met in training; the mean over many pairs is one that carries nothing of
this pair (Wang et al. 2023, https://arxiv.org/abs/2211.00593, section 2.1, ablate by the mean for this reason).

The shared network is never hooked or changed: its own modules are called one after another, with a gate between each
head and the layer's output projection.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bertmini_demo.explain.early_exit import classify_states
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import EncodedPair, Head, frozen

PIECES_PER_PASS = 2048  # word pieces in one forward pass, which bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class HeadEffects:
    """What a model predicts for one pair with each of its heads alone switched off.

    Attributes:
        labels: in the order of the arrays' last axis.
        all_on: (labels,) probabilities of the unchanged model.
        one_off: (layers, heads, labels) probabilities with that head alone off.
        all_off: (labels,) probabilities with every head off.
    """

    labels: tuple[str, ...]
    all_on: np.ndarray
    one_off: np.ndarray
    all_off: np.ndarray

    def changes(self, label: str) -> np.ndarray:
        """(layers, heads) the change of a label's probability when that head is switched off, from -1 to 1."""
        column = self.labels.index(label)
        return self.one_off[..., column] - self.all_on[column]


def head_effects(model: NLIModel, pair: EncodedPair, *, means: np.ndarray | None = None) -> HeadEffects:
    """Each head's effect alone, from one batch of layers x heads + 2 copies of the pair.

    The effect of two heads off is not the sum of their effects, since one can compensate for the other.

    Paper: Michel, Levy, Neubig 2019, "Are sixteen heads really better than one?", https://arxiv.org/abs/1905.10650

    Args:
        means: what a head puts out while it is off, see :func:`mean_head_outputs`; None for zero.
    """
    layers, heads = model.layers, model.heads
    each = 1 - np.eye(layers * heads, dtype=np.float32).reshape(-1, layers, heads)
    ends = np.stack([np.ones_like(each[0]), np.zeros_like(each[0])])
    all_on, all_off, *one_off = run_gated(model, pair, np.concatenate([ends, each]), means=means)
    return HeadEffects(
        labels=model.labels,
        all_on=frozen(all_on),
        one_off=frozen(np.reshape(one_off, (layers, heads, -1))),
        all_off=frozen(all_off),
    )


def switch_off(
    model: NLIModel, pair: EncodedPair, *, heads: Collection[Head], means: np.ndarray | None = None
) -> dict[str, float]:
    """Label to probability with these heads off; see :func:`head_effects` for ``means``."""
    gates = np.ones((1, model.layers, model.heads), dtype=np.float32)
    for layer, head in heads:
        gates[0, layer, head] = 0
    return dict(zip(model.labels, run_gated(model, pair, gates, means=means)[0].tolist(), strict=True))


def mean_head_outputs(model: NLIModel, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """The mean of each head's output over all positions of some pairs.

    Args:
        pairs: (premise, hypothesis) each, at least one.

    Returns:
        (layers, heads, head size) float32.

    Raises:
        InputError: see :meth:`NLIModel.encode`.
    """
    total, positions = torch.zeros(model.layers, model.hidden, dtype=torch.float64), 0
    for premise, hypothesis in pairs:
        pair = model.encode(premise, hypothesis)
        with torch.inference_mode():
            states = _embed(model, pair)
            for index, layer in enumerate(model.network.bert.encoder.layer):
                context, _ = layer.attention.self(states)
                states = layer.feed_forward_chunk(layer.attention.output(context, states))
                total[index] += context[0].double().sum(dim=0)
        positions += len(pair.tokens)
    return frozen((total / positions).float().numpy().reshape(model.layers, model.heads, -1))


def run_gated(
    model: NLIModel, pair: EncodedPair, gates: np.ndarray, *, means: np.ndarray | None = None
) -> np.ndarray:
    """The probabilities of one pair, in each row with every head's output multiplied by a gate.

    A head's output is its slice of the context: the values weighted by attention, just before the layer's output
    projection. Gate 0 makes the slice exactly zero; the projection's bias, the residual connection, the feed-forward
    part and the other heads' attention in that layer are unchanged. Later layers see the result.

    Args:
        gates: (rows, layers, heads), 1 for a head that is on, 0 for one that is off.
        means: (layers, heads, head size) put in at every position where the gate is 0, mixed in where it is between;
            None for zero.

    Returns:
        (rows, labels) from 0 to 1, rows sum to 1; labels in the order of ``model.labels``.
    """
    rows = max(1, PIECES_PER_PASS // len(pair.tokens))
    off = torch.zeros(model.layers, model.heads, 1) if means is None else torch.tensor(means)
    with torch.inference_mode():
        embedded = _embed(model, pair)  # (1, tokens, hidden)
        states = [_gated_states(model, embedded, chunk, off) for chunk in torch.tensor(gates).split(rows)]
        return classify_states(model, torch.cat(states))


def _embed(model: NLIModel, pair: EncodedPair) -> Tensor:
    return model.network.bert.embeddings(
        torch.tensor(pair.input_ids)[None], token_type_ids=torch.tensor(pair.segments)[None]
    )


def _gated_states(model: NLIModel, embedded: Tensor, gates: Tensor, off: Tensor) -> Tensor:
    """(rows, layers, heads) gates -> (rows, 1, hidden), the last layer's state of [CLS]."""
    states = embedded.expand(len(gates), -1, -1)
    for layer, gate, mean in zip(model.network.bert.encoder.layer, gates.unbind(dim=1), off, strict=True):
        context, _ = layer.attention.self(states)  # (rows, tokens, hidden), the heads' outputs side by side
        gate = gate[:, None, :, None]
        heads = context.unflatten(-1, (model.heads, -1)) * gate + mean * (1 - gate)
        states = layer.feed_forward_chunk(layer.attention.output(heads.flatten(2), states))
    return states[:, :1]
