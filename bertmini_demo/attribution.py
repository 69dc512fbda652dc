"""Why this label: how much each word piece moved one logit, by six methods of Captum.

The network is shared between threads and never hooked: every method works on the embeddings of the word pieces,
given to it as ``inputs_embeds``, with the segments and the attention mask of the true pair. A word that is absent
has its embeddings replaced by those of a baseline; [CLS] and [SEP] always stay. Captum is imported when first used.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from bertmini_demo.errors import InputError
from bertmini_demo.explain.integrated_gradients import integrate
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import tensors
from bertmini_demo.model.fast_forward import verdict_logits
from bertmini_demo.results import Attribution, EncodedPair, frozen

METHODS = (
    "integrated_gradients",
    "input_x_gradient",
    "saliency",
    "gradient_shap",
    "feature_ablation",
    "shapley_sampling",
)
BASELINES = ("pad", "mask", "zero")
OUTPUTS = ("logit", "margin")

HALVINGS = 5  # rounds in which parts that do not add up are halved
CLOSE_ENOUGH = 0.01  # completeness gap at which it stops
SMALLEST_CHANGE = 0.1  # logits; a gap is not measured against less
SAMPLES = 32  # points drawn by gradient SHAP
NOISE = 0.05  # it adds to a piece's embedding, as a share of how far that spreads around the baseline's
PERMUTATIONS = 12  # orders of the words taken by Shapley sampling, half of them drawn
QUICKER = 5  # times fewer of both where a rough answer will do
PIECES_AT_ONCE = 2048  # word pieces in one forward pass, which bounds the memory


def attribute(
    model: NLIModel,
    premise: str,
    hypothesis: str,
    *,
    method: str = "integrated_gradients",
    target: str | None = None,
    output: str = "logit",
    baseline: str = "pad",
    seed: int = 0,
    limit: int | None = None,
) -> Attribution:
    """How much each word piece of a pair moved one output of the network: see :func:`attribute_pair`.

    Args:
        limit: word pieces in all; the longer sentence is cut first.

    Raises:
        InputError: a sentence that cannot be read, or a choice that does not exist.
    """
    pair = model.encode(premise, hypothesis, limit=limit)
    return attribute_pair(
        model, pair, method=method, target=target, output=output, baseline=baseline, seed=seed
    )


def attribute_pair(
    model: NLIModel,
    pair: EncodedPair,
    *,
    method: str = "integrated_gradients",
    target: str | None = None,
    output: str = "logit",
    baseline: str = "pad",
    seed: int = 0,
) -> Attribution:
    """How much each word piece of an encoded pair moved one output of the network.

    Args:
        method: one of METHODS.
        target: the label explained, one of ``model.labels``; None for the predicted one.
        output: "logit" of the target, or "margin": its logit minus the one that is the highest other for this
            pair. Never the probability, which hardly moves where the network is sure.
        baseline: what an absent word is: the embedding of [PAD] or of [MASK], or zeros.
        seed: of what gradient_shap and shapley_sampling draw; the same seed gives the same scores.

    Returns:
        One score a word piece, in logits; for saliency the norm of a gradient.

    Raises:
        InputError: a choice that does not exist; the message lists those that do.
    """
    started = time.perf_counter()
    check_choice(method, METHODS, field="method")
    check_choice(output, OUTPUTS, field="output")
    check_choice(baseline, BASELINES, field="baseline")
    logits = model.batch_logits([pair])[0]
    target = model.output_labels[logits.argmax()] if target is None else target
    check_choice(target, model.labels, field="target")
    weights = output_weights(logits, model.output_labels.index(target), output=output)
    explained = build_target(model, pair, weights=weights, baseline=baseline)
    scores, steps = explain(explained, method=method, seed=seed)
    complete = steps is not None  # the methods that average are those that promise to add up
    return Attribution(
        pair=pair,
        method=method,
        target=target,
        output=output,
        baseline=None if method in ("saliency", "input_x_gradient") else baseline,
        scores=frozen(scores.numpy()),
        signed=method != "saliency",
        steps=steps,
        completeness_gap=explained.gap(scores) if complete else None,
        seconds=time.perf_counter() - started,
    )


def check_choice(value: str, choices: Sequence[str], *, field: str) -> None:
    """Refuses a value that is none of the choices, and lists them.

    Raises:
        InputError: the value is none of the choices.
    """
    if value not in choices:
        raise InputError(f"There is no {field} {value!r}. Choose one of: {', '.join(choices)}.", field=field)


@dataclass(frozen=True, slots=True, eq=False)
class AttributionTarget:
    """One output of the network, to be divided among the words of one pair.

    Attributes:
        output: embeddings (rows, tokens, hidden) -> (rows,), what is explained, in logits: F.
        present: (1, tokens, hidden), the embeddings of the word pieces: x.
        absent: (1, tokens, hidden), those of the baseline; the same at [CLS] and [SEP].
        members: (words, tokens), 1 where the piece belongs to the word, else 0.
        whole, without: F(x) and F(baseline), in logits.
        rows: how many inputs fit into one forward pass.
    """

    output: Callable[[Tensor], Tensor]
    present: Tensor
    absent: Tensor
    members: Tensor
    whole: float
    without: float
    rows: int

    @property
    def change(self) -> float:
        """F(x) - F(baseline), in logits."""
        return self.whole - self.without

    def output_of_words(self, kept: Tensor) -> Tensor:
        """(rows, words), 1 where a word is kept and 0 where it is absent -> (rows,) outputs."""
        pieces = (kept @ self.members).bool()  # (rows, tokens)
        return self.output(torch.where(pieces[..., None], self.present, self.absent))

    def shared_by_pieces(self, scores: Tensor) -> Tensor:
        """(words,) scores -> (tokens,), each word's divided evenly among its pieces, 0 at special tokens."""
        return scores / self.members.sum(dim=1) @ self.members

    def gap(self, scores: Tensor) -> float:
        """How far the scores are from adding up to the change, as a share of it."""
        return abs(scores.sum().item() - self.change) / max(abs(self.change), SMALLEST_CHANGE)


