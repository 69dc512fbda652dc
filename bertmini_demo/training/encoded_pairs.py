"""Labelled pairs as rows of word pieces, as a classifier reads them."""

from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS


class EncodedPairs(Dataset):
    """Labelled pairs as word pieces, tokenised once.

    A row's label is its place in LABELS; where any of the pairs tells probabilities, it is three shares.
    """

    def __init__(self, pairs: list[Pair], tokenizer: PreTrainedTokenizerBase, *, length: int) -> None:
        encoded = tokenizer(
            [pair.premise for pair in pairs],
            [pair.hypothesis for pair in pairs],
            truncation="longest_first",
            max_length=length,
        )
        self.lengths = [len(ids) for ids in encoded["input_ids"]]
        self.graded = any(pair.probabilities for pair in pairs)
        self.rows = [
            {
                "input_ids": ids,
                "token_type_ids": types,
                "attention_mask": mask,
                "labels": shares(pair) if self.graded else LABELS.index(pair.label),
            }
            for ids, types, mask, pair in zip(
                encoded["input_ids"], encoded["token_type_ids"], encoded["attention_mask"], pairs, strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, list[int] | list[float] | int]:
        return self.rows[index]


def shares(pair: Pair) -> list[float]:
    """The probabilities that a pair tells, in the order of LABELS; else all of it for its label."""
    return list(pair.probabilities or (float(label == pair.label) for label in LABELS))
