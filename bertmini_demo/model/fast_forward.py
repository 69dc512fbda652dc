"""The shortest way through BERT to a verdict: the last block is computed for [CLS] alone.

The classifier reads nothing but the last state of [CLS]. That state needs keys and values of all word pieces, but only
its own query and its own feed-forward part: in a network of four blocks this saves a fifth of the work, forwards and
backwards. No attention is returned either, so torch's fused attention can be used. The network's own modules are called
one after another; it is neither hooked nor changed.
"""

from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import BertForSequenceClassification
from transformers.models.bert.modeling_bert import BertLayer


def verdict_logits(
    network: BertForSequenceClassification,
    *,
    segments: Tensor,
    input_ids: Tensor | None = None,
    embeddings: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The logits of ``network(...)`` in evaluation mode, up to rounding.

    Args:
        segments: (rows, tokens) 0 for the premise, 1 for the hypothesis.
        input_ids: (rows, tokens) word pieces; or else
        embeddings: (rows, tokens, hidden) in place of their word embeddings.
        mask: (rows, tokens) 1 for a word piece, 0 for padding; None where there is none.

    Returns:
        (rows, labels) logits in the network's order.
    """
    states = network.bert.embeddings(input_ids=input_ids, token_type_ids=segments, inputs_embeds=embeddings)
    keys = None if mask is None else mask[:, None, None, :].bool()
    *blocks, last = network.bert.encoder.layer
    for block in blocks:
        states = run_block(block, states, states, keys)
    return network.classifier(network.bert.pooler(run_block(last, states[:, :1], states, keys)))


def run_block(block: BertLayer, queries: Tensor, states: Tensor, keys: Tensor | None) -> Tensor:
    """One block's new states of the query positions.

    Args:
        queries: (rows, queries, hidden) states of the query positions.
        states: (rows, tokens, hidden) states that are attended to.
        keys: (rows, 1, 1, tokens) true where a position may be attended to; None for everywhere.

    Returns:
        (rows, queries, hidden).
    """
    attention = block.attention.self

    def heads(values: Tensor) -> Tensor:  # (rows, tokens, hidden) -> (rows, heads, tokens, head size)
        return values.unflatten(-1, (attention.num_attention_heads, -1)).transpose(1, 2)

    context = scaled_dot_product_attention(
        heads(attention.query(queries)),
        heads(attention.key(states)),
        heads(attention.value(states)),
        attn_mask=keys,
    )
    attended = block.attention.output(context.transpose(1, 2).flatten(2), queries)
    return block.feed_forward_chunk(attended)
