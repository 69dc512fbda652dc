"""The pretrained masked-language model that the classifier came from: which words it predicts in a gap.

BERT first learns from plain text to name words that were masked (Devlin et al. 2019, section 3.1,
https://arxiv.org/abs/1810.04805) and only then to classify pairs. Its encoder, compared with the classifier's,
shows what fine-tuning changed.
"""

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import BertForMaskedLM, PreTrainedTokenizerBase

from bertmini_demo.errors import CheckpointError, InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.checksums import verify
from bertmini_demo.model.encoding import check_sentence, is_special, padded, tensors
from bertmini_demo.model.files import check_files
from bertmini_demo.model.model_config import check_memory, read_config
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.model.weights import read_weights
from bertmini_demo.results import EncodedPair, frozen
from bertmini_demo.settings import ASSETS, Settings

log = logging.getLogger(__name__)

PRETRAINED = ASSETS / "mlm"
NO_LANGUAGE_MODEL = "This model comes without a masked-language model, and the shipped one’s predictions would not be its own."
CANDIDATES = 10
SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings", "vocab_size")


@dataclass(frozen=True, slots=True, eq=False)
class GapCandidate:
    """A word piece for a gap.

    Attributes:
        id: its row in the embedding table.
        probability: from 0 to 1, over the whole vocabulary.
    """

    piece: str
    id: int
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class FilledGap:
    """What the model predicts in one gap.

    Attributes:
        tokens: the word pieces it read, [MASK] in the gap.
        position: where the gap is.
        candidates: most probable first; special tokens are left out, so that the shares need not sum to 1.
        original: the piece that was masked; None where there was none, or a word of several pieces.
        rank: of the original among all word pieces, from 1; None where there is no original.
    """

    tokens: tuple[str, ...]
    position: int
    candidates: tuple[GapCandidate, ...]
    original: GapCandidate | None
    rank: int | None


@dataclass(frozen=True, slots=True, eq=False)
class PretrainedTrace:
    """What the encoder computed for a pair before it was fine-tuned.

    Attributes:
        attentions: (layers, heads, query tokens, key tokens) probabilities; each row sums to 1.
        hidden_states: (layers + 1, tokens, hidden); index 0 is the embeddings' sum, normalised.
    """

    pair: EncodedPair
    attentions: np.ndarray
    hidden_states: np.ndarray


class LanguageModel:
    """A BERT that names masked words. Safe to call from many threads: nothing is changed after loading.

    Attributes:
        network: the BertForMaskedLM, in float32 and evaluation mode. Never hook it: work on a copy.
        tokenizer: its WordPiece tokenizer.
    """

    def __init__(
        self, network: BertForMaskedLM, tokenizer: PreTrainedTokenizerBase, settings: Settings | None = None
    ) -> None:
        self.network, self.tokenizer = network, tokenizer
        self.settings = settings or Settings()
        self._mask = tokenizer.mask_token_id
        self._pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        rows = range(network.config.vocab_size)  # more than pieces in some models
        known = [row < len(self._pieces) and not is_special(self._pieces[row]) for row in rows]
        self._any = torch.tensor(known)
        self._whole = torch.tensor([known[row] and self._pieces[row].isalnum() for row in rows])

    def fill(
        self, pair: EncodedPair, word: int, *, count: int = CANDIDATES, whole_words: bool = False
    ) -> FilledGap:
        """What the model predicts in place of one word of a pair.

        Args:
            word: index in ``pair.words``. One [MASK] replaces all its pieces, so that the model cannot see how many
                there were.
            count: number of candidates.
            whole_words: leave out punctuation and pieces that continue a word.
        """
        return self.fill_each(pair, [word], count=count, whole_words=whole_words)[0]

    def fill_each(
        self,
        pair: EncodedPair,
        words: Sequence[int] | None = None,
        *,
        count: int = CANDIDATES,
        whole_words: bool = False,
    ) -> list[FilledGap]:
        """The same for several words, one masked at a time.

        Args:
            words: indices in ``pair.words``; None: all of them.
            count, whole_words: as for :meth:`fill`.
        """
        chosen = range(len(pair.words)) if words is None else words
        masked = [mask_word(pair, word, self.tokenizer.mask_token, self._mask) for word in chosen]
        gaps = [one.words[word].positions for one, word in zip(masked, chosen, strict=True)]
        return [
            self._filled(one, *gap, row[0], count, whole_words, original(pair, word))
            for one, gap, row, word in zip(
                masked, gaps, self._probabilities(masked, gaps), chosen, strict=True
            )
        ]

    def fill_text(self, text: str, *, count: int = CANDIDATES, whole_words: bool = False) -> list[FilledGap]:
        """What the model predicts at each [MASK] of any text, read alone as one segment.

        Raises:
            InputError: a text that cannot be read (see :meth:`NLIModel.encode`), too long, or without a [MASK].
        """
        read = self._read(text)
        gaps = np.flatnonzero(read.input_ids == self._mask).tolist()
        if not gaps:
            raise InputError(f"The text has no {self.tokenizer.mask_token}. Put one in.", field="text")
        rows = self._probabilities([read], [gaps])[0]
        return [self._filled(read, gap, row, count, whole_words) for gap, row in zip(gaps, rows, strict=True)]

    def trace(self, pair: EncodedPair) -> PretrainedTrace:
        """Every attention and hidden state of the encoder as it was before fine-tuning.

        Raises:
            RuntimeError: the network was loaded with an attention that returns no weights.
        """
        with torch.inference_mode():
            output = self.network.bert(**tensors(pair), output_attentions=True, output_hidden_states=True)
        if len(output.attentions) != self.network.config.num_hidden_layers:
            raise RuntimeError("the network returned no attention; it must be loaded with eager attention")
        return PretrainedTrace(
            pair=pair,
            attentions=frozen(torch.cat(output.attentions).numpy()),
            hidden_states=frozen(torch.cat(output.hidden_states).numpy()),
        )

    def _read(self, text: str) -> EncodedPair:
        """[CLS] text [SEP], as a pair without a hypothesis."""
        check_sentence(text, field="text", limit=self.settings.max_characters)
        encoding = self.tokenizer.backend_tokenizer.encode(text)
        limit = min(self.settings.core_word_pieces, self.network.config.max_position_embeddings)
        if len(encoding.ids) > limit:
            raise InputError(
                f"The text has {len(encoding.ids)} word pieces; the limit is {limit}. Shorten it.",
                field="text",
            )
        ids = frozen(np.array(encoding.ids, dtype=np.int64))
        segments = frozen(np.zeros_like(ids))
        return EncodedPair(text, "", tuple(encoding.tokens), ids, segments, words=(), notes=())

    def _probabilities(
        self, pairs: Sequence[EncodedPair], gaps: Sequence[Sequence[int]]
    ) -> list[torch.Tensor]:
        """(gaps, vocabulary) float64 for each pair; the vocabulary's logits are computed at the gaps only."""
        rows = []
        for start in range(0, len(pairs), self.settings.batch_pairs):
            chosen = slice(start, start + self.settings.batch_pairs)
            inputs = padded(pairs[chosen], fill=self.tokenizer.pad_token_id)
            with torch.inference_mode():
                states = self.network.bert(**inputs).last_hidden_state
                for row, places in zip(states, gaps[chosen], strict=True):
                    rows.append(self.network.cls(row[list(places)]).double().softmax(dim=-1))
        return rows

    def _filled(
        self,
        read: EncodedPair,
        gap: int,
        shares: torch.Tensor,
        count: int,
        whole_words: bool,
        before: int | None = None,
    ) -> FilledGap:
        allowed = self._whole if whole_words else self._any
        rows = shares.where(allowed, -1).topk(min(count, int(allowed.sum()))).indices.tolist()
        return FilledGap(
            tokens=read.tokens,
            position=gap,
            candidates=tuple(self._candidate(row, shares) for row in rows),
            original=None if before is None else self._candidate(before, shares),
            rank=None if before is None else 1 + int((shares > shares[before]).sum()),
        )

    def _candidate(self, row: int, shares: torch.Tensor) -> GapCandidate:
        return GapCandidate(self._pieces[row], row, float(shares[row]))


