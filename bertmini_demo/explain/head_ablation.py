"""What the model would say with something in it changed: heads switched off, layers read early.

The shared network is never hooked or changed: its own parts are called one after another, with a gate between each
head and what the layer does with it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bertmini_demo.inference import NLIModel
from bertmini_demo.results import EncodedPair, Trace, frozen

PIECES_AT_ONCE = 2048  # word pieces in one forward pass, which bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class HeadEffects:
    """What a model says to one pair with each of its heads alone switched off. Labels are in the order of ``labels``.

    Attributes:
        all_on: (labels,) probabilities of the model as it is.
        one_off: (layers, heads, labels) probabilities with that head alone off.
        all_off: (labels,) probabilities with every head off.
    """

    labels: tuple[str, ...]
    all_on: np.ndarray
    one_off: np.ndarray
    all_off: np.ndarray

    def changes(self, label: str) -> np.ndarray:
        """(layers, heads) what switching that head off does to a label's probability, from -1 to 1."""
        place = self.labels.index(label)
        return self.one_off[..., place] - self.all_on[place]


def head_effects(model: NLIModel, pair: EncodedPair) -> HeadEffects:
    """Each head's effect alone, from one batch of layers x heads + 2 copies of the pair.

    The effect of two heads off is not the sum of their effects: one may stand in for the other (Michel, Levy, Neubig
    2019, https://arxiv.org/abs/1905.10650, switch heads off in this way).
    """
    layers, heads = model.layers, model.heads
    each = 1 - np.eye(layers * heads, dtype=np.float32).reshape(-1, layers, heads)
    ends = np.stack([np.ones_like(each[0]), np.zeros_like(each[0])])
    all_on, all_off, *one_off = run_gated(model, pair, np.concatenate([ends, each]))
    return HeadEffects(
        labels=model.labels,
        all_on=frozen(all_on),
        one_off=frozen(np.reshape(one_off, (layers, heads, -1))),
        all_off=frozen(all_off),
    )


def switch_off(model: NLIModel, pair: EncodedPair, *, heads: Collection[tuple[int, int]]) -> dict[str, float]:
    """Label to probability with any heads off, each given as (layer, head)."""
    gates = np.ones((1, model.layers, model.heads), dtype=np.float32)
    for layer, head in heads:
        gates[0, layer, head] = 0
    return dict(zip(model.labels, run_gated(model, pair, gates)[0].tolist(), strict=True))


def run_gated(model: NLIModel, pair: EncodedPair, gates: np.ndarray) -> np.ndarray:
    """The probabilities of one pair, each row with the output of every head multiplied by a gate of its own.

    A head's output is its slice of the context: the values it gathered, weighted by attention, just before the
    layer's output projection. With gate 0 the slice is zero, exactly; the projection's bias, the residual connection
    and the feed-forward part stay, and so does the attention of all other heads in that layer. Later layers see
    what comes of it.

    Args:
        gates: (rows, layers, heads), 1 for a head that is on, 0 for one that is off.

    Returns:
        (rows, labels) from 0 to 1, rows sum to 1; labels in the order of ``model.labels``.
    """
    rows = max(1, PIECES_AT_ONCE // len(pair.tokens))
    with torch.inference_mode():
        embedded = model.network.bert.embeddings(
            torch.tensor(pair.input_ids)[None], token_type_ids=torch.tensor(pair.segments)[None]
        )  # (1, tokens, hidden)
        found = [_last_states(model, embedded, chunk) for chunk in torch.tensor(gates).split(rows)]
        return _read(model, torch.cat(found))


def _last_states(model: NLIModel, embedded: Tensor, gates: Tensor) -> Tensor:
    """(rows, layers, heads) gates -> (rows, 1, hidden), the last layer's state of [CLS]."""
    states = embedded.expand(len(gates), -1, -1)
    for layer, gate in zip(model.network.bert.encoder.layer, gates.unbind(dim=1), strict=True):
        context, _ = layer.attention.self(states)  # (rows, tokens, hidden), the heads' outputs side by side
        heads = context.unflatten(-1, (model.heads, -1)) * gate[:, None, :, None]
        states = layer.feed_forward_chunk(layer.attention.output(heads.flatten(2), states))
    return states[:, :1]


def read_early(model: NLIModel, trace: Trace) -> np.ndarray:
    """The probabilities, were the model to stop after each layer: pooler and classifier applied to its [CLS].

    An approximation: both were trained on the last layer's output only. The same reading of language models is
    known as the logit lens (Belrose et al. 2023, https://arxiv.org/abs/2303.08112, say how far to trust it).

    Returns:
        (layers + 1, labels) from 0 to 1, rows sum to 1; labels in the order of ``model.labels``. Row 0 reads the
        embeddings, the last row is the verdict.
    """
    with torch.inference_mode():
        return frozen(_read(model, torch.tensor(trace.hidden_states)))


def _read(model: NLIModel, states: Tensor) -> np.ndarray:
    """(rows, tokens, hidden) states -> (rows, labels) probabilities, by the pooler and the classifier."""
    logits = model.network.classifier(model.network.bert.pooler(states))
    places = [model.output_labels.index(label) for label in model.labels]
    return torch.softmax(logits.double(), dim=-1).numpy()[:, places]
