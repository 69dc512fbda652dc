"""Unlabelled pairs made from labelled ones, for a teacher to judge and a student to learn from.

Turc et al. 2019 (https://arxiv.org/abs/1908.08962) distil on unlabelled text of the task's domain; Jiao et al. 2020
(TinyBERT, https://arxiv.org/abs/1909.10351) replace words by a masked-language model's guesses. Small changes of a
hypothesis ask the teacher where its boundaries are.
"""

import argparse
import random
import re
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor
from tqdm import tqdm
from transformers import BertForMaskedLM, PreTrainedTokenizerBase

from bertmini_demo.explain.counterfactuals.negation import with_negation, without_negation
from bertmini_demo.training.option_types import integer

SentencePair = tuple[str, str]  # premise, hypothesis

SIBLINGS = 2  # other hypotheses of its premise that each hypothesis is paired with
BATCH = 128  # pairs in one forward pass of the language model
GUESSES = 12  # most probable words, among which a replacement is drawn
WORD = re.compile(r"[A-Za-z]{2,}")


def add_related_arguments(parser: argparse._ActionsContainer) -> None:
    """The options that ask for related pairs."""
    parser.add_argument(
        "--related", type=integer(0), default=0, help="unlabelled pairs made from the given ones (default: 0)"
    )
    parser.add_argument("--language-model", help="masked-language model that replaces words in related pairs")


def related_pairs(
    pairs: Sequence[SentencePair], replaced: Iterable[SentencePair] = (), *, limit: int | None = None
) -> list[SentencePair]:
    """Distinct new pairs: swapped, siblings, negated, and ``replaced``; if more than ``limit``, a random sample."""
    known, result = set(pairs), []
    for pair in (*swapped(pairs), *siblings(pairs), *negated(pairs), *replaced):
        if pair not in known:
            known.add(pair)
            result.append(pair)
    if limit is not None and len(result) > limit:
        result = [result[index] for index in sorted(random.Random(0).sample(range(len(result)), limit))]
    return result


def swapped(pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
    """Each hypothesis as the premise of its own premise."""
    return ((hypothesis, premise) for premise, hypothesis in pairs)


def siblings(pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
    """Each hypothesis as the premise of the next SIBLINGS hypotheses that were written for the same premise."""
    families: dict[str, list[str]] = {}
    for premise, hypothesis in pairs:
        families.setdefault(premise, []).append(hypothesis)
    for family in families.values():
        for place, hypothesis in enumerate(family):
            for step in range(1, min(SIBLINGS, len(family) - 1) + 1):
                other = family[(place + step) % len(family)]
                if other != hypothesis:
                    yield hypothesis, other


def negated(pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
    """Each pair whose hypothesis can be negated, or freed of its negation, by rule."""
    for premise, hypothesis in pairs:
        if edit := with_negation(hypothesis):
            yield premise, edit.text
        elif edits := without_negation(hypothesis):
            yield premise, edits[0].text


@torch.inference_mode()
def with_replaced_words(
    pairs: Sequence[SentencePair],
    network: BertForMaskedLM,
    tokenizer: PreTrainedTokenizerBase,
    *,
    length: int = 128,
    seed: int = 0,
) -> list[SentencePair]:
    """Each pair with one word of its hypothesis, drawn at random, replaced by the language model's guess.

    The model reads the premise with the masked hypothesis. The replacement is drawn, by its probability, from the
    GUESSES most probable whole words other than the original. Pairs without a word to replace are left out.
    """
    draw = random.Random(seed)
    torch.manual_seed(seed)
    gaps = [(pair, draw.choice(words)) for pair in pairs if (words := list(WORD.finditer(pair[1])))]
    gaps.sort(key=lambda gap: len(gap[0][0]) + len(gap[0][1]))
    whole_words = torch.tensor([bool(WORD.fullmatch(piece)) for piece in pieces_in_order(tokenizer)])
    result = []
    for start in tqdm(range(0, len(gaps), BATCH), desc="replaced words", unit=" batches"):
        chunk = gaps[start : start + BATCH]
        inputs = tokenizer(
            [premise for (premise, _), _ in chunk],
            [replace(hypothesis, word, tokenizer.mask_token) for (_, hypothesis), word in chunk],
            truncation="longest_first",
            max_length=length,
            padding=True,
            return_tensors="pt",
        )
        rows, columns = (inputs["input_ids"] == tokenizer.mask_token_id).nonzero(as_tuple=True)
        hidden = network.bert(**inputs.to(network.device))[0]
        logits = network.cls(hidden[rows, columns]).float().cpu()  # (gaps not cut off, vocabulary)
        logits[:, ~whole_words] = -torch.inf
        for row, scores in zip(rows.tolist(), logits, strict=True):
            (premise, hypothesis), word = chunk[row]
            guess = drawn(scores, tokenizer, original=word.group().lower())
            result.append((premise, replace(hypothesis, word, guess)))
    return result


def pieces_in_order(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The vocabulary in the order of its ids."""
    return tokenizer.convert_ids_to_tokens(range(len(tokenizer)))


def replace(text: str, word: re.Match[str], new: str) -> str:
    """The text with a word replaced, capitalised where the word was."""
    new = new.capitalize() if word.group()[0].isupper() and new.isalpha() else new
    return text[: word.start()] + new + text[word.end() :]


def drawn(scores: Tensor, tokenizer: PreTrainedTokenizerBase, *, original: str) -> str:
    """A random word by its probability among the GUESSES most probable ones; ``scores``: (vocabulary,) logits."""
    scores[tokenizer.convert_tokens_to_ids(original)] = -torch.inf
    top = scores.topk(GUESSES)
    return tokenizer.convert_ids_to_tokens(int(top.indices[torch.multinomial(top.values.softmax(0), 1)]))