def load_language_model(folder: Path | None = None, settings: Settings | None = None) -> LanguageModel:
    """Loads a BERT masked-language model in float32, in evaluation mode, with explicit attention.

    Args:
        folder: None for the shipped one, else a folder.

    Raises:
        CheckpointError: nothing there, a file damaged, or not a BERT masked-language model.
    """
    folder = PRETRAINED if folder is None else Path(folder)
    settings = settings or Settings()
    check_files(folder)
    verify(folder, required=folder == PRETRAINED)
    config = read_config(folder)
    check_memory(config, folder, megabytes=settings.model_megabytes)
    network = read_weights(folder, config, BertForMaskedLM, megabytes=settings.model_megabytes)
    return LanguageModel(network, read_tokenizer(folder, config), settings)


def language_model_of(model: NLIModel) -> LanguageModel | None:
    """The masked-language model that a classifier came from; None where there is none that can be used.

    Only the shipped classifier has one. Its predictions are never shown as another model's.
    """
    if model.folder != SHIPPED or not PRETRAINED.is_dir():
        return None
    try:
        loaded = load_language_model(settings=model.settings)
        check_compatible(loaded, model)
    except CheckpointError as error:
        log.warning("The masked-language model cannot be used. %s", error)
        return None
    return loaded


def check_compatible(language_model: LanguageModel, model: NLIModel) -> None:
    """Refuses a masked-language model that a classifier cannot have come from.

    Raises:
        CheckpointError: other word pieces, or other sizes.
    """
    if language_model.tokenizer.get_vocab() != model.tokenizer.get_vocab():
        raise CheckpointError(
            f"{PRETRAINED} has other word pieces than {model.folder}: the two do not belong together."
        )
    for size in SIZES:
        here, there = (getattr(one.network.config, size) for one in (language_model, model))
        if here != there:
            raise CheckpointError(
                f"{PRETRAINED} has {size} {here}, {model.folder} has {there}: the two do not belong together."
            )


def original(pair: EncodedPair, word: int) -> int | None:
    """The id of a word of one piece; None for a word of several."""
    positions = pair.words[word].positions
    return int(pair.input_ids[positions[0]]) if len(positions) == 1 else None


def mask_word(pair: EncodedPair, word: int, mask: str, mask_id: int) -> EncodedPair:
    """The pair with one [MASK] in place of all pieces of a word; the sentences stay as typed.

    Args:
        word: index in ``pair.words``.
    """
    first, last = pair.words[word].positions[0], pair.words[word].positions[-1]
    gained = first - last  # 0 for a word of one piece, below 0 for a longer one
    words = [
        dataclasses.replace(other, positions=tuple(p + gained * (p > last) for p in other.positions))
        for other in pair.words
    ]
    words[word] = dataclasses.replace(words[word], text=mask, positions=(first,))
    return dataclasses.replace(
        pair,
        tokens=(*pair.tokens[:first], mask, *pair.tokens[last + 1 :]),
        input_ids=frozen(np.concatenate([pair.input_ids[:first], [mask_id], pair.input_ids[last + 1 :]])),
        segments=frozen(np.delete(pair.segments, slice(first + 1, last + 1))),
        words=tuple(words),
    )
