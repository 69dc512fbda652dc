"""Scores of word pieces from gradients of one output: at the pair itself, or along a path from the baseline to it.

Captum takes every gradient. The points of integrated gradients and of gradient SHAP are chosen here, because Captum's own
hook the shared network or draw from global random numbers. Captum is imported when first used.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from bertmini_demo.explain.methods.attribution_target import MIN_CHANGE, AttributionTarget, PieceScores
from bertmini_demo.explain.methods.integrated_gradients import integrate

ENOUGH_GAP = 0.01  # completeness gap at which integrated gradients stops
NOISE = 0.05  # of gradient SHAP: standard deviation, as a share of that of the path's components


def integrated_gradients(target: AttributionTarget, *, halvings: int) -> Iterator[PieceScores]:
    """The mean gradient along the straight path from the baseline to the pair, times the path.

    The scores add up to F(x) - F(x') where the mean is exact: see :mod:`bertmini_demo.explain.methods.integrated_gradients`.

    Paper: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365

    Args:
        halvings: in how many rounds the path may be refined while the completeness gap is large.

    Yields:
        Scores in logits, first from few points of the path and then from more, with a smaller completeness gap each time; the
        steps are the points at which the gradient was taken for them.
    """
    path = target.embeddings - target.baseline  # (1, tokens, hidden)

    def points(shares: Tensor) -> Iterator[Tensor]:
        return (target.baseline + chunk[:, None, None] * path for chunk in shares.split(target.rows))

    def slopes(shares: Tensor) -> Tensor:
        return torch.cat([(gradient(target, inputs) * path).sum(dim=-1) for inputs in points(shares)])

    @torch.no_grad()
    def output(shares: Tensor) -> Tensor:
        return torch.cat([target.output(inputs) for inputs in points(shares)])

    rounds = integrate(
        slopes,
        output,
        ends=(target.baseline_value, target.value),
        enough=ENOUGH_GAP * max(abs(target.change), MIN_CHANGE),
        halvings=halvings,
    )
    return (PieceScores(scores, steps) for scores, steps in rounds)


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
