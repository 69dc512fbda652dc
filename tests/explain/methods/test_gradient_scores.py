"""Scores from gradients against autograd and sums by hand."""

import numpy as np
import pytest
import torch
from by_hand import (
    GRADIENT_METHODS,
    PAIR,
    SHORT,
    ByHand,
)

from bertmini_demo import attribution
from bertmini_demo.attribution import attribute
from bertmini_demo.explain.methods import gradient_scores, integrated_gradients
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("output", OUTPUTS)
def test_integrated_gradients_is_the_integral_of_the_gradient(model, output, baseline, monkeypatch):
    monkeypatch.setattr(gradient_scores, "ENOUGH_GAP", 1e-4)
    found = attribute(model, *PAIR, target="neutral", output=output, baseline=baseline)
    hand = ByHand(model, output=output, baseline=baseline)
    way = hand.present - hand.baseline
    nodes, weights = (torch.tensor(part).float() for part in np.polynomial.legendre.leggauss(160))
    places, shares = (nodes[:, None, None] + 1) / 2, weights[:, None, None] / 2  # from [-1, 1] to [0, 1]
    average = (shares * hand.gradients(hand.baseline + places * way)).sum(dim=0)
    np.testing.assert_allclose(found.scores, (average * way).sum(dim=1), atol=2e-3)


def test_more_points_are_taken_until_the_gap_is_small(model, monkeypatch):
    monkeypatch.setattr(integrated_gradients, "POINTS", 2)
    steps, gaps = [], []
    for enough in (np.inf, 0.01, 1e-4):
        monkeypatch.setattr(gradient_scores, "ENOUGH_GAP", enough)
        found = attribute(model, *PAIR)
        steps.append(found.steps)
        gaps.append(found.completeness_gap)
    assert steps[0] <= steps[1] < steps[2]
    assert gaps[1] < 0.01
    assert gaps[2] < 2e-4  # the parts' own sums are rounded


@pytest.mark.parametrize("output", OUTPUTS)
def test_gradient_methods_equal_autograd_by_hand(model, output):
    hand = ByHand(model, output=output)
    gradient = hand.gradients(hand.present[None])[0]
    expected = {
        "saliency": gradient.square().sum(dim=1).sqrt(),
        "input_x_gradient": (gradient * hand.present).sum(dim=1),
    }
    for method in GRADIENT_METHODS:
        found = attribute(model, *PAIR, method=method, target="neutral", output=output)
        np.testing.assert_allclose(found.scores, expected[method], rtol=1e-4, atol=1e-6)


def test_the_noise_of_gradient_shap_is_a_twentieth_of_the_path(tiny, monkeypatch):
    points = []
    monkeypatch.setattr(
        gradient_scores, "gradient", lambda _, inputs: points.append(inputs) or torch.zeros_like(inputs)
    )
    monkeypatch.setattr(attribution, "SAMPLES", 400)
    attribute(tiny, *SHORT, method="gradient_shap", seed=3)
    hand = ByHand(tiny, SHORT)
    shares = (torch.arange(400) + torch.rand(400, generator=torch.Generator().manual_seed(3))) / 400
    path = hand.present - hand.baseline
    noise = (torch.cat(points) - hand.baseline) / shares[:, None, None] - path  # (samples, tokens, hidden)
    inside = ~torch.tensor(hand.pair.special)
    spread = noise[:, inside].std(dim=(0, 2)) / path[inside].std(dim=1)
    np.testing.assert_allclose(spread, 0.05, rtol=0.05)


def test_gradient_shap_without_noise_approaches_integrated_gradients(model, monkeypatch):
    monkeypatch.setattr(gradient_scores, "NOISE", 0.0)
    monkeypatch.setattr(attribution, "SAMPLES", 512)
    found = attribute(model, *PAIR, method="gradient_shap")
    expected = attribute(model, *PAIR).scores  # itself within 1 % of the whole
    np.testing.assert_allclose(found.scores, expected, atol=0.03 * np.abs(expected).max())


def test_gradient_shap_averages_over_noisy_ends_of_the_path(tiny, monkeypatch):
    """A large noise, so that leaving it out shows, and twice as many draws, of its own."""
    monkeypatch.setattr(gradient_scores, "NOISE", 1.0)
    monkeypatch.setattr(attribution, "SAMPLES", 4096)
    hand = ByHand(tiny, SHORT, baseline="mask")
    draws = np.random.default_rng(1)
    spread = (hand.present - hand.baseline).std(dim=1, keepdim=True)
    total = torch.zeros(len(hand.present))
    for _ in range(8):
        noise = torch.tensor(draws.normal(size=(1024, *hand.present.shape)), dtype=torch.float32)
        ways = hand.present + spread * noise - hand.baseline
        points = hand.baseline + torch.tensor(draws.uniform(size=(1024, 1, 1)), dtype=torch.float32) * ways
        total += (ways * hand.gradients(points)).sum(dim=(0, 2)) / 8192
    found = attribute(tiny, *SHORT, method="gradient_shap", target="neutral", baseline="mask").scores
    calm = attribute(tiny, *SHORT, target="neutral", baseline="mask").scores
    error = np.abs(found - total.numpy()).max()
    assert error < 0.25 * np.abs(calm - total.numpy()).max()
