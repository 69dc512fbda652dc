"""Records how a model learns: at moments of its training, what the example pairs get and where its heads look.

A training loop adds ``LearningRecorder(file, tokenizer)`` to its callbacks, in pretraining and then, with the same file, in
fine-tuning; the page reads the file. No weights are kept: a moment takes some 50 kB.
"""

import copy
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import BertForMaskedLM, BertForSequenceClassification, BertTokenizer, TrainerCallback

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.learning import pack_attention
from bertmini_demo.explain.counterfactuals.negation import with_negation
from bertmini_demo.explain.hans.probe import ENTAILED, probe_pairs
from bertmini_demo.explain.head_roles import head_role, head_summaries
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.checkpoint import Checkpoint
from bertmini_demo.model.encoding import PairEncoder
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.model.masked_lm import LanguageModel
from bertmini_demo.results import LABELS, EncodedPair, Head
from bertmini_demo.settings import ASSETS, Settings

STAGES = PRETRAINING, FINE_TUNING = "pretraining", "fine-tuning"
MOMENTS = 10  # of each stage
DRAWN = 3  # example pairs whose attention is kept
FIRST = 5  # candidates among which the right word may be
TRAPS = 8  # pairs of each sub-case that is not entailed
FILL_MASK = ASSETS / "fill_mask.json"
LabelledPair = tuple[str, str, str]
"""Premise, hypothesis, label."""
ABOUT = "What a model got right and where its heads looked at moments of its training; attention weights are rounded to 8 bits."


class LearningRecorder(TrainerCallback):
    """Adds a moment to a JSON file at ten steps of a training, the first and the last among them.

    Args:
        file: a record that exists is continued; moments of this stage from a step not yet reached are dropped.
        pairs: labelled pairs on which accuracy is measured in fine-tuning; empty for the hand-written sure pairs.
    """

    def __init__(
        self,
        file: Path,
        tokenizer: BertTokenizer,
        *,
        pairs: Sequence[LabelledPair] = (),
        moments: int = MOMENTS,
    ) -> None:
        self.file, self.tokenizer, self.pairs, self.moments = file, tokenizer, pairs, moments

    def on_train_begin(self, _, state, control, *, model, **__):  # noqa: ARG002
        """Begins the record of a stage, or continues it from the step that training resumes at."""
        if state.is_world_process_zero:
            self._begin(model, state.global_step)
            self._add_where_due(model, state)

    def on_step_end(self, _, state, control, *, model, **__):  # noqa: ARG002
        """Adds what the model computes now, at the steps that are recorded."""
        if state.is_world_process_zero:
            self._add_where_due(model, state)

    def _begin(self, model: torch.nn.Module, step: int) -> None:
        stage = PRETRAINING if isinstance(model, BertForMaskedLM) else FINE_TUNING
        record = (
            json.loads(self.file.read_text(encoding="utf-8"))
            if self.file.exists()
            else new_record(self.tokenizer, positions=model.config.max_position_embeddings)
        )
        record["moments"] = [
            moment for moment in record["moments"] if moment["stage"] != stage or moment["step"] < step
        ]
        self._write(record)

    def _add_where_due(self, model: torch.nn.Module, state) -> None:
        if state.global_step in steps_of(state.max_steps, self.moments):
            record = json.loads(self.file.read_text(encoding="utf-8"))
            moment = moment_of(model, self.tokenizer, step=state.global_step, pairs=self.pairs)
            record["moments"] = sorted(
                [*record["moments"], moment], key=lambda one: STAGES.index(one["stage"])
            )
            self._write(record)

    def _write(self, record: dict) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")


def steps_of(last: int, moments: int = MOMENTS) -> tuple[int, ...]:
    """Steps from 0 to the last one, closer together at the beginning, where most is learned."""
    shares = np.linspace(0, 1, moments) ** 2
    return tuple(sorted({round(share * last) for share in shares.tolist()}))


def new_record(tokenizer: BertTokenizer, *, positions: int) -> dict:
    """A record without moments: what will be asked at each."""
    return {
        "about": ABOUT,
        "labels": list(LABELS),
        "tokens": [list(pair.tokens) for pair in _drawn_pairs(tokenizer, positions)],
        "examples": [[example.premise, example.hypothesis] for example in gallery()],
        "sentences": [sentence["text"] for sentence in _sentences()],
        "moments": [],
    }


