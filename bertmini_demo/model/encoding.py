"""A sentence pair as the model reads it: checked, split into word pieces, cut at the limit, with notes on what was lost."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from tokenizers import Encoding
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedTokenizerBase

from bertmini_demo.errors import InputError
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, Word, frozen
from bertmini_demo.settings import MIN_WORD_PIECES, Settings

LETTER = r"(?:[^\W\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[\u0300-\u036f])"  # the tokenizer splits ideographs
TYPED_WORD = re.compile(
    rf"(?<!\w)(?:[^\W\d_]\.){{2,}}"  # U.S.
    rf"|[$€£¥]?\d+(?:[.,:/]\d+)*%?(?!['’-]?\w)"  # $1,234 3.5% 10:30
    rf"|{LETTER}+(?:['’-]{LETTER}+)*"  # can't well-known 20-year-old
)
MAX_NAMED = 5  # words or characters that a note lists
INVISIBLE = ("Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp")  # categories whose loss no reader would notice


class PairEncoder:
    """Turns two sentences into word pieces. Safe to call from many threads.

    Args:
        tokenizer: the model's own.
        positions: how many word pieces the model can read at most.
        settings: the limits in characters and word pieces.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, positions: int, settings: Settings) -> None:
        self.tokenizer, self.positions, self._settings = tokenizer, positions, settings
        self._backend = tokenizer.backend_tokenizer
        self._special = frozenset(tokenizer.all_special_tokens)

    def encode(
        self, premise: str, hypothesis: str, *, limit: int | None = None, empty_premise: bool = False
    ) -> EncodedPair:
        """[CLS] premise [SEP] hypothesis [SEP] in word pieces.

        Args:
            limit: word pieces in all; the longer sentence is cut first, and a note says so.
            empty_premise: read the hypothesis alone, whatever the premise.

        Raises:
            InputError: a sentence that is not text, empty, too long, or without one readable character; a limit
                that leaves no room for both sentences.
        """
        limit = min(self._settings.core_word_pieces if limit is None else limit, self.positions)
        if limit < MIN_WORD_PIECES:
            raise InputError(
                f"The limit is {limit} word pieces; a pair takes at least {MIN_WORD_PIECES}.", field="limit"
            )
        if empty_premise:
            premise, first = "", self._backend.encode("", add_special_tokens=False)
        else:
            first = self.word_pieces(premise, field=PREMISE)
        return self._join(premise, hypothesis, [first, self.word_pieces(hypothesis, field=HYPOTHESIS)], limit)

    def word_pieces(self, text: str, *, field: str) -> Encoding:
        """One sentence split into word pieces, as the tokenizers library returns them.

        Args:
            field: what the sentence is called in an error: "premise" or "hypothesis".

        Raises:
            InputError: a sentence that is not text, empty, too long, or without one readable character.
        """
        check_sentence(text, field=field, limit=self._settings.max_characters)
        pieces = self._backend.encode(text, add_special_tokens=False)
        if not pieces.ids:
            raise InputError(
                f"The {field} has no character that the model can read. Write a sentence in plain text.",
                field=field,
            )
        return pieces

    def _join(self, premise: str, hypothesis: str, pieces: list[Encoding], limit: int) -> EncodedPair:
        total = sum(len(encoding.ids) for encoding in pieces) + 3
        lengths = cut_longer_first(*(len(encoding.ids) for encoding in pieces), limit=limit - 3)
        start, separator = self.tokenizer.cls_token, self.tokenizer.sep_token
        ids, tokens, segments, words = [self.tokenizer.cls_token_id], [start], [0], []
        for segment, (field, text) in enumerate(((PREMISE, premise), (HYPOTHESIS, hypothesis))):
            encoding, length = pieces[segment], lengths[segment]
            words += group_words(encoding, length, text=text, sentence=field, first=len(ids))
            ids += [*encoding.ids[:length], self.tokenizer.sep_token_id]
            tokens += [*encoding.tokens[:length], separator]
            segments += [segment] * (length + 1)
        cut = f"Cut at {limit} word pieces of {total}: the model did not read the rest."
        return EncodedPair(
            premise=premise,
            hypothesis=hypothesis,
            tokens=tuple(tokens),
            input_ids=frozen(np.array(ids, dtype=np.int64)),
            segments=frozen(np.array(segments, dtype=np.int64)),
            words=tuple(words),
            notes=(*([cut] if total > limit else []), *self._notes(premise + hypothesis, words, tokens)),
            cut=total > limit,
        )

    def _notes(self, text: str, words: Sequence[Word], tokens: Sequence[str]) -> Iterator[str]:
        """What the model reads otherwise than a person would."""
        typed = [word.text for word in words if word.text in self._special and is_alone(word, tokens)]
        if typed:
            yield f"Read as the model's own tokens, not as text: {listing(typed)}"
        unknown = self.tokenizer.unk_token
        unread = [word.text for word in words if unknown in (tokens[p] for p in word.positions)]
        if unread := [word for word in unread if word not in typed]:
            yield f"Not in the vocabulary, read as {unknown}: {listing(unread)}"
        if not text.isascii() and (dropped := self._dropped(text)):
            yield f"Dropped by the tokenizer, so that the model did not read them: {listing(dropped)}"

    def _dropped(self, text: str) -> list[str]:
        """The visible characters that the normaliser removes, as code points: private use, unassigned, U+FFFD."""
        normalizer = self._backend.normalizer
        visible = [letter for letter in text if unicodedata.category(letter) not in INVISIBLE]
        return [
            f"U+{ord(letter):04X}"
            for letter in dict.fromkeys(visible)
            if normalizer is not None and not normalizer.normalize_str(letter)
        ]


