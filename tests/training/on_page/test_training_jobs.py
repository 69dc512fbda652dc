"""Copies are their visitor's alone, are trained one after another, and go when the visitor does."""

import gc
import zipfile
from dataclasses import replace
from threading import Event

import pytest
from tiny_pairs import PAIRS, weights

import bertmini_demo
from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.model.checkpoint import read_stages
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page import training_jobs as module
from bertmini_demo.training.on_page.example_rule import colour_pairs
from bertmini_demo.training.on_page.fine_tune import BATCH, Plan
from bertmini_demo.training.on_page.training_jobs import DONE, LATE, NAME, STOPPED, Run, Workshop
from bertmini_demo.training.on_page.user_pairs import hold_out

PAIR = ("a man runs .", "a dog is asleep .")
PLAN = Plan(steps=6, rate=3e-3)


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path, Settings())


@pytest.fixture
def held(workshop, tiny):
    """A workshop whose thread waits; set the event to let it go on."""
    let_go = Event()
    workshop.start("first", new_run(tiny)).future.result(60)
    workshop._pool.submit(let_go.wait, 60)
    yield let_go
    let_go.set()


def new_run(model, plan=PLAN, seed=0):
    return Run(model, hold_out(PAIRS), replace(plan, seed=seed))


def trained(workshop, model, visitor, **choices):
    return workshop.start(visitor, new_run(model, **choices)).future.result(60)


def test_two_visitors_have_each_their_own_copy_and_the_model_stays(workshop, tiny):
    before = weights(tiny)
    one, other = (trained(workshop, tiny, name, seed=seed) for seed, name in enumerate(("one", "other")))
    assert workshop.result("one") is one
    assert workshop.result("other") is other
    assert workshop.result("third") is None
    said = [result.analysis.model.predict(*PAIR).probabilities for result in (one, other)]
    assert said[0] != said[1]
    assert tiny.predict(*PAIR).probabilities not in said
    assert all(value.equal(before[name]) for name, value in weights(tiny).items())


def test_what_is_a_visitors_goes_with_them(workshop, tiny):
    result = trained(workshop, tiny, "one")
    file = result.download
    assert file.is_file()
    workshop.leave("one")
    assert workshop.result("one") is None
    del result
    gc.collect()
    assert not file.parent.exists()
    workshop.leave("never came")


def test_a_visitor_who_leaves_during_training_leaves_nothing(workshop, tiny, tmp_path):
    run = workshop.start("one", new_run(tiny, Plan(steps=500, rate=1e-4)))
    workshop.leave("one")
    run.future.result(60)
    assert workshop.result("one") is None
    del run
    workshop._pool.shutdown()
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_the_file_opens_as_a_model_that_says_what_the_copy_says(workshop, tiny, tmp_path):
    result = trained(workshop, tiny, "one")
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


def test_groups_hold_the_verdicts_before_and_after(workshop, tiny):
    result = trained(workshop, tiny, "one")
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


def test_one_is_trained_at_a_time_and_the_others_know_their_place(workshop, tiny, held):
    runs = [workshop.start(name, new_run(tiny)) for name in ("a", "b", "c")]
    assert [workshop.before(run) for run in runs] == [0, 1, 2]
    workshop.leave("a")
    workshop.stop("b")
    assert [workshop.before(run) for run in runs[1:]] == [0, 1]
    held.set()
    assert [run.future.result(60) for run in runs[:2]] == [None, None]
    assert runs[2].future.result(60).ended == DONE
    assert workshop.before(runs[2]) == 0


def test_asking_again_stops_what_was_asked_before(workshop, tiny, held):
    runs = [workshop.start("a", new_run(tiny)) for _ in range(2)]
    held.set()
    assert runs[0].future.result(60) is None
    result = runs[1].future.result(60)
    assert workshop.result("a") is result


def test_a_line_that_is_too_long_is_refused(workshop, tiny, held):
    workshop.settings = Settings(train_line=2)
    for name in ("a", "b"):
        workshop.start(name, new_run(tiny))
    with pytest.raises(DemoError, match="2 trainings are in line already"):
        workshop.start("c", new_run(tiny))
    held.set()


def test_a_model_that_is_too_large_is_refused(tmp_path, tiny):
    with pytest.raises(DemoError, match="models of up to 0 MB can be trained here"):
        Workshop(tmp_path, Settings(train_megabytes=0)).start("one", new_run(tiny))


def test_the_oldest_copy_makes_room(workshop, tiny):
    copies = 2.5 * tiny.parameters * 4 / 1e6
    workshop.settings = Settings(copies_megabytes=copies)
    for name in ("a", "b", "a", "c"):
        trained(workshop, tiny, name)
    assert [workshop.result(name) is None for name in ("a", "b", "c")] == [False, True, False]


def test_a_stopped_training_keeps_what_it_has_come_to(workshop, tiny):
    run = new_run(tiny, Plan(steps=500, rate=1e-4))
    waiting = run.reports
    run.reports = StopAtFirst(waiting, lambda: workshop.stop("one"))
    result = workshop.start("one", run).future.result(60)
    assert result.ended == STOPPED
    assert result.reports[-1].step < 500
    assert workshop.result("one") is result
    assert trained(workshop, tiny, "two", plan=replace(PLAN, seconds=0)).ended == LATE


class StopAtFirst(list):
    """A list that calls back when something is put into it."""

    def __init__(self, values, called):
        super().__init__(values)
        self.called = called

    def append(self, value):
        super().append(value)
        self.called()


def test_what_goes_wrong_reaches_whoever_waits_and_the_next_is_trained(workshop, tiny, monkeypatch):
    def fail(*_arguments, **_choices):
        raise InputError("no number", field="rate")

    with monkeypatch.context() as broken:
        broken.setattr(module, "tune", fail)
        run = workshop.start("one", new_run(tiny))
        with pytest.raises(InputError, match="no number"):
            run.future.result(60)
    assert workshop.result("one") is None
    assert trained(workshop, tiny, "two").ended == DONE


def test_the_shipped_model_learns_the_colour_rule(workshop, shipped):
    """The rows that stand in the table of Train at first, learnt in forty steps."""
    run = Run(shipped, hold_out(colour_pairs()), Plan(steps=40, rate=1e-4, seconds=600))
    groups = {group.name: group.right for group in workshop.start("one", run).future.result(600).groups}
    assert groups[module.HELD_OUT][0] < 0.75
    assert groups[module.HELD_OUT][1] > 0.9
