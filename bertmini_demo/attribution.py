"""Why this label: how much each word piece moved one logit, by six methods built on Captum.

Captum computes every gradient, ablation and permutation. The points of integrated gradients and of gradient SHAP are
chosen here, because Captum's own hook the shared network or draw from global random numbers. Captum is imported when
first used.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from bertmini_demo.explain.attribution_target import (
    BASELINES,
    MIN_CHANGE,
    OUTPUTS,
    AttributionTarget,
    build_target,
    check_choice,
    output_weights,
)
from bertmini_demo.explain.integrated_gradients import integrate
from bertmini_demo.explain.shapley import MAX_EXACT_WORDS, exact_shapley
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Attribution, EncodedPair, frozen

METHODS = (
    "integrated_gradients",
    "input_x_gradient",
    "saliency",
    "gradient_shap",
    "feature_ablation",
    "shapley_sampling",
)
WITHOUT_BASELINE = ("input_x_gradient", "saliency")

HALVINGS = 5  # rounds in which the path of integrated gradients may be refined
ENOUGH_GAP = 0.01  # completeness gap at which it stops
SAMPLES = 32  # points drawn by gradient SHAP
NOISE = 0.05  # of gradient SHAP: standard deviation, as a share of that of the path's components
PERMUTATION_PAIRS = 12  # random orders of the words drawn by Shapley sampling; each is also taken in reverse
QUICKER = 5  # times fewer samples and orders for scores that are compared rather than read


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


def attribute(
    model: NLIModel,
    premise: str,
    hypothesis: str,
    *,
    method: str = "integrated_gradients",
    target: str | None = None,
    output: str = OUTPUTS[0],
    baseline: str = BASELINES[0],
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
    output: str = OUTPUTS[0],
    baseline: str = BASELINES[0],
    seed: int = 0,
) -> Attribution:
    """How much each word piece of an encoded pair moved one output of the network.

    Args:
        method: one of METHODS.
        target: the label explained, one of ``model.labels``; None for the predicted one.
        output: "logit" of the target, or "margin": its logit minus the highest other one of this pair. Never the
            probability, which hardly moves where the network is confident.
        baseline: what replaces an absent word: zeros, or the embedding of [MASK] or of [PAD]. Zeros are the default: by
            assets/baselines.json the words ranked highest then lower a confident verdict most.
        seed: of the random draws of gradient_shap and shapley_sampling; the same seed gives the same scores.

    Returns:
        One score a word piece, in logits; for saliency the norm of a gradient, in logits per unit of the embedding.

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
    result = score_pieces(explained, method=method, seed=seed)
    errors = result.standard_errors
    compared = method not in WITHOUT_BASELINE
    complete = result.steps is not None  # the methods that average over points or orders add up to the change
    return Attribution(
        pair=pair,
        method=method,
        target=target,
        output=output,
        baseline=baseline if compared else None,
        baseline_probabilities=explained.baseline_probabilities if compared else None,
        scores=frozen(result.scores.numpy()),
        signed=method != "saliency",
        steps=result.steps,
        inputs=explained.cost["inputs"],
        gradients=explained.cost["gradients"],
        standard_errors=None if errors is None else frozen(errors.numpy()),
        completeness_gap=explained.completeness_gap(result.scores) if complete else None,
        seconds=time.perf_counter() - started,
    )


