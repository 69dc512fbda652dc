"""Reads a folder's own tokenizer: tokenizer.json as it is, or a bare vocab.txt with BERT's normaliser."""

import json
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertConfig, BertTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.files import read_json, reading
from bertmini_demo.settings import MIN_WORD_PIECES

JSON, VOCABULARY, OPTIONS = "tokenizer.json", "vocab.txt", "tokenizer_config.json"
SPECIAL = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")
NORMALISER = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
}
MAX_QUOTED = 3  # tokens in one message
PAIR = ("a", "a")  # encoded to see how two sentences are joined


def read_tokenizer(folder: Path, config: BertConfig | None = None) -> PreTrainedTokenizerBase:
    """The WordPiece tokenizer of a folder, with its normaliser, pre-tokeniser, prefix and length limit.

    Truncation and padding are off: threads share them, so whoever encodes cuts. The length limit is the tokenizer's
    ``model_max_length``.

    Args:
        config: of the model that reads the tokens; None where there is none yet.

    Raises:
        CheckpointError: neither file is there, they are damaged or contradict each other, or they cannot be heeded.
    """
    if not any((folder / name).is_file() for name in (JSON, VOCABULARY)):
        raise CheckpointError(f"{folder} has no tokenizer: neither {JSON} nor {VOCABULARY} is there.")
    with reading(f"The tokenizer in {folder}"):
        standard = BertTokenizer.from_pretrained(folder)
        limit = standard.model_max_length
        if (folder / JSON).is_file():
            backend = Tokenizer.from_file(str(folder / JSON))
            check_backend(backend, standard, folder)
            limit = min(limit, (backend.truncation or {}).get("max_length", limit))
        else:
            backend = standard.backend_tokenizer
        for one in (backend, standard.backend_tokenizer):
            one.no_truncation()
            one.no_padding()
        if backend.post_processor is None:  # then the classes of transformers join pairs as BERT does, too
            backend.post_processor = standard.backend_tokenizer.post_processor
        check_vocabulary(backend, folder, size=None if config is None else config.vocab_size)
        check_pairs(backend, standard, folder)
        if limit < MIN_WORD_PIECES:
            raise CheckpointError(
                f"The tokenizer in {folder} has a length limit of {limit} tokens; a pair takes at least {MIN_WORD_PIECES}."
            )
        tokenizer = standard if same(backend, standard.backend_tokenizer) else wrapped(backend, standard)
        tokenizer.model_max_length = limit
        return tokenizer


def check_backend(backend: Tokenizer, standard: BertTokenizer, folder: Path) -> None:
    """Refuses another kind than WordPiece, special tokens it does not have, and options that contradict it."""
    kind = json.loads(backend.to_str())["model"]["type"]
    if kind != "WordPiece":
        raise CheckpointError(f"{folder / JSON} is a {kind} tokenizer; only WordPiece can be used here.")
    for name in SPECIAL:
        token = getattr(standard, name)
        if backend.token_to_id(token) is None:
            raise CheckpointError(f"{folder / JSON} has no token {token!r}, which is its {name}.")
    if backend.model.unk_token != standard.unk_token:
        raise CheckpointError(
            f"{folder / JSON} reads unknown words as {backend.model.unk_token!r}, its other files as {standard.unk_token!r}. "
            "Make them agree."
        )
    options = read_json(folder / OPTIONS) if (folder / OPTIONS).is_file() else {}
    normaliser = json.loads(backend.to_str())["normalizer"] or {}
    if normaliser.get("type") != "BertNormalizer":
        return
    for option, name in NORMALISER.items():
        if options.get(option) is not None and options[option] != normaliser[name]:
            raise CheckpointError(
                f"The tokenizer in {folder} contradicts itself: {option} is {options[option]!r} in {OPTIONS}, {name} is "
                f"{normaliser[name]!r} in {JSON}. Make them agree."
            )


def check_vocabulary(backend: Tokenizer, folder: Path, *, size: int | None) -> None:
    """Refuses tokens that the model has no embedding for, and names them."""
    numbers = backend.get_vocab(with_added_tokens=True)
    if size is None or max(numbers.values(), default=-1) < size:
        return
    beyond = sorted((number, token) for token, number in numbers.items() if number >= size)
    place = (
        (lambda number: f"line {number + 1}")
        if not (folder / JSON).is_file()
        else (lambda number: f"number {number}")
    )
    listed = ", ".join(f"{token!r} ({place(number)})" for number, token in beyond[:MAX_QUOTED])
    more = f" and {len(beyond) - MAX_QUOTED} more" if len(beyond) > MAX_QUOTED else ""
    raise CheckpointError(
        f"{folder} has {len(numbers)} word pieces but embeddings for {size}; without an embedding: {listed}{more}."
    )


def check_pairs(backend: Tokenizer, standard: BertTokenizer, folder: Path) -> None:
    """Refuses a tokenizer that joins two sentences otherwise than [CLS] A [SEP] B [SEP], segments 0 and 1."""
    template = json.loads(backend.to_str())["post_processor"] or {}
    pieces = [*template.get("single", ()), *template.get("pair", ())]
    used = {piece["SpecialToken"]["id"] for piece in pieces if "SpecialToken" in piece}
    if unknown := sorted(used - set(template.get("special_tokens", used))):  # the library would panic
        raise CheckpointError(
            f"{folder / JSON} joins sentences with {', '.join(unknown)}, which it does not define."
        )
    first, second = (backend.encode(text, add_special_tokens=False).tokens for text in PAIR)
    start, end = standard.cls_token, standard.sep_token
    joined = backend.encode(*PAIR)
    expected = [start, *first, end, *second, end]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    if joined.tokens != expected or joined.type_ids != segments:
        raise CheckpointError(
            f"{folder / JSON} joins two sentences as {' '.join(joined.tokens)} with segments {joined.type_ids}; here they "
            f"are joined as {' '.join(expected)} with segments {segments}."
        )


def same(one: Tokenizer, other: Tokenizer) -> bool:
    """Whether two tokenizers do the same with any text; how they decode makes no difference here."""
    first, second = (json.loads(backend.to_str()) | {"decoder": None} for backend in (one, other))
    return first == second


def wrapped(backend: Tokenizer, standard: BertTokenizer) -> PreTrainedTokenizerFast:
    """A tokenizer in the class of transformers that leaves it as it is, and saves it so."""
    special = {name: getattr(standard, name) for name in SPECIAL}
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, model_input_names=list(BertTokenizer.model_input_names), **special
    )
