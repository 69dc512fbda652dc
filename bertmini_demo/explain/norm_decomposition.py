"""What each part of the network adds to each word piece: embeddings, heads, feed-forward parts, and the pooled [CLS].

A block adds two vectors to a word piece's state: the output of attention, and the output of the feed-forward part.
After each addition the sum is normalised. Norms of such vectors say more than attention weights do, because a large
weight on a short vector contributes little (Kobayashi et al. 2020,
https://arxiv.org/abs/2004.10102); they still do not say what a vector means.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """The vectors added on the way through the network, for one pair; float32.

    Attributes:
        embeddings: (3, tokens, hidden) of the word piece, its position and its segment. Their sum, normalised, is
            ``hidden_states[0]``.
        carried: (layers, tokens, hidden) the residual connection past each attention part: ``hidden_states[:-1]``.
        heads: (layers, heads, tokens, hidden) each head's contribution to the output of attention.
        attention: (layers, tokens, hidden) what attention adds to ``carried``: its heads' contributions and a bias.
        middle: (layers, tokens, hidden) the sum of the two, normalised; the residual connection past the feed-forward part.
        feed_forward: (layers, tokens, hidden) what the feed-forward part adds to ``middle``.
        pooled: (hidden,) from -1 to 1, the pooler's output for the last state of [CLS]; the only input of the classifier.
    """

    embeddings: np.ndarray
    carried: np.ndarray
    heads: np.ndarray
    attention: np.ndarray
    middle: np.ndarray
    feed_forward: np.ndarray
    pooled: np.ndarray

    @property
    def attention_ratio(self) -> np.ndarray:
        """(layers, tokens) length of what attention adds over the length of what it is added to."""
        return lengths(self.attention) / lengths(self.carried)

    @property
    def feed_forward_ratio(self) -> np.ndarray:
        """(layers, tokens) length of what the feed-forward part adds over the length of what it is added to."""
        return lengths(self.feed_forward) / lengths(self.middle)

    @property
    def head_ratios(self) -> np.ndarray:
        """(layers, heads) the mean over tokens of a head's share, in length, over what attention is added to."""
        return (lengths(self.heads) / lengths(self.carried)[:, None]).mean(axis=-1)


def lengths(vectors: np.ndarray) -> np.ndarray:
    """(..., hidden) -> (...): Euclidean norms."""
    return np.linalg.norm(vectors, axis=-1)


def contributions(model: NLIModel, trace: Trace) -> Contributions:
    """Decomposes one forward pass, from its hidden states, its attention weights and the model's weights."""
    network = model.network.bert
    states = torch.tensor(trace.hidden_states)
    with torch.inference_mode():
        blocks = [
            decompose_layer(layer, states[index], torch.tensor(trace.attentions[index]))
            for index, layer in enumerate(network.encoder.layer)
        ]
        heads, attention, middle, feed_forward = map(torch.stack, zip(*blocks, strict=True))
        pooled = network.pooler(states[-1:])[0]
        embeddings = embedding_parts(network.embeddings, trace)
    return Contributions(
        embeddings=frozen(embeddings.numpy()),
        carried=trace.hidden_states[:-1],
        heads=frozen(heads.numpy()),
        attention=frozen(attention.numpy()),
        middle=frozen(middle.numpy()),
        feed_forward=frozen(feed_forward.numpy()),
        pooled=frozen(pooled.numpy()),
    )


def decompose_layer(
    layer: nn.Module, states: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """One block: its heads' contributions, the output of attention, the state in the middle, the output of the feed-forward
    part.

    Args:
        states: (tokens, hidden) the block's input.
        weights: (heads, tokens, tokens) attention.
    """
    heads, tokens = weights.shape[:2]
    mixing, output = layer.attention.self, layer.attention.output
    values = mixing.value(states).view(tokens, heads, -1).transpose(0, 1)  # (heads, tokens, head size)
    context = weights @ values  # (heads, query tokens, head size)
    slices = output.dense.weight.view(-1, heads, context.shape[-1])  # (hidden, heads, head size)
    shares = torch.einsum("hqd,ohd->hqo", context, slices)
    attention = shares.sum(dim=0) + output.dense.bias
    middle = output.LayerNorm(states + attention)
    return shares, attention, middle, layer.output.dense(layer.intermediate(middle))


def embedding_parts(embeddings: nn.Module, trace: Trace) -> torch.Tensor:
    """(3, tokens, hidden): rows of the tables of word pieces, positions and segments."""
    pair = trace.pair
    return torch.stack(
        [
            embeddings.word_embeddings(torch.tensor(pair.input_ids)),
            embeddings.position_embeddings(torch.arange(len(pair.tokens))),
            embeddings.token_type_embeddings(torch.tensor(pair.segments)),
        ]
    )
