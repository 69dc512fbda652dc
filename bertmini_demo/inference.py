"""The only owner of a classifier: verdicts, batches of verdicts, and the trace of one forward pass."""

import time
import unicodedata
from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Encoding
from torch.nn.utils.rnn import pad_sequence

from bertmini_demo.errors import InputError
from bertmini_demo.model.checkpoint import Checkpoint
from bertmini_demo.model.fast_forward import verdict_logits
from bertmini_demo.model.label_mapping import display_order, settle_order, sure_pairs
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, Prediction, Trace, Word
from bertmini_demo.settings import LEAST_WORD_PIECES, Settings

LOW_MARGIN = 0.1  # probability between the first and the second label
UNKNOWN_SHOWN = 5


class NLIModel:
    """A BERT classifier for sentence pairs. Safe to call from many threads: nothing is changed after loading.

    Attributes:
        network: the BertForSequenceClassification, in float32 and evaluation mode. Never hook it: work on a copy.
        tokenizer: its WordPiece tokenizer.
        output_labels: the label of each output, in the network's order.
        labels: the same labels in the order they are shown.
        labels_told: a sentence that says how they are known.
        name: what to show as the model's name.
        folder: where the checkpoint lies, with what was measured of it.
        layers, heads, hidden, parameters: sizes read from the config and the weights.
    """

    def __init__(self, checkpoint: Checkpoint, settings: Settings | None = None) -> None:
        self.network = checkpoint.network
        self.tokenizer = checkpoint.tokenizer
        self.name, self.folder = checkpoint.name, checkpoint.folder
        self.settings = settings or Settings()
        config = self.network.config
        self.layers, self.heads = config.num_hidden_layers, config.num_attention_heads
        self.hidden, self.positions = config.hidden_size, config.max_position_embeddings
        self.parameters = sum(weight.numel() for weight in self.network.parameters())
        self._pieces = self.tokenizer.backend_tokenizer
        self.output_labels, self.labels_told = self._settle_labels(checkpoint.labels)
        self.labels = display_order(self.output_labels)

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
        limit = min(self.settings.core_word_pieces if limit is None else limit, self.positions)
        if limit < LEAST_WORD_PIECES:
            raise InputError(
                f"The limit is {limit} word pieces; a pair takes at least {LEAST_WORD_PIECES}.", field="limit"
            )
        if empty_premise:
            premise, first = "", self._pieces.encode("", add_special_tokens=False)
        else:
            first = self.word_pieces(premise, field=PREMISE)
        return self._join(premise, hypothesis, [first, self.word_pieces(hypothesis, field=HYPOTHESIS)], limit)

    def word_pieces(self, text: str, *, field: str) -> Encoding:
        """One sentence cut into word pieces, as the tokenizers library gives them.

        Args:
            field: what the sentence is called in an error: "premise" or "hypothesis".

        Raises:
            InputError: a sentence that is not text, empty, too long, or without one readable character.
        """
        check_sentence(text, field=field, limit=self.settings.max_characters)
        pieces = self._pieces.encode(text, add_special_tokens=False)
        if not pieces.ids:
            raise InputError(
                f"The {field} holds no readable character. Write a sentence in plain text.", field=field
            )
        return pieces

    def _join(self, premise: str, hypothesis: str, pieces: list[Encoding], limit: int) -> EncodedPair:
        total = sum(len(encoding.ids) for encoding in pieces) + 3
        kept = cut_longer_first(*(len(encoding.ids) for encoding in pieces), limit=limit - 3)
        start, separator = self.tokenizer.cls_token, self.tokenizer.sep_token
        ids, tokens, segments, words = [self.tokenizer.cls_token_id], [start], [0], []
        for segment, (field, text) in enumerate(((PREMISE, premise), (HYPOTHESIS, hypothesis))):
            encoding, length = pieces[segment], kept[segment]
            words += group_words(encoding, length, text=text, sentence=field, first=len(ids))
            ids += [*encoding.ids[:length], self.tokenizer.sep_token_id]
            tokens += [*encoding.tokens[:length], separator]
            segments += [segment] * (length + 1)
        notes = []
        if total > limit:
            notes.append(f"Cut at {limit} word pieces of {total}: the model did not read the rest.")
        unknown = [
            word.text for word in words if self.tokenizer.unk_token_id in (ids[p] for p in word.positions)
        ]
        if unknown := list(dict.fromkeys(unknown)):
            shown = ", ".join(unknown[:UNKNOWN_SHOWN]) + (", …" if len(unknown) > UNKNOWN_SHOWN else "")
            notes.append(f"Not in the vocabulary, read as {self.tokenizer.unk_token}: {shown}")
        return EncodedPair(
            premise=premise,
            hypothesis=hypothesis,
            tokens=tuple(tokens),
            input_ids=frozen(np.array(ids, dtype=np.int64)),
            segments=frozen(np.array(segments, dtype=np.int64)),
            words=tuple(words),
            notes=tuple(notes),
        )

    def predict(self, premise: str, hypothesis: str, *, limit: int | None = None) -> Prediction:
        """The verdict on one pair.

        Raises:
            InputError: see :meth:`encode`.
        """
        started = time.perf_counter()
        pair = self.encode(premise, hypothesis, limit=limit)
        with torch.inference_mode():
            inputs = tensors(pair)
            logits = verdict_logits(
                self.network, input_ids=inputs["input_ids"], segments=inputs["token_type_ids"]
            )[0]
        return self._prediction(pair, logits.numpy(), time.perf_counter() - started)

    def predict_batch(
        self, pairs: Sequence[tuple[str, str]], *, limit: int | None = None, empty_premise: bool = False
    ) -> list[Prediction]:
        """Verdicts on many pairs, in their order. Pairs of like length share a forward pass.

        Raises:
            InputError: see :meth:`encode`; the message names the pair's place, counted from 1.
        """
        encoded = []
        for number, (premise, hypothesis) in enumerate(pairs, start=1):
            try:
                encoded.append(self.encode(premise, hypothesis, limit=limit, empty_premise=empty_premise))
            except InputError as error:
                raise InputError(f"Pair {number}: {error}", field=error.field) from error
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index].tokens))
        predictions: list[Prediction | None] = [None] * len(encoded)
        for start in range(0, len(order), self.settings.batch_pairs):
            chosen = order[start : start + self.settings.batch_pairs]
            started = time.perf_counter()
            logits = self.batch_logits([encoded[index] for index in chosen])
            seconds = (time.perf_counter() - started) / len(chosen)
            for index, row in zip(chosen, logits, strict=True):
                predictions[index] = self._prediction(encoded[index], row, seconds)
        return predictions

    def batch_logits(self, pairs: Sequence[EncodedPair]) -> np.ndarray:
        """(pairs, labels) logits in the network's order from one padded forward pass."""
        inputs = padded(pairs, fill=self.tokenizer.pad_token_id)
        with torch.inference_mode():
            logits = verdict_logits(
                self.network,
                input_ids=inputs["input_ids"],
                segments=inputs["token_type_ids"],
                mask=inputs["attention_mask"],
            )
        return logits.numpy()

    def trace(self, premise: str, hypothesis: str, *, limit: int | None = None) -> Trace:
        """The verdict with every attention and hidden state on the way, from one forward pass.

        Raises:
            InputError: see :meth:`encode`.
        """
        started = time.perf_counter()
        pair = self.encode(premise, hypothesis, limit=limit)
        with torch.inference_mode():
            output = self.network(**tensors(pair), output_attentions=True, output_hidden_states=True)
        if len(output.attentions) != self.layers:
            raise RuntimeError("the network returned no attention; it must be loaded with eager attention")
        prediction = self._prediction(pair, output.logits[0].numpy(), time.perf_counter() - started)
        return Trace(
            pair=pair,
            prediction=prediction,
            attentions=frozen(torch.cat(output.attentions).numpy()),
            hidden_states=frozen(torch.cat(output.hidden_states).numpy()),
        )

    def _prediction(self, pair: EncodedPair, logits: np.ndarray, seconds: float) -> Prediction:
        shares = np.exp(logits.astype(np.float64) - logits.max())
        shares /= shares.sum()
        index = {label: self.output_labels.index(label) for label in self.labels}
        probabilities = {label: float(shares[place]) for label, place in index.items()}
        first, second = sorted(probabilities, key=probabilities.get, reverse=True)[:2]
        notes = pair.notes
        if probabilities[first] - probabilities[second] < LOW_MARGIN:
            notes += (f"A close call: {first} is less than {LOW_MARGIN:.0%} ahead of {second}.",)
        return Prediction(
            label=first,
            probabilities=probabilities,
            logits={label: float(logits[place]) for label, place in index.items()},
            tokens=pair.tokens,
            notes=notes,
            seconds=seconds,
        )

    def _settle_labels(self, named: tuple[str, ...] | None) -> tuple[tuple[str, ...], str]:
        """The self-test: every new model is asked about the sure pairs before anyone sees it."""
        pairs = sure_pairs()
        encoded = [self.encode(pair["premise"], pair["hypothesis"]) for pair in pairs]
        truths = [pair["label"] for pair in pairs]
        return settle_order(self.batch_logits(encoded), truths, named=named, given=self.settings.labels)


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
            f"Character {error.start + 1} of the {field} is half a surrogate pair and stands for nothing. Delete it.",
            field=field,
        ) from error


def cut_longer_first(premise: int, hypothesis: int, *, limit: int) -> tuple[int, int]:
    """Lengths kept of two sentences so that they add up to at most ``limit``; the longer one gives way first."""
    if premise + hypothesis <= limit:
        return premise, hypothesis
    shorter = min(premise, hypothesis, limit // 2)
    return (shorter, limit - shorter) if premise <= hypothesis else (limit - shorter, shorter)


def group_words(encoding: Encoding, length: int, *, text: str, sentence: str, first: int) -> list[Word]:
    """Joins the first ``length`` word pieces into the words they were split from, as typed."""
    groups: dict[int, list[int]] = {}
    for piece, word in enumerate(encoding.word_ids[:length]):
        groups.setdefault(word, []).append(piece)
    return [
        Word(
            text=text[encoding.offsets[pieces[0]][0] : end_of_marks(text, encoding.offsets[pieces[-1]][1])],
            sentence=sentence,
            positions=tuple(first + piece for piece in pieces),
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


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, read-only."""
    array.setflags(write=False)
    return array
