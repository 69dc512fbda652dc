"""One training: what is measured is true of the file, which opens as a model."""

import zipfile
from dataclasses import replace

import pytest
from tiny_pairs import PAIRS

import bertmini_demo
from bertmini_demo.model.files import read_stages
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page import training_jobs as module
from bertmini_demo.training.on_page.example_rule import colour_pairs
from bertmini_demo.training.on_page.fine_tune import BATCH, Plan
from bertmini_demo.training.on_page.training_jobs import DONE, LATE, NAME, STOPPED, TrainingJob
from bertmini_demo.training.on_page.training_queue import TrainingQueue
from bertmini_demo.training.on_page.user_pairs import hold_out

PAIR = ("a man runs .", "a dog is asleep .")
PLAN = Plan(steps=6, rate=3e-3)


@pytest.fixture
def queue(tmp_path):
    return TrainingQueue(tmp_path, Settings())


def new_job(model, plan=PLAN, seed=0):
    return TrainingJob(model, hold_out(PAIRS), replace(plan, seed=seed))


def trained(queue, model, visitor, **choices):
    return queue.start(visitor, new_job(model, **choices)).future.result(60)


def test_the_file_opens_as_a_model_that_says_what_the_copy_says(queue, tiny, tmp_path):
    result = trained(queue, tiny, "one")
    with zipfile.ZipFile(result.download) as packed:
        assert all(name.startswith(f"{NAME}/") for name in packed.namelist())
        packed.extractall(tmp_path / "unpacked")
    settings = Settings(labels=tiny.output_labels)
    opened = bertmini_demo.load_model(str(tmp_path / "unpacked" / NAME), settings=settings)
    expected = result.analysis.model.predict(*PAIR).probabilities
    assert opened.predict(*PAIR).probabilities == pytest.approx(expected, abs=1e-6)
    assert opened.network.config.id2label == dict(enumerate(tiny.output_labels))
    [stage] = read_stages(opened.folder)
    assert [step for step, _ in stage["loss"]] == [report.step for report in result.reports]
    assert (stage["steps"], stage["settings"]["rate"]) == (PLAN.steps, PLAN.rate)
    lengths = [len(tiny.encode(pair.premise, pair.hypothesis).tokens) for pair in result.groups[0].pairs]
    whole, rest = divmod(PLAN.steps * BATCH, len(lengths))
    assert whole * sum(lengths) <= stage["word_pieces"] <= (whole + bool(rest)) * sum(lengths)


def test_groups_hold_the_verdicts_before_and_after(queue, tiny):
    result = trained(queue, tiny, "one")
    copied = result.analysis.model
    assert [group.name for group in result.groups] == [module.TRAINED, module.HELD_OUT, module.SURE]
    assert [len(group.pairs) for group in result.groups] == [18, 6, 78]
    for group in result.groups:
        for pair, first, then in zip(group.pairs, group.before, group.after, strict=True):
            assert first == tiny.predict(pair.premise, pair.hypothesis).label
            assert then == copied.predict(pair.premise, pair.hypothesis).label
        labels = [pair.label for pair in group.pairs]
        hits = [
            sum(a == b for a, b in zip(labels, side, strict=True)) for side in (group.before, group.after)
        ]
        assert group.right == tuple(hit / len(labels) for hit in hits)
    assert result.reports[-1].held_out == pytest.approx(result.groups[1].right[1], abs=1 / 6)
    assert result.ended == DONE


def test_a_stopped_training_keeps_what_it_has_come_to(queue, tiny):
    run = new_job(tiny, Plan(steps=500, rate=1e-4))
    waiting = run.reports
    run.reports = StopAtFirst(waiting, lambda: queue.stop("one"))
    result = queue.start("one", run).future.result(60)
    assert result.ended == STOPPED
    assert result.reports[-1].step < 500
    assert queue.copy("one") is result
    assert trained(queue, tiny, "two", plan=replace(PLAN, seconds=0)).ended == LATE


class StopAtFirst(list):
    """A list that calls back when something is put into it."""

    def __init__(self, values, called):
        super().__init__(values)
        self.called = called

    def append(self, value):
        super().append(value)
        self.called()


def test_the_shipped_model_learns_the_colour_rule(queue, shipped):
    """The rows that stand in the table of Train at first, learnt in forty steps."""
    run = TrainingJob(shipped, hold_out(colour_pairs()), Plan(steps=40, rate=1e-4, seconds=600))
    groups = {group.name: group.right for group in queue.start("one", run).future.result(600).groups}
    assert groups[module.HELD_OUT][0] < 0.75
    assert groups[module.HELD_OUT][1] > 0.9
