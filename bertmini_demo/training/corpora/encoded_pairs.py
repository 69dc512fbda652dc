"""Sentence pairs as rows of word pieces, as a classifier reads them."""

from collections.abc import Sequence

import numpy as np
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS


class EncodedPairs(Dataset):
    """Pairs as word pieces, tokenised once, each with the target it is trained towards.

    Args:
        length: most word pieces of a pair, special tokens included; the longer sentence is cut first.
        targets: (pairs, ...) what a loss receives as the labels; None for each label's place in LABELS.

    Attributes:
        lengths: word pieces of each pair, special tokens included.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        tokenizer: PreTrainedTokenizerBase,
        *,
        length: int,
        targets: np.ndarray | None = None,
    ) -> None:
        encoded = tokenizer(
            [pair.premise for pair in pairs],
            [pair.hypothesis for pair in pairs],
            truncation="longest_first",
            max_length=length,
            return_attention_mask=False,
        )
        self.ids = [np.array(ids, dtype=np.int32) for ids in encoded["input_ids"]]
        self.second = [types.index(1) for types in encoded["token_type_ids"]]  # where the hypothesis begins
        self.lengths = [len(ids) for ids in self.ids]
        self.targets = [LABELS.index(pair.label) for pair in pairs] if targets is None else targets

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> dict:
        length, second = self.lengths[index], self.second[index]
        target = self.targets[index]
        return {
            "input_ids": self.ids[index].tolist(),
            "token_type_ids": [0] * second + [1] * (length - second),
            "attention_mask": [1] * length,
            "labels": target.tolist() if isinstance(target, np.ndarray) else target,
        }