def check_sentence(text: str, *, field: str, limit: int) -> None:
    """Refuses what cannot be read, naming what was wrong, the limit and the way out.

    Raises:
        InputError: not text, empty or blank, more than ``limit`` characters, or half a surrogate pair.
    """
    if not isinstance(text, str):
        raise InputError(f"The {field} must be text, not {type(text).__name__}.", field=field)
    if not text.strip():
        raise InputError(f"The {field} is empty. Write a sentence.", field=field)
    if len(text) > limit:
        raise InputError(
            f"The {field} has {len(text):,} characters; the limit is {limit:,}. Shorten it.", field=field
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"Character {error.start + 1} of the {field} is half a surrogate pair, which encodes no character. Delete it.",
            field=field,
        ) from error


def cut_longer_first(premise: int, hypothesis: int, *, limit: int) -> tuple[int, int]:
    """Lengths kept of two sentences so that they add up to at most ``limit``; the longer one gives way first."""
    if premise + hypothesis <= limit:
        return premise, hypothesis
    shorter = min(premise, hypothesis, limit // 2)
    return (shorter, limit - shorter) if premise <= hypothesis else (limit - shorter, shorter)


def group_words(encoding: Encoding, length: int, *, text: str, sentence: str, first: int) -> list[Word]:
    """Joins the first ``length`` word pieces into words as typed: see :class:`Word` and ``TYPED_WORD``."""
    typed = [match.span() for match in TYPED_WORD.finditer(text)]
    starts = [start for start, _ in typed]
    spans: dict[int, tuple[int, int]] = {}  # of the tokenizer's words
    for part, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        spans[part] = spans.get(part, (start, end))[0], end
    groups: dict[tuple[bool, int], list[int]] = {}
    for piece, part in enumerate(encoding.word_ids[:length]):
        start, end = spans[part]
        word = bisect_right(starts, start) - 1
        inside = word >= 0 and end <= typed[word][1]  # the tokenizer also joins what was typed apart
        groups.setdefault((inside, word if inside else part), []).append(piece)
    return [
        Word(
            text=text[encoding.offsets[pieces[0]][0] : end_of_marks(text, encoding.offsets[pieces[-1]][1])],
            sentence=sentence,
            positions=tuple(first + piece for piece in pieces),
            start=encoding.offsets[pieces[0]][0],
        )
        for pieces in groups.values()
    ]


def end_of_marks(text: str, end: int) -> int:
    """Where the combining marks after a word end: the tokenizer drops accents, the reader typed them."""
    while end < len(text) and unicodedata.category(text[end]) == "Mn":
        end += 1
    return end


def tensors(pair: EncodedPair) -> dict[str, torch.Tensor]:
    """The network's inputs for one pair, each (1, tokens)."""
    return {
        "input_ids": torch.tensor(pair.input_ids)[None],
        "token_type_ids": torch.tensor(pair.segments)[None],
        "attention_mask": torch.ones(1, len(pair.tokens), dtype=torch.int64),
    }


def padded(pairs: Sequence[EncodedPair], *, fill: int) -> dict[str, torch.Tensor]:
    """The network's inputs for several pairs, each (pairs, longest), padding masked out."""
    ids = [torch.tensor(pair.input_ids) for pair in pairs]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=fill),
        "token_type_ids": pad_sequence([torch.tensor(pair.segments) for pair in pairs], batch_first=True),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
    }


def is_special(piece: str) -> bool:
    """Whether a piece is one of BERT's own tokens, not text: [CLS], [MASK], [unused1] ..."""
    return len(piece) > 2 and piece.startswith("[") and piece.endswith("]")


def is_alone(word: Word, tokens: Sequence[str]) -> bool:
    """Whether a word is a single piece, spelled as it was typed."""
    return [tokens[position] for position in word.positions] == [word.text]


def listing(names: Sequence[str]) -> str:
    """Each name once, with commas; of many only the first."""
    once = list(dict.fromkeys(names))
    return ", ".join(once[:MAX_NAMED]) + (", …" if len(once) > MAX_NAMED else "")
