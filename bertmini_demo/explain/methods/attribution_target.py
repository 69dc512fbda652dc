"""What an attribution explains: one output of the network for one pair, as a function of the word embeddings.

The network is shared between threads and never hooked: the output is a function of the embeddings of the word pieces,
with the segments and the attention mask of the true pair. An absent word has its embeddings replaced by those of a
baseline; [CLS] and [SEP] are never absent.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import tensors
from bertmini_demo.model.fast_forward import verdict_logits
from bertmini_demo.model.softmax import softmax
from bertmini_demo.results import EncodedPair

BASELINES = ("zero", "mask", "pad")  # the first is the default: see assets/baselines.json
OUTPUTS = ("logit", "margin")
MIN_CHANGE = 0.1  # logits; a completeness gap is not measured against less
PIECES_PER_PASS = 2048  # word pieces in one forward pass, which bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class AttributionTarget:
    """One output of the network, F, to be divided among the words of one pair.

    Attributes:
        output: embeddings (rows, tokens, hidden) -> (rows,), F in logits.
        weights: (labels,) of the logits in F; the largest is the explained label's.
        embeddings: (1, tokens, hidden) of the word pieces: x.
        baseline: (1, tokens, hidden) with every word absent: x'; the same as x at [CLS] and [SEP].
        members: (words, tokens), 1 where the piece belongs to the word, else 0.
        value, baseline_value: F(x) and F(x'), in logits.
        baseline_probabilities: label to probability at the baseline.
        rows: how many inputs fit into one forward pass.
        cost: "inputs" that the network has run on so far, and "gradients" taken at them.
    """

    output: Callable[[Tensor], Tensor]
    weights: Tensor
    embeddings: Tensor
    baseline: Tensor
    members: Tensor
    value: float
    baseline_value: float
    baseline_probabilities: dict[str, float]
    rows: int
    cost: Counter[str] = field(default_factory=Counter)

    @property
    def change(self) -> float:
        """F(x) - F(x'), in logits."""
        return self.value - self.baseline_value

    def output_of_words(self, present: Tensor) -> Tensor:
        """(rows, words), 1 for a word that is present and 0 for one that is absent -> (rows,) outputs."""
        pieces = (present @ self.members).bool()  # (rows, tokens)
        return self.output(torch.where(pieces[..., None], self.embeddings, self.baseline))

    def split_among_pieces(self, scores: Tensor) -> Tensor:
        """(words,) scores -> (tokens,), each word's split evenly among its pieces, 0 at special tokens."""
        return scores / self.members.sum(dim=1) @ self.members

    def completeness_gap(self, scores: Tensor) -> float:
        """How far the scores are from adding up to the change, as a share of it."""
        return abs(scores.sum().item() - self.change) / max(abs(self.change), MIN_CHANGE)


@dataclass(frozen=True, slots=True, eq=False)
class PieceScores:
    """What a method returns.

    Attributes:
        scores: (tokens,) in logits, or gradient norms for saliency.
        steps: points, samples, orders or subsets that they come from; None if the method has none.
        standard_errors: (words,) of the word scores, in logits, for methods that sample; 0 if exact; None otherwise.
    """

    scores: Tensor
    steps: int | None = None
    standard_errors: Tensor | None = None


def build_target(
    model: NLIModel, pair: EncodedPair, *, weights: Callable[[np.ndarray], Tensor], baseline: str
) -> AttributionTarget:
    """The output that these weights of the logits make, with the pair's and the baseline's embeddings.

    Args:
        weights: from the pair's logits (labels,) to the weights (labels,), see :func:`output_weights`.
        baseline: one of ``BASELINES``: an absent word has the embedding of [PAD], of [MASK], or zeros.
    """
    inputs = tensors(pair)
    members = word_members(pair)
    present, filler = piece_embeddings(model, inputs["input_ids"], baseline=baseline)
    absent = torch.where(members.any(dim=0)[:, None], filler, present)
    cost: Counter[str] = Counter()

    def logits(embeddings: Tensor) -> Tensor:
        cost["inputs"] += len(embeddings)
        segments = inputs["token_type_ids"].expand(len(embeddings), -1)
        return verdict_logits(model.network, embeddings=embeddings, segments=segments)

    with torch.no_grad():
        ends = logits(torch.cat([present, absent]))
    probabilities = dict(zip(model.output_labels, softmax(ends[1].numpy()).tolist(), strict=True))
    weighted = weights(ends[0].numpy())
    value, baseline_value = (ends @ weighted).tolist()
    return AttributionTarget(
        output=lambda embeddings: logits(embeddings) @ weighted,
        weights=weighted,
        embeddings=present,
        baseline=absent,
        members=members,
        value=value,
        baseline_value=baseline_value,
        baseline_probabilities={label: probabilities[label] for label in model.labels},
        rows=max(1, PIECES_PER_PASS // len(pair.tokens)),
        cost=cost,
    )


def piece_embeddings(model: NLIModel, ids: Tensor, *, baseline: str) -> tuple[Tensor, Tensor]:
    """(1, tokens) ids -> (1, tokens, hidden) embeddings of these word pieces, and (hidden,) that of an absent one."""
    table = model.network.get_input_embeddings().weight.detach()
    fillers = {
        "pad": table[model.tokenizer.pad_token_id],
        "mask": table[model.tokenizer.mask_token_id],
        "zero": torch.zeros(model.hidden),
    }
    return table[ids], fillers[baseline]


def word_members(pair: EncodedPair) -> Tensor:
    """(words, tokens), 1 where a piece belongs to a word, else 0."""
    members = torch.zeros(len(pair.words), len(pair.tokens))
    for row, word in zip(members, pair.words, strict=True):
        row[list(word.positions)] = 1
    return members


def output_weights(logits: np.ndarray, index: int, *, output: str) -> Tensor:
    """(labels,) weights of the logits in the output explained: 1 for the target's, for a margin -1 for its rival's.

    The pair fixes the rival: if it changed along the path to the baseline, the output would bend sharply and
    integrated gradients would need many more steps.

    Args:
        logits: (labels,) of the pair.
        index: of the target.
        output: one of ``OUTPUTS``.
    """
    weights = torch.zeros(len(logits))
    weights[index] = 1
    if output == "margin":
        rival = next(other for other in reversed(logits.argsort()) if other != index)
        weights[rival] = -1
    return weights


def check_choice(value: str, choices: Sequence[str], *, field: str) -> None:
    """Refuses a value that is not one of the choices, and lists them.

    Raises:
        InputError: names the value and the choices.
    """
    if value not in choices:
        raise InputError(f"There is no {field} {value!r}. Choose one of: {', '.join(choices)}.", field=field)
