"""A copy learns, the model it is a copy of does not change."""

import math
from dataclasses import replace
from itertools import islice
from threading import Event

import pytest
import torch
from tiny_pairs import PAIRS, weights

from bertmini_demo.errors import InputError
from bertmini_demo.training.on_page.fine_tune import (
    ALL,
    BATCH,
    CLASSIFIER,
    LARGEST_RATE,
    REPORTS,
    UPPER,
    Plan,
    accuracy,
    batches,
    copy_of,
    tune,
)

PLAN = Plan(steps=4, rate=1e-3)


def changed(model, before):
    return {name for name, value in weights(model).items() if not torch.equal(value, before[name])}


def run(copied, plan=PLAN, *, training=PAIRS, held_out=PAIRS[:4], stopped=None):
    return list(tune(copied, training, held_out, plan=plan, stopped=stopped or Event()))


def test_the_model_stays_as_it_is_and_the_copy_changes(tiny):
    before, copied = weights(tiny), copy_of(tiny)
    run(copied)
    assert not changed(tiny, before)
    assert changed(copied, before) == set(before)
    shared = {value.data_ptr() for value in tiny.network.parameters()}
    assert not shared & {value.data_ptr() for value in copied.network.parameters()}
    assert (copied.labels, copied.output_labels) == (tiny.labels, tiny.output_labels)
    assert tuple(copied.network.config.id2label.values()) == tiny.output_labels
    assert all(value.grad is None for value in copied.network.parameters())


@pytest.mark.parametrize(
    ("learns", "parts"),
    [
        (UPPER, ("bert.encoder.layer.1.", "bert.encoder.layer.2.", "bert.pooler.", "classifier.")),
        (CLASSIFIER, ("bert.pooler.", "classifier.")),
    ],
)
def test_what_does_not_learn_stays(tiny, learns, parts):
    before, copied = weights(tiny), copy_of(tiny)
    run(copied, replace(PLAN, learns=learns))
    assert changed(copied, before) == {name for name in before if name.startswith(parts)}


def test_the_first_loss_is_that_of_the_models_own_verdicts(tiny):
    pairs = PAIRS[:BATCH]
    [report] = run(copy_of(tiny), Plan(steps=1, rate=1e-4), training=pairs)
    found = tiny.predict_batch([(pair.premise, pair.hypothesis) for pair in pairs])
    logs = [math.log(one.probabilities[pair.label]) for one, pair in zip(found, pairs, strict=True)]
    assert report.loss == pytest.approx(-sum(logs) / len(logs), abs=1e-5)


def test_it_learns_and_reports_what_is_so(tiny):
    copied = copy_of(tiny)
    reports = run(copied, Plan(steps=60, rate=3e-3))
    assert reports[-1].loss < 0.2 < reports[0].loss
    assert reports[-1].held_out == accuracy(copied, PAIRS[:4]) == 1.0
    assert [report.step for report in reports] == list(range(5, 61, 5))
    assert [report.seconds for report in reports] == sorted(report.seconds for report in reports)


def test_the_same_plan_gives_the_same_weights_and_another_seed_others(tiny):
    copies = [copy_of(tiny) for _ in range(3)]
    for copied, seed in zip(copies, (0, 0, 1), strict=True):
        run(copied, replace(PLAN, seed=seed))
    first = weights(copies[0])
    assert not changed(copies[1], first)
    assert changed(copies[2], first)


def test_it_stops_when_asked_and_when_the_time_is_up(tiny):
    stopped, reports = Event(), []
    for report in tune(copy_of(tiny), PAIRS, PAIRS[:4], plan=Plan(steps=500, rate=1e-4), stopped=stopped):
        reports.append(report)
        stopped.set()
    assert [report.step for report in reports] == [500 // REPORTS]
    assert [report.step for report in run(copy_of(tiny), replace(PLAN, seconds=0))] == [1]


def test_each_pair_comes_once_before_any_comes_again():
    size = 3 * BATCH
    seen = [index for batch in islice(batches(size, seed=0, count=6), 6) for index in batch]
    for start in (0, size):
        assert sorted(seen[start : start + size]) == list(range(size))
    assert seen[:size] != seen[size:]
    assert [len(batch) for batch in batches(3, seed=0, count=2)] == [BATCH, BATCH]


def test_a_loss_that_is_no_number_is_told(tiny):
    copied = copy_of(tiny)
    copied.network.classifier.bias.data.fill_(float("inf"))
    with pytest.raises(InputError, match="smaller learning rate"):
        run(copied)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 0}, "1 step or more"),
        ({"rate": 0.0}, "above 0"),
        ({"rate": 2 * LARGEST_RATE}, "at most 0.01"),
        ({"rate": float("nan")}, "above 0"),
        ({"learns": "<b>"}, "choose all, upper or classifier"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(changes, told):
    with pytest.raises(InputError, match=told):
        replace(Plan(steps=1, rate=1e-4, learns=ALL), **changes)
