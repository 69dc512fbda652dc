"""Shapley values of the words of a short pair, exactly: from the output for every subset of the words."""

import math

import torch
from torch import Tensor

from bertmini_demo.explain.methods.attribution_target import AttributionTarget

MAX_EXACT_WORDS = 10  # 1,024 subsets; each word more doubles them


@torch.no_grad()
def exact_shapley(target: AttributionTarget) -> tuple[Tensor, int]:
    """Each word's change of the output, averaged over all orders in which the words can join.

    Paper: Shapley 1953, "A value for n-person games", https://doi.org/10.1515/9781400881970-018

    Returns:
        (words,) values in logits, which add up to F(x) - F(x'), and the number of subsets, 2 ** words.
    """
    words = len(target.members)
    subsets = torch.arange(2**words)
    present = (subsets[:, None] >> torch.arange(words)) & 1  # (subsets, words)
    outputs = torch.cat(
        [target.output_of_words(rows) for rows in present.float().split(target.rows)]
    ).double()
    orders = [math.factorial(size) * math.factorial(words - size - 1) for size in range(words)]
    weights = torch.tensor(orders, dtype=torch.float64) / math.factorial(
        words
    )  # by the size of the subset joined
    values = []
    for word in range(words):
        joined = subsets[present[:, word] == 0]
        changes = outputs[joined + 2**word] - outputs[joined]
        values.append(weights[present[joined].sum(dim=1)] @ changes)
    return torch.stack(values).float(), len(subsets)
