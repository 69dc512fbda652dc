"""Probes beat their controls where the states hold the answer, and do not where they hold only the word."""

import numpy as np
import pytest

from bertmini_demo.explain.probes import linear_probe
from bertmini_demo.explain.probes.linear_probe import control_answers, fit_logistic, probe_states, probe_task
from bertmini_demo.explain.probes.probe_tasks import TASKS, ProbeExample

ROWS, HIDDEN, TYPES = 1200, 24, 400


def made_states(draws):
    """(depths 3, rows, hidden): depth 0 noise, depth 1 with a direction for the label, depth 2 the label and the type."""
    labels = draws.random(ROWS) < 0.5
    types = draws.integers(TYPES, size=ROWS)
    noise = draws.normal(size=(3, ROWS, HIDDEN))
    direction, words = draws.normal(size=HIDDEN), draws.normal(size=(TYPES, HIDDEN))
    noise[1:] += 1.5 * np.where(labels, 1, -1)[:, None] * direction
    noise[2] += 3 * words[types]
    return noise, labels, [str(one) for one in types]


def test_a_probe_beats_its_control_where_the_label_is_in_the_states_and_only_there():
    draws = np.random.default_rng(0)
    states, labels, types = made_states(draws)
    found = probe_states("made", states, labels, control_answers(types, draws=draws), draws=draws)
    assert found.accuracy[0] < 0.58
    assert found.accuracy[1] > 0.95
    assert found.selectivity[1] > 0.35
    assert abs(found.selectivity[0]) < 0.12
    assert found.majority < 0.58


def test_it_does_not_where_the_answer_hangs_on_the_word_alone():
    """With few word types a probe learns any answers by heart: the control shows it."""
    draws = np.random.default_rng(1)
    words = draws.normal(size=(12, HIDDEN))
    types = draws.integers(12, size=ROWS)
    states = words[types][None] + 0.01 * draws.normal(size=(1, ROWS, HIDDEN))
    labels = (np.arange(12) % 2 == 0)[types]
    control = control_answers([str(one) for one in types], draws=draws)
    found = probe_states("made", states, labels, control, draws=draws)
    assert found.accuracy[0] > 0.98
    assert found.control[0] > 0.98
    assert abs(found.selectivity[0]) < 0.02


def test_control_answers_hang_on_the_word_and_are_drawn_evenly():
    types = [str(number % 300) for number in range(900)]
    answers = control_answers(types, draws=np.random.default_rng(0))
    assert all(answers[place] == answers[place % 300] for place in range(900))
    assert 0.4 < answers.mean() < 0.6
    assert (control_answers(types, draws=np.random.default_rng(1)) != answers).any()


def test_the_regression_is_the_minimum_of_its_own_loss():
    draws = np.random.default_rng(0)
    features = draws.normal(size=(300, 3))
    labels = features @ [2, -1, 0] + draws.normal(size=300) > 0.3
    weights, bias = fit_logistic(features, labels)

    def loss(weights, bias):
        signed = np.where(labels, 1, -1) * (features @ weights + bias)
        return np.log1p(np.exp(-signed)).mean() + 0.01 * (weights**2).sum()

    best = loss(weights, bias)
    for step in 0.01 * draws.normal(size=(50, 4)):
        assert loss(weights + step[:3], bias + step[3]) > best
    assert weights[0] > 0 > weights[1]


def test_constant_states_can_tell_nothing_but_the_majority():
    labels = np.arange(200) % 4 == 0
    draws = np.random.default_rng(0)
    found = probe_states("made", np.ones((1, 200, 5)), labels, labels, draws=draws)
    assert found.accuracy[0] == found.majority == pytest.approx(0.75, abs=0.1)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="at least 8"):
        probe_states(
            "made", np.ones((1, 7, 5)), np.ones(7, bool), np.ones(7, bool), draws=np.random.default_rng(0)
        )


def test_the_states_are_those_of_the_examples_positions_alone_in_a_batch(model):
    pairs = [model.encode("A man sleeps.", text) for text in ("The dog walks in the park.", "A cat.")]
    examples = [ProbeExample(pairs[0], (1, 2), True, "a"), ProbeExample(pairs[1], (0,), False, "b")]
    states = linear_probe._states(model, examples)
    for row, example in enumerate(examples):
        hidden = model.trace(example.pair.premise, example.pair.hypothesis).hidden_states
        assert states[:, row] == pytest.approx(hidden[:, list(example.positions)].mean(axis=1), abs=1e-4)


def test_the_embeddings_of_cls_are_the_same_for_every_pair(tiny):
    pairs = [
        tiny.encode(
            f"A man sleeps in park {letter}.", "The dog is" + " not" * (place % 2) + " awake in the park."
        )
        for place, letter in enumerate("abcdefghijklmnop")
    ]
    draws = np.random.default_rng(0)
    examples = TASKS["negated hypothesis"](tiny, pairs, draws)
    found = probe_task(tiny, "negated hypothesis", examples, draws=draws)
    assert len(found.accuracy) == tiny.layers + 1
    assert found.accuracy[0] <= found.majority
    assert found.accuracy[-1] == 1  # one word more shifts every later state of [CLS]
