"""How text becomes word pieces: what the normaliser changes, and which pieces are tried, longest first.

The pieces themselves always come from the tokenizer; this module replays how it found them, so that it can be
shown. WordPiece: Schuster & Nakajima 2012; as BERT matches: Devlin et al. 2019, Song et al. 2021
(https://arxiv.org/abs/2012.15524).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bertmini_demo.inference import NLIModel
    from bertmini_demo.results import EncodedPair, Word


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One piece looked up in the vocabulary.

    Attributes:
        start, end: the letters of the word it covers.
        piece: as the vocabulary would spell it, with "##" where it goes on a word.
        known: whether the vocabulary has it.
    """

    start: int
    end: int
    piece: str
    known: bool


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """How one word was matched.

    Attributes:
        word: the letters that were matched, after normalising.
        attempts: in the order they were made; none for a word longer than the tokenizer takes.
        pieces: what came out; the unknown token alone where some letter begins no piece at all.
    """

    word: str
    attempts: tuple[Attempt, ...]
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How one word of a pair was read.

    Attributes:
        typed: the word as typed.
        normalised: the letters that were matched.
        changes: what the normaliser did to it, in plain words; empty where nothing.
        pieces: its word pieces in the pair.
        special: whether a token of BERT's own was typed, which is read as that token and not as letters.
        split: how it was matched; None for a special token, and for a word that the limit cut through.
    """

    typed: str
    normalised: str
    changes: tuple[str, ...]
    pieces: tuple[str, ...]
    special: bool
    split: Split | None


def split_word(
    word: str,
    known: Callable[[str], bool],
    *,
    prefix: str = "##",
    unknown: str = "[UNK]",
    max_letters: int = 100,
) -> Split:
    """Matches a word greedily: the longest piece the vocabulary has, then the longest that goes on from there.

    Args:
        word: normalised letters, no spaces.
        known: whether the vocabulary has a piece.
        prefix: what marks a piece that goes on a word.
        unknown: the token for a word that cannot be put together from pieces.
        max_letters: a longer word is unknown without an attempt.
    """
    if len(word) > max_letters:
        return Split(word, (), (unknown,))
    attempts: list[Attempt] = []
    pieces: list[str] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = (prefix if start else "") + word[start:end]
            attempts.append(Attempt(start, end, piece, known(piece)))
            if attempts[-1].known:
                break
        if not attempts[-1].known:
            return Split(word, tuple(attempts), (unknown,))
        pieces.append(attempts[-1].piece)
        start = attempts[-1].end
    return Split(word, tuple(attempts), tuple(pieces))


def join_splits(word: str, parts: Sequence[Split]) -> Split:
    """The parts of a word that the tokenizer separates at punctuation ("can't": can, ', t) as one split."""
    attempts: list[Attempt] = []
    start = 0
    for part in parts:
        start = word.index(part.word, start)
        attempts += [
            replace(attempt, start=start + attempt.start, end=start + attempt.end)
            for attempt in part.attempts
        ]
        start += len(part.word)
    return Split(word, tuple(attempts), tuple(piece for part in parts for piece in part.pieces))


def read_words(model: NLIModel, pair: EncodedPair) -> tuple[Reading, ...]:
    """How each word of a pair was read, in the order of ``pair.words``."""
    backend, special = model.tokenizer.backend_tokenizer, set(model.tokenizer.all_special_tokens)
    matcher, normaliser, separator = backend.model, backend.normalizer, backend.pre_tokenizer

    def read(word: Word) -> Reading:
        pieces = tuple(pair.tokens[position] for position in word.positions)
        if pieces == (word.text,) and word.text in special:
            return Reading(word.text, word.text, (), pieces, special=True, split=None)
        normalised = (normaliser.normalize_str(word.text) if normaliser else word.text).strip()
        parts = [part for part, _ in separator.pre_tokenize_str(normalised)] if separator else [normalised]
        split = join_splits(
            normalised,
            [
                split_word(
                    part,
                    lambda piece: backend.token_to_id(piece) is not None,
                    prefix=matcher.continuing_subword_prefix,
                    unknown=matcher.unk_token,
                    max_letters=matcher.max_input_chars_per_word,
                )
                for part in parts
            ],
        )
        return Reading(
            typed=word.text,
            normalised=normalised,
            changes=changes(word.text, normalised),
            pieces=pieces,
            special=False,
            split=split if split.pieces == pieces else None,
        )

    return tuple(read(word) for word in pair.words)


def changes(typed: str, normalised: str) -> tuple[str, ...]:
    """What the normaliser did to a word, in plain words."""
    if typed == normalised:
        return ()
    names, text = [], typed
    lowered = "".join(letter.lower() for letter in typed)  # one by one, as the tokenizer does
    if lowered != typed and normalised == normalised.lower():
        names, text = ["lower-cased"], lowered
    bare = without_marks(text)
    if bare != unicodedata.normalize("NFD", text) and normalised == without_marks(normalised):
        names, text = [*names, "accents stripped"], bare
    return tuple(names if text == normalised else [*names, "invisible characters dropped"])


def without_marks(text: str) -> str:
    """Text without its combining marks: "é" becomes "e"."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn"
    )


def replace_word(pair: EncodedPair, word: int, text: str) -> tuple[str, str]:
    """Premise and hypothesis as typed, other text in place of one word.

    Args:
        word: index in ``pair.words``.
    """
    chosen = pair.words[word]
    sentences = {"premise": pair.premise, "hypothesis": pair.hypothesis}
    typed = sentences[chosen.sentence]
    end = chosen.start + len(chosen.text)
    sentences[chosen.sentence] = typed[: chosen.start] + text + typed[end:]
    return sentences["premise"], sentences["hypothesis"]