def moment_of(
    network: BertForMaskedLM | BertForSequenceClassification,
    tokenizer: BertTokenizer,
    *,
    step: int,
    pairs: Sequence[LabelledPair] = (),
) -> dict:
    """The JSON of one moment; see :class:`bertmini_demo.data.learning.Moment`. The network stays as it is.

    Args:
        network: in whatever mode, precision and place it is trained; a classifier of three labels.
        pairs: labelled pairs on which accuracy is measured; empty for the hand-written sure pairs.
    """
    still = copy.deepcopy(network).float().cpu().eval()
    still.set_attn_implementation("eager")
    if isinstance(still, BertForMaskedLM):
        return {"stage": PRETRAINING, "step": step} | _language_moment(LanguageModel(still, tokenizer))
    return {"stage": FINE_TUNING, "step": step} | _classifier_moment(_classifier(still, tokenizer), pairs)


def _classifier(network: BertForSequenceClassification, tokenizer: BertTokenizer) -> NLIModel:
    labels = tuple(network.config.id2label[place] for place in range(network.config.num_labels))
    checkpoint = Checkpoint(network, tokenizer, labels, "in training", Path())
    return NLIModel(checkpoint, Settings(labels=labels))


def _language_moment(model: LanguageModel) -> dict:
    filled = [model.fill_text(sentence["text"], count=FIRST)[0] for sentence in _sentences()]
    right = [
        sentence["answer"] in [candidate.piece for candidate in gap.candidates]
        for sentence, gap in zip(_sentences(), filled, strict=True)
    ]
    pairs = _drawn_pairs(model.tokenizer, model.network.config.max_position_embeddings)
    return {
        **_attention([model.trace(pair).attentions for pair in pairs], pairs),
        "verdicts": None,
        "answers": [gap.candidates[0].piece for gap in filled],
        "right": share(right),
        "negations": None,
        "traps": None,
    }


def _classifier_moment(model: NLIModel, pairs: Sequence[LabelledPair]) -> dict:
    examples = [(example.premise, example.hypothesis) for example in gallery()]
    traces = [model.trace(*pair) for pair in examples[:DRAWN]]
    verdicts = model.predict_batch(examples)
    asked = pairs or [(pair["premise"], pair["hypothesis"], pair["label"]) for pair in sure_pairs()]
    traps = [(pair.premise, pair.hypothesis) for pair in probe_pairs(count=TRAPS) if pair.label != ENTAILED]
    return {
        **_attention([trace.attentions for trace in traces], [trace.pair for trace in traces]),
        "verdicts": [[round(one.probabilities[label], 3) for label in LABELS] for one in verdicts],
        "answers": [],
        "right": share(
            answer == label
            for answer, (*_, label) in zip(_labels(model, [pair[:2] for pair in asked]), asked, strict=True)
        ),
        "negations": share(answer == "contradiction" for answer in _labels(model, negated_pairs())),
        "traps": share(answer != ENTAILED for answer in _labels(model, traps)),
    }


def negated_pairs() -> list[tuple[str, str]]:
    """The premises of the sure and the example pairs, each with its own negation, which contradicts it."""
    premises = [pair["premise"] for pair in sure_pairs()] + [example.premise for example in gallery()]
    return [(premise, edit.text) for premise in dict.fromkeys(premises) if (edit := with_negation(premise))]


def share(right: Iterable[bool]) -> float:
    """The part that is true, from 0 to 1, with four decimals."""
    return round(float(np.mean(list(right))), 4)


def _labels(model: NLIModel, pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [prediction.label for prediction in model.predict_batch(pairs)]


def _attention(attentions: Sequence[np.ndarray], pairs: Sequence[EncodedPair]) -> dict:
    """The weights of a few pairs and what each head does with them."""
    roles = []
    for weights, pair in zip(attentions, pairs, strict=True):
        summaries = head_summaries(weights, pair.tokens, segments=pair.segments, special=pair.special)
        layers, heads = weights.shape[:2]
        roles.append(
            [[head_role(summaries, Head(layer, head)) for head in range(heads)] for layer in range(layers)]
        )
    return {"attentions": [pack_attention(weights) for weights in attentions], "roles": roles}


def _drawn_pairs(tokenizer: BertTokenizer, positions: int) -> list[EncodedPair]:
    encoder = PairEncoder(tokenizer, positions=positions, settings=Settings())
    return [encoder.encode(example.premise, example.hypothesis) for example in gallery()[:DRAWN]]


def _sentences() -> list[dict[str, str]]:
    return json.loads(FILL_MASK.read_text(encoding="utf-8"))["sentences"]
