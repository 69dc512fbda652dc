"""The temperature against a likelihood with a known peak, and the rewritten model against the old one's logits."""

import json

import numpy as np
import pytest
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.temperature_scaling import fit, logits_and_truths


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_labels_drawn_at_a_temperature_give_it_back(temperature):
    dice = np.random.default_rng(0)
    logits = dice.normal(size=(20_000, 3)) * 2
    shares = np.exp(logits / temperature)
    shares /= shares.sum(axis=1, keepdims=True)
    truths = (dice.random((len(logits), 1)) > shares.cumsum(axis=1)).sum(axis=1)
    assert fit(logits, truths) == pytest.approx(temperature, rel=0.05)


def test_it_is_the_best_of_many_temperatures():
    dice = np.random.default_rng(1)
    logits, truths = dice.normal(size=(50, 3)), dice.integers(3, size=50)

    def loss(temperature):
        scaled = logits / temperature
        return np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(50), truths])

    found = loss(fit(logits, truths))
    assert all(found <= loss(other) + 1e-9 for other in np.geomspace(0.05, 20, 200))


@pytest.fixture
def sure_file(tmp_path, tiny):
    """Pairs that the tiny model gets right half of the time, though it is surer than that."""
    pairs = [
        (f"a {one} is {two}", f"the {two} {one}")
        for one in ["dog", "cat", "man"]
        for two in ["asleep", "awake", "in"]
    ]
    rows = [
        {"premise": p, "hypothesis": h, "label": LABELS[(LABELS.index(answer.label) + number // 2) % 3]}
        for number, ((p, h), answer) in enumerate(zip(pairs, tiny.predict_batch(pairs), strict=True))
    ]
    path = tmp_path / "dev.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_the_command_divides_the_logits_and_changes_no_verdict(tmp_path, tiny, sure_file):
    folder = write_tiny_checkpoint(tmp_path / "model")
    assert main(["calibrate", "--model", str(folder), "--data", str(sure_file)]) == 0
    found = json.loads((folder / "temperature.json").read_text())
    assert found["fitted_on"] == ["dev.jsonl"]
    after = bertmini_demo.load_model(str(folder))
    pair = ("the man sleeps", "a man is awake")
    for label, logit in tiny.predict(*pair).logits.items():
        assert after.predict(*pair).logits[label] == pytest.approx(logit / found["temperature"], abs=0.02)
    rows = [Pair(*json.loads(line).values()) for line in sure_file.read_text().splitlines()]
    assert fit(*logits_and_truths(after, rows[::2])) == pytest.approx(1, abs=0.02)


def test_confidence_is_mended_on_rows_it_was_not_fitted_on():
    """Answers right 6 times in 10 with a confidence near 1; after the fit they are about as sure as right."""
    dice = np.random.default_rng(2)
    truths = dice.integers(3, size=4000)
    answers = np.where(dice.random(4000) < 0.6, truths, (truths + 1) % 3)
    logits = np.eye(3)[answers] * 9 + dice.normal(size=(4000, 3)) * 0.1
    temperature = fit(logits[::2], truths[::2])
    shares = np.exp(logits / temperature)
    shares /= shares.sum(axis=1, keepdims=True)
    assert shares[1::2].max(axis=1).mean() == pytest.approx(0.6, abs=0.04)
