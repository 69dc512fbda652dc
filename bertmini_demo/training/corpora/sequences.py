"""Text and sentence pairs as word-piece sequences of a fixed budget, for masked-language modelling."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset
from tqdm import tqdm
from transformers import PreTrainedTokenizerBase

from bertmini_demo.errors import DataError
from bertmini_demo.training.corpora.corpus_files import holds_pairs, read_documents, read_unlabelled

log = logging.getLogger(__name__)

BATCH = 2_000  # documents tokenised in one call
SHORTEST = 8  # word pieces; shorter texts give too little context


class Sequences(Dataset):
    """Sequences on disk: ids in one flat array, so that a run starts at once and memory stays constant.

    Attributes:
        pieces: (tokens,) uint16 word-piece ids without special tokens, sequence after sequence.
        ends: (sequences,) int64, where each ends in ``pieces``.
        cuts: (sequences,) uint16, length of the first segment of a sentence pair; 0 for running text.
    """

    def __init__(self, folder: Path, tokenizer: PreTrainedTokenizerBase) -> None:
        self.pieces, self.ends, self.cuts = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("pieces", "ends", "cuts")
        )
        self.first, self.separator = tokenizer.cls_token_id, tokenizer.sep_token_id

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> list[int]:
        """Word pieces of each sequence, special tokens left out."""
        return np.diff(self.ends, prepend=0).tolist()

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        start = int(self.ends[index - 1]) if index else 0
        ids = self.pieces[start : int(self.ends[index])].tolist()
        cut = int(self.cuts[index])
        segments = [ids[:cut], ids[cut:]] if cut else [ids]
        input_ids, types, special = [self.first], [0], [1]
        for number, segment in enumerate(segments):
            input_ids += [*segment, self.separator]
            types += [number] * (len(segment) + 1)
            special += [0] * len(segment) + [1]
        return {"input_ids": input_ids, "token_type_ids": types, "special_tokens_mask": special}


def load_sequences(
    paths: list[Path], tokenizer: PreTrainedTokenizerBase, *, length: int, folder: Path
) -> Sequences:
    """Tokenises the files into ``folder``, or reuses what is there for the same files, vocabulary and length."""
    key = fingerprint(paths, tokenizer, length=length)
    folder = folder / key
    if not (folder / "cuts.npy").exists():  # written last
        folder.mkdir(parents=True, exist_ok=True)
        write_sequences(paths, tokenizer, length=length, folder=folder)
    return Sequences(folder, tokenizer)


def fingerprint(paths: list[Path], tokenizer: PreTrainedTokenizerBase, *, length: int) -> str:
    """Names a tokenised set by its files' names and sizes, the vocabulary and the length.

    Raises:
        DataError: one of the files does not exist.
    """
    for path in paths:
        if not path.is_file():
            raise DataError(f"There is no file {path}. Name an existing text or JSON-lines file.")
    facts = [[path.name, path.stat().st_size] for path in paths]
    text = json.dumps([facts, sorted(tokenizer.get_vocab().items()), length])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_sequences(
    paths: list[Path], tokenizer: PreTrainedTokenizerBase, *, length: int, folder: Path
) -> None:
    """Writes the arrays of :class:`Sequences`, cuts.npy last, so that a killed run leaves no set that looks complete.

    Raises:
        DataError: no file has a text of SHORTEST word pieces.
    """
    pieces, sizes, cuts = [], [], []
    for path in paths:
        make = pair_sequences if holds_pairs(path) else text_sequences
        for ids, cut in tqdm(make(path, tokenizer, length=length), desc=path.name, unit=" sequences"):
            pieces.append(np.array(ids, dtype=np.uint16))
            sizes.append(len(ids))
            cuts.append(cut)
    if not pieces:
        raise DataError(f"No text of at least {SHORTEST} word pieces in {', '.join(map(str, paths))}.")
    np.save(folder / "pieces.npy", np.concatenate(pieces))
    np.save(folder / "ends.npy", np.cumsum(sizes, dtype=np.int64))
    np.save(folder / "cuts.part.npy", np.array(cuts, dtype=np.uint16))
    (folder / "cuts.part.npy").replace(folder / "cuts.npy")


def text_sequences(
    path: Path, tokenizer: PreTrainedTokenizerBase, *, length: int
) -> Iterator[tuple[list[int], int]]:
    """Documents cut into runs of at most ``length`` - 2 pieces; no run crosses a document's end."""
    budget = length - 2
    for documents in batches(read_documents(path)):
        texts = ["\n".join(document) for document in documents]
        for ids in tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]:
            for start in range(0, len(ids), budget):
                run = ids[start : start + budget]
                if len(run) >= SHORTEST:
                    yield run, 0


def pair_sequences(
    path: Path, tokenizer: PreTrainedTokenizerBase, *, length: int
) -> Iterator[tuple[list[int], int]]:
    """Sentence pairs as two segments; the premise is cut where both do not fit."""
    budget = length - 3
    for pairs in batches(read_unlabelled(path)):
        premises = tokenizer([pair.premise for pair in pairs], add_special_tokens=False)["input_ids"]
        hypotheses = tokenizer([pair.hypothesis for pair in pairs], add_special_tokens=False)["input_ids"]
        for premise, hypothesis in zip(premises, hypotheses, strict=True):
            hypothesis = hypothesis[: budget // 2]
            premise = premise[: budget - len(hypothesis)]
            if premise and hypothesis:
                yield premise + hypothesis, len(premise)


def batches(items: Iterable) -> Iterator[list]:
    """Lists of BATCH items; the last may be shorter."""
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