def output_weights(logits: np.ndarray, index: int, *, output: str) -> Tensor:
    """(labels,) weights of the logits in the output explained: 1 for the target's, for a margin -1 for its rival's.

    The rival is fixed by the pair: one that changed along the way to the baseline would bend the output sharply,
    and integrated gradients would need many more steps.
    """
    weights = torch.zeros(len(logits))
    weights[index] = 1
    if output == "margin":
        rival = next(place for place in reversed(logits.argsort()) if place != index)
        weights[rival] = -1
    return weights


def build_target(model: NLIModel, pair: EncodedPair, *, weights: Tensor, baseline: str) -> AttributionTarget:
    """Puts the choices into tensors; see :class:`AttributionTarget`."""
    inputs = tensors(pair)
    table = model.network.get_input_embeddings().weight.detach()
    members = torch.zeros(len(pair.words), len(pair.tokens))
    for row, word in zip(members, pair.words, strict=True):
        row[list(word.positions)] = 1
    fillers = {
        "pad": table[model.tokenizer.pad_token_id],
        "mask": table[model.tokenizer.mask_token_id],
        "zero": torch.zeros(model.hidden),
    }
    present = table[inputs["input_ids"]]
    absent = torch.where(members.any(dim=0)[:, None], fillers[baseline], present)

    def output(embeddings: Tensor) -> Tensor:
        segments = inputs["token_type_ids"].expand(len(embeddings), -1)
        return verdict_logits(model.network, embeddings=embeddings, segments=segments) @ weights

    with torch.no_grad():
        whole, without = output(torch.cat([present, absent])).tolist()
    return AttributionTarget(
        output, present, absent, members, whole, without, rows=max(1, PIECES_AT_ONCE // len(pair.tokens))
    )


def explain(
    explained: AttributionTarget, *, method: str, seed: int, quick: bool = False
) -> tuple[Tensor, int | None]:
    """(tokens,) scores by one of METHODS, and the steps or samples they took, if any.

    Args:
        quick: take few steps and samples, for scores that are compared rather than read.
    """
    fewer = QUICKER if quick else 1
    match method:
        case "integrated_gradients":
            return integrated_gradients(explained, halvings=0 if quick else HALVINGS)
        case "input_x_gradient":
            return input_x_gradient(explained), None
        case "saliency":
            return saliency(explained), None
        case "gradient_shap":
            samples = SAMPLES // fewer
            return gradient_shap(explained, samples, seed=seed), samples
        case "feature_ablation":
            return feature_ablation(explained), None
        case "shapley_sampling":
            permutations = PERMUTATIONS // fewer
            return shapley_sampling(explained, permutations, seed=seed), permutations


def integrated_gradients(explained: AttributionTarget, *, halvings: int) -> tuple[Tensor, int]:
    """The gradient, averaged along the straight line from the baseline to the pair, times the way.

    The scores add up to F(x) - F(baseline) where the average is exact: see :mod:`bertmini_demo.explain.integrated_gradients`.

    Paper: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365

    Args:
        halvings: in how many rounds the sum may be refined, where the completeness gap is not small before.

    Returns:
        (tokens,) scores in logits, and the points of the line at which the gradient was taken for them.
    """
    way = explained.present - explained.absent  # (1, tokens, hidden)

    def along(shares: Tensor) -> Iterator[Tensor]:
        return (explained.absent + chunk[:, None, None] * way for chunk in shares.split(explained.rows))

    def slopes(shares: Tensor) -> Tensor:
        return torch.cat([(gradient(explained, places) * way).sum(dim=-1) for places in along(shares)])

    @torch.no_grad()
    def output(shares: Tensor) -> Tensor:
        return torch.cat([explained.output(places) for places in along(shares)])

    return integrate(
        slopes,
        output,
        ends=(explained.without, explained.whole),
        enough=CLOSE_ENOUGH * max(abs(explained.change), SMALLEST_CHANGE),
        halvings=halvings,
    )


def input_x_gradient(explained: AttributionTarget) -> Tensor:
    """The gradient at the pair times the embedding: what the piece contributes if the network were linear.

    Paper: Shrikumar, Greenside, Shcherbina, Kundaje 2016, "Not just a black box", https://arxiv.org/abs/1605.01713

    Returns:
        (tokens,) scores in logits.
    """
    from captum.attr import InputXGradient

    embeddings = explained.present.clone().requires_grad_()
    return InputXGradient(explained.output).attribute(embeddings).detach().sum(dim=-1)[0]


def saliency(explained: AttributionTarget) -> Tensor:
    """The length of the gradient at the pair: how sensitive the output is to the piece, for better or worse.

    Paper: Simonyan, Vedaldi, Zisserman 2014, "Deep inside convolutional networks", https://arxiv.org/abs/1312.6034

    Returns:
        (tokens,) norms, never negative, in logits per unit of the embedding.
    """
    return gradient(explained, explained.present).norm(dim=-1)[0]


def gradient_shap(explained: AttributionTarget, samples: int, *, seed: int) -> Tensor:
    """Integrated gradients by chance: the gradient at points drawn between the baseline and a noisy pair.

    An estimate of SHAP values. One point is drawn from each of ``samples`` equal parts of the way, which halves the
    error. The draws come from a generator of their own: captum.attr.GradientShap takes them from the global ones
    of torch and numpy, which other threads draw from at the same time.

    Papers: Lundberg and Lee 2017, "A unified approach to interpreting model predictions",
    https://arxiv.org/abs/1705.07874; Erion et al. 2021, "Improving performance of deep learning models with axiomatic
    attribution priors and expected gradients", https://arxiv.org/abs/1906.10670

    Returns:
        (tokens,) scores in logits.
    """
    generator = torch.Generator().manual_seed(seed)
    way = explained.present - explained.absent  # (1, tokens, hidden)
    places = (torch.arange(samples) + torch.rand(samples, generator=generator)) / samples
    total = torch.zeros_like(way)
    for chunk in places.split(explained.rows):
        noise = torch.randn(len(chunk), *way.shape[1:], generator=generator)
        ways = way + NOISE * way.std(dim=-1, keepdim=True) * noise  # (samples, tokens, hidden)
        total += (ways * gradient(explained, explained.absent + chunk[:, None, None] * ways)).sum(dim=0)
    return total.sum(dim=-1)[0] / samples


def gradient(explained: AttributionTarget, embeddings: Tensor) -> Tensor:
    """(rows, tokens, hidden) -> the same shape, the gradient of each row's output."""
    from captum.attr import Saliency

    return Saliency(explained.output).attribute(embeddings.clone().requires_grad_(), abs=False)


def feature_ablation(explained: AttributionTarget) -> Tensor:
    """The output with the pair whole, minus the output with one word absent, for each word.

    Paper: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", https://arxiv.org/abs/1311.2901

    Returns:
        (tokens,) scores in logits, a word's shared evenly by its pieces.
    """
    from captum.attr import FeatureAblation

    every_word = torch.ones(1, len(explained.members))
    scores = FeatureAblation(explained.output_of_words).attribute(
        every_word, perturbations_per_eval=explained.rows
    )
    return explained.shared_by_pieces(scores[0])


def shapley_sampling(explained: AttributionTarget, permutations: int, *, seed: int) -> Tensor:
    """The change as a word joins those before it, averaged over random orders in which the words come in.

    Each order's changes add up to F(x) - F(baseline), and so do the scores. Every order drawn is also gone through
    backwards: where a word came early it then comes late, and much of the chance in the one cancels in the other.

    Papers: Castro, Gómez, Tejada 2009, "Polynomial calculation of the Shapley value based on sampling",
    https://doi.org/10.1016/j.cor.2008.04.004; Mitchell, Cooper, Frank, Holmes 2022, "Sampling permutations for Shapley
    value estimation", https://arxiv.org/abs/2104.12199

    Returns:
        (tokens,) scores in logits, a word's shared evenly by its pieces.
    """
    from captum.attr import ShapleyValueSampling

    generator = torch.Generator().manual_seed(seed)
    explainer = ShapleyValueSampling(explained.output_of_words)
    explainer.permutation_generator = partial(
        antithetic_permutations, generator=generator
    )  # Captum's is the global one
    every_word = torch.ones(1, len(explained.members))
    scores = explainer.attribute(every_word, n_samples=permutations, perturbations_per_eval=explained.rows)
    return explained.shared_by_pieces(scores[0])


def antithetic_permutations(words: int, orders: int, *, generator: torch.Generator) -> Iterator[list[int]]:
    """So many orders of the words: each second one is the one before it reversed."""
    drawn = (torch.randperm(words, generator=generator).tolist() for _ in range(orders))
    return islice((order for one in drawn for order in (one, one[::-1])), orders)