def score_pieces(target: AttributionTarget, *, method: str, seed: int, quick: bool = False) -> PieceScores:
    """The scores of all word pieces by one of METHODS.

    Args:
        quick: take few steps and samples, for scores that are compared rather than read.
    """
    fewer = QUICKER if quick else 1
    match method:
        case "integrated_gradients":
            return integrated_gradients(target, halvings=0 if quick else HALVINGS)
        case "input_x_gradient":
            return PieceScores(input_x_gradient(target))
        case "saliency":
            return PieceScores(saliency(target))
        case "gradient_shap":
            return gradient_shap(target, SAMPLES // fewer, seed=seed)
        case "feature_ablation":
            return PieceScores(feature_ablation(target))
        case "shapley_sampling":
            if len(target.members) <= MAX_EXACT_WORDS and not quick:
                scores, subsets = exact_shapley(target)
                return PieceScores(target.split_among_pieces(scores), subsets, torch.zeros_like(scores))
            return shapley_sampling(target, max(1, PERMUTATION_PAIRS // fewer), seed=seed)


def integrated_gradients(target: AttributionTarget, *, halvings: int) -> PieceScores:
    """The mean gradient along the straight path from the baseline to the pair, times the path.

    The scores add up to F(x) - F(x') where the mean is exact: see :mod:`bertmini_demo.explain.integrated_gradients`.

    Paper: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365

    Args:
        halvings: in how many rounds the path may be refined while the completeness gap is large.

    Returns:
        Scores in logits; the steps are points of the path at which the gradient was taken for them.
    """
    path = target.embeddings - target.baseline  # (1, tokens, hidden)

    def points(shares: Tensor) -> Iterator[Tensor]:
        return (target.baseline + chunk[:, None, None] * path for chunk in shares.split(target.rows))

    def slopes(shares: Tensor) -> Tensor:
        return torch.cat([(gradient(target, inputs) * path).sum(dim=-1) for inputs in points(shares)])

    @torch.no_grad()
    def output(shares: Tensor) -> Tensor:
        return torch.cat([target.output(inputs) for inputs in points(shares)])

    scores, steps = integrate(
        slopes,
        output,
        ends=(target.baseline_value, target.value),
        enough=ENOUGH_GAP * max(abs(target.change), MIN_CHANGE),
        halvings=halvings,
    )
    return PieceScores(scores, steps)


def input_x_gradient(target: AttributionTarget) -> Tensor:
    """The gradient at the pair times the embedding: the piece's contribution if the network were linear.

    Paper: Shrikumar, Greenside, Shcherbina, Kundaje 2016, "Not just a black box", https://arxiv.org/abs/1605.01713

    Returns:
        (tokens,) scores in logits.
    """
    from captum.attr import InputXGradient

    target.cost["gradients"] += 1
    embeddings = target.embeddings.clone().requires_grad_()
    return InputXGradient(target.output).attribute(embeddings).detach().sum(dim=-1)[0]


def saliency(target: AttributionTarget) -> Tensor:
    """The length of the gradient at the pair: how sensitive the output is to the piece, in either direction.

    Paper: Simonyan, Vedaldi, Zisserman 2014, "Deep inside convolutional networks", https://arxiv.org/abs/1312.6034

    Returns:
        (tokens,) norms, never negative, in logits per unit of the embedding.
    """
    return gradient(target, target.embeddings).norm(dim=-1)[0]


def gradient_shap(target: AttributionTarget, samples: int, *, seed: int) -> PieceScores:
    """Integrated gradients by sampling: the gradient at random points between the baseline and a noisy pair.

    With a single baseline this approximates integrated gradients of a smoothed output; it estimates SHAP values only
    as far as the output is linear and words are independent. One point is drawn from each of ``samples`` equal parts
    of the path, which halves the error; neighbouring parts give the standard error (an upper estimate). The draws
    come from a generator of this call: captum.attr.GradientShap uses the global ones, shared between threads.

    Papers: Lundberg and Lee 2017, "A unified approach to interpreting model predictions",
    https://arxiv.org/abs/1705.07874; Erion et al. 2021, "Improving performance of deep learning models with axiomatic
    attribution priors and expected gradients", https://arxiv.org/abs/1906.10670

    Args:
        samples: an even number of points.

    Returns:
        Scores in logits.
    """
    generator = torch.Generator().manual_seed(seed)
    path = target.embeddings - target.baseline  # (1, tokens, hidden)
    spread = NOISE * path.std(dim=-1, keepdim=True)
    shares = (torch.arange(samples) + torch.rand(samples, generator=generator)) / samples
    drawn = []
    for chunk in shares.split(target.rows):
        noise = torch.randn(len(chunk), *path.shape[1:], generator=generator)
        paths = path + spread * noise  # (samples, tokens, hidden)
        slopes = gradient(target, target.baseline + chunk[:, None, None] * paths)
        drawn.append((paths * slopes).sum(dim=-1))
    pieces = torch.cat(drawn)  # (samples, tokens)
    even, odd = (pieces @ target.members.T).unflatten(0, (-1, 2)).unbind(dim=1)  # (samples / 2, words)
    return PieceScores(pieces.mean(dim=0), samples, (even - odd).norm(dim=0) / samples)


def gradient(target: AttributionTarget, embeddings: Tensor) -> Tensor:
    """(rows, tokens, hidden) -> the same shape, the gradient of each row's output."""
    from captum.attr import Saliency

    target.cost["gradients"] += len(embeddings)
    return Saliency(target.output).attribute(embeddings.clone().requires_grad_(), abs=False)


def feature_ablation(target: AttributionTarget) -> Tensor:
    """For each word, the output for the pair minus the output with this word absent.

    Paper: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", https://arxiv.org/abs/1311.2901

    Returns:
        (tokens,) scores in logits, a word's split evenly among its pieces.
    """
    from captum.attr import FeatureAblation

    every_word = torch.ones(1, len(target.members))
    scores = FeatureAblation(target.output_of_words).attribute(every_word, perturbations_per_eval=target.rows)
    return target.split_among_pieces(scores[0])


def shapley_sampling(target: AttributionTarget, pairs: int, *, seed: int) -> PieceScores:
    """The change as a word joins those before it, averaged over random orders in which the words join.

    Each order's changes add up to F(x) - F(x'), and so do the scores: their sum says nothing about their error. Every
    order is also taken in reverse, where a word that came early comes late, so that much of the noise cancels. The
    standard error comes from the spread between such pairs of orders.

    Papers: Castro, Gómez, Tejada 2009, "Polynomial calculation of the Shapley value based on sampling",
    https://doi.org/10.1016/j.cor.2008.04.004; Mitchell, Cooper, Frank, Holmes 2022, "Sampling permutations for Shapley
    value estimation", https://arxiv.org/abs/2104.12199

    Args:
        pairs: of orders, 1 or more.

    Returns:
        Scores in logits, a word's split evenly among its pieces; no standard errors from a single pair.
    """
    from captum.attr import ShapleyValueSampling

    generator = torch.Generator().manual_seed(seed)
    explainer = ShapleyValueSampling(target.output_of_words)
    explainer.permutation_generator = partial(
        antithetic_permutations, generator=generator
    )  # not the global one
    every_word = torch.ones(1, len(target.members))
    drawn = torch.cat(
        [
            explainer.attribute(every_word, n_samples=2, perturbations_per_eval=target.rows)
            for _ in range(pairs)
        ]
    )  # (pairs, words)
    errors = drawn.std(dim=0) / pairs**0.5 if pairs > 1 else None
    return PieceScores(target.split_among_pieces(drawn.mean(dim=0)), 2 * pairs, errors)


def antithetic_permutations(words: int, count: int, *, generator: torch.Generator) -> Iterator[list[int]]:
    """``count`` orders of the words; every second one is the previous one reversed."""
    drawn = (torch.randperm(words, generator=generator).tolist() for _ in range(count))
    return islice((order for one in drawn for order in (one, one[::-1])), count)
