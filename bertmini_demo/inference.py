"""The classifier: verdicts, batches of verdicts, and the trace of one forward pass."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from bertmini_demo.errors import CheckpointError, InputError
from bertmini_demo.model.checkpoint import Checkpoint
from bertmini_demo.model.encoding import PairEncoder, padded, tensors
from bertmini_demo.model.fast_forward import verdict_logits
from bertmini_demo.model.files import reading
from bertmini_demo.model.label_mapping import display_order, resolve_labels, sure_pairs
from bertmini_demo.model.softmax import softmax
from bertmini_demo.results import EncodedPair, Prediction, Trace, fold_label, frozen
from bertmini_demo.settings import Settings

LOW_MARGIN = 0.1  # probability between the first and the second label
# Share of the sure pairs below which a model is reported as suspect, by its number of labels: a quarter of the way from
# what the commonest label alone gets right to all of them.
PASSED = {2: 0.75, 3: 0.5}


class NLIModel:
    """A BERT classifier for sentence pairs. Safe to call from many threads: nothing is changed after loading.

    Attributes:
        network: the BertForSequenceClassification, in float32 and evaluation mode. Never hook it: work on a copy.
        tokenizer: its WordPiece tokenizer.
        encoder: turns sentence pairs into word pieces.
        output_labels: the label of each output, in the network's order.
        labels: the same labels in the order they are shown.
        label_source: a sentence that says how the labels are known.
        sure_share: share of the hand-written sure pairs that it gets right, from 0 to 1.
        notes: plain sentences on the model itself: how its files were read, and whether it fails its self-test.
        name: what to show as the model's name.
        folder: where the checkpoint is, with what was measured of it.
        layers, heads, hidden, positions, parameters: sizes read from the config and the weights.
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
        self.encoder = PairEncoder(
            self.tokenizer,
            positions=min(self.positions, self.tokenizer.model_max_length),
            settings=self.settings,
        )
        self._warnings: tuple[str, ...] = ()
        self._run_self_test(checkpoint.names)
        self.notes = checkpoint.notes + self._warnings

    def encode(
        self, premise: str, hypothesis: str, *, limit: int | None = None, empty_premise: bool = False
    ) -> EncodedPair:
        """The pair as the model reads it: see :meth:`bertmini_demo.model.encoding.PairEncoder.encode`.

        Raises:
            InputError: a sentence or a limit that cannot be used; the error names the field.
        """
        return self.encoder.encode(premise, hypothesis, limit=limit, empty_premise=empty_premise)

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
        """Verdicts on many pairs, in their order. Pairs of similar length share a forward pass.

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
        shares = softmax(logits)
        index = {label: self.output_labels.index(label) for label in self.labels}
        probabilities = {label: float(shares[place]) for label, place in index.items()}
        first, second = sorted(probabilities, key=probabilities.get, reverse=True)[:2]
        notes = pair.notes + self._warnings
        if probabilities[first] - probabilities[second] < LOW_MARGIN:
            notes += (close_call(first, second),)
        return Prediction(
            label=first,
            probabilities=probabilities,
            logits={label: float(logits[place]) for label, place in index.items()},
            tokens=pair.tokens,
            notes=notes,
            seconds=seconds,
        )

    def _run_self_test(self, names: Sequence[str]) -> None:
        """Asks a new model about the sure pairs before anyone uses it: what its outputs mean, and whether it knows them."""
        pairs = sure_pairs()
        with reading(f"A simple pair, by the model {self.name},"):
            logits = self.batch_logits([self.encode(pair["premise"], pair["hypothesis"]) for pair in pairs])
        truths = [pair["label"] for pair in pairs]
        try:
            resolved = resolve_labels(logits, truths, names=names, given=self.settings.labels)
        except CheckpointError as error:
            raise CheckpointError(f"{self.name} cannot be used. {error}") from error
        self.output_labels, self.label_source = resolved
        self.labels = display_order(self.output_labels)
        config = self.network.config  # what is saved from here names its outputs right
        config.id2label = dict(enumerate(self.output_labels))
        config.label2id = {label: place for place, label in enumerate(self.output_labels)}
        answers = [self.output_labels[place] for place in logits.argmax(axis=1)]
        right = sum(map(str.__eq__, answers, [fold_label(truth, self.labels) for truth in truths]))
        self.sure_share = right / len(pairs)
        if self.sure_share < PASSED[len(self.labels)]:
            self._warnings = (
                f"This model gets {right} of {len(pairs)} simple pairs right: its tokenizer or its labels may belong "
                "to another model, or it may be a classifier of another task.",
            )


def close_call(first: str, second: str) -> str:
    """The note where two labels are nearly as probable."""
    first, second = (label.replace("_", " ") for label in (first, second))
    return f"A close call: {first} is less than {100 * LOW_MARGIN:.0f} percentage points ahead of {second}."
