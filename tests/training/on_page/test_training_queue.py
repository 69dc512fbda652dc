"""Jobs run one after another, networks take turns, and copies are their visitor's alone, in bounded memory."""

import gc
import weakref
from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import pytest
from tiny_pairs import PAIRS, weights

from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page import training_jobs as module
from bertmini_demo.training.on_page.fine_tune import Plan
from bertmini_demo.training.on_page.training_jobs import DONE, TrainingJob
from bertmini_demo.training.on_page.training_queue import TrainingQueue, fair_order
from bertmini_demo.training.on_page.user_pairs import hold_out

PAIR = ("a man runs .", "a dog is asleep .")
PLAN = Plan(steps=6, rate=3e-3)


@pytest.fixture
def queue(tmp_path):
    return TrainingQueue(tmp_path, Settings())


@pytest.fixture
def held(queue, tiny):
    """A queue whose thread waits; set the event to let it go on."""
    let_go = Event()
    queue.start("first", new_job(tiny)).future.result(60)
    queue._pool.submit(let_go.wait, 60)
    yield let_go
    let_go.set()


def new_job(model, plan=PLAN, seed=0):
    return TrainingJob(model, hold_out(PAIRS), replace(plan, seed=seed))


def trained(queue, model, visitor, **choices):
    return queue.start(visitor, new_job(model, **choices)).future.result(60)


def test_two_visitors_have_each_their_own_copy_and_the_model_stays(queue, tiny):
    before = weights(tiny)
    one, other = (trained(queue, tiny, name, seed=seed) for seed, name in enumerate(("one", "other")))
    assert queue.copy("one") is one
    assert queue.copy("other") is other
    assert queue.copy("third") is None
    said = [result.analysis.model.predict(*PAIR).probabilities for result in (one, other)]
    assert said[0] != said[1]
    assert tiny.predict(*PAIR).probabilities not in said
    assert all(value.equal(before[name]) for name, value in weights(tiny).items())


def test_what_is_a_visitors_goes_with_them(queue, tiny):
    result = trained(queue, tiny, "one")
    file = result.download
    assert file.is_file()
    queue.leave("one")
    assert queue.copy("one") is None
    del result
    gc.collect()
    assert not file.parent.exists()
    queue.leave("never came")


def test_a_visitor_who_leaves_during_training_leaves_nothing(queue, tiny, tmp_path):
    run = queue.start("one", new_job(tiny, Plan(steps=500, rate=1e-4)))
    queue.leave("one")
    run.future.result(60)
    assert queue.copy("one") is None
    del run
    queue._pool.shutdown()
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_one_job_runs_at_a_time_and_the_others_know_their_position(queue, tiny, held):
    runs = [queue.start(name, new_job(tiny)) for name in ("a", "b", "c")]
    assert [queue.position(run) for run in runs] == [0, 1, 2]
    queue.leave("a")
    queue.stop("b")
    assert queue.position(runs[2]) == 0
    held.set()
    assert [run.future.result(60) for run in runs[:2]] == [None, None]
    assert runs[2].future.result(60).ended == DONE
    assert queue.position(runs[2]) == 0


def test_asking_again_stops_what_was_asked_before(queue, tiny, held):
    runs = [queue.start("a", new_job(tiny)) for _ in range(2)]
    held.set()
    assert runs[0].future.result(60) is None
    result = runs[1].future.result(60)
    assert queue.copy("a") is result


def test_a_line_that_is_too_long_is_refused(queue, tiny, held):
    queue.settings = Settings(train_line=2)
    for name in ("a", "b"):
        queue.start(name, new_job(tiny))
    with pytest.raises(DemoError, match="2 trainings are in the queue, as many as may be"):
        queue.start("c", new_job(tiny))
    held.set()


def test_a_model_that_is_too_large_is_refused(tmp_path, tiny):
    with pytest.raises(DemoError, match="models of up to 0 MB can be trained here"):
        TrainingQueue(tmp_path, Settings(train_megabytes=0)).start("one", new_job(tiny))


def test_the_oldest_copy_makes_room(queue, tiny):
    copies = 2.5 * tiny.parameters * 4 / 1e6
    queue.settings = Settings(copies_megabytes=copies)
    for name in ("a", "b", "a", "c"):
        trained(queue, tiny, name)
    assert [queue.copy(name) is None for name in ("a", "b", "c")] == [False, True, False]


def test_what_goes_wrong_reaches_whoever_waits_and_the_next_is_trained(queue, tiny, monkeypatch):
    def fail(*_arguments, **_choices):
        raise InputError("no number", field="rate")

    with monkeypatch.context() as broken:
        broken.setattr(module, "tune", fail)
        run = queue.start("one", new_job(tiny))
        with pytest.raises(InputError, match="no number"):
            run.future.result(60)
    assert queue.copy("one") is None
    assert trained(queue, tiny, "two").ended == DONE


def test_an_evicted_copy_is_freed_and_its_file_deleted(queue, tiny):
    queue.settings = Settings(copies_megabytes=1.5 * tiny.parameters * 4 / 1e6)
    first = trained(queue, tiny, "a")
    model, file = weakref.ref(first.analysis.model), first.download
    assert file.is_file()
    kept = trained(queue, tiny, "b")
    assert not file.parent.exists(), "deleted although this test still holds the copy"
    del first
    gc.collect()
    assert model() is None
    assert queue.copy("b") is kept
    assert kept.download.is_file()


def test_a_copy_that_a_later_one_of_its_visitor_replaces_is_freed(queue, tiny):
    first = trained(queue, tiny, "a")
    model, file = weakref.ref(first.analysis.model), first.download
    del first
    trained(queue, tiny, "a")
    gc.collect()
    assert model() is None
    assert not file.parent.exists()


def test_a_copy_that_could_never_be_kept_is_refused(queue, tiny):
    queue.settings = Settings(copies_megabytes=0)
    with pytest.raises(DemoError, match="models of up to 0 MB can be trained here"):
        queue.start("a", new_job(tiny))


def test_a_job_that_waits_leaves_the_line_as_soon_as_it_is_stopped(queue, tiny, held):
    queue.settings = Settings(train_line=1)
    job = queue.start("a", new_job(tiny))
    queue.stop("a")
    assert job.future.result(0) is None
    other = queue.start("b", new_job(tiny))
    held.set()
    assert other.future.result(60).ended == DONE


def test_no_network_has_more_jobs_in_line_than_one_may(queue, tiny, held):
    queue.settings = Settings(train_per_address=2)
    for name in ("a", "b"):
        queue.start(name, new_job(tiny), network="school")
    with pytest.raises(DemoError, match=r"2 trainings from your network .* raise BERTMINI_TRAIN_PER_ADDRESS"):
        queue.start("c", new_job(tiny), network="school")
    assert queue.position(queue.start("d", new_job(tiny), network="home")) == 1
    held.set()


def test_who_comes_from_another_network_waits_for_one_job_and_no_more(queue, tiny, held):
    ended = []
    for number in range(3):
        job = queue.start(f"pupil {number}", new_job(tiny), network="school")
        job.future.add_done_callback(lambda _, number=number: ended.append(number))
    late = queue.start("late", new_job(tiny), network="home")
    late.future.add_done_callback(lambda _: ended.append("late"))
    assert queue.position(late) == 1
    assert queue.position(job) == 3
    held.set()
    job.future.result(60)
    assert ended == [0, "late", 1, 2]


@pytest.mark.parametrize(
    ("waiting", "turns", "line"),
    [
        ("a1 a2 b1 c1 a3 b2", {}, "a1 b1 c1 a2 b2 a3"),
        ("a1 b1", {"a": 5, "b": 3}, "b1 a1"),
        ("a1 a2 b1", {"b": 9}, "a1 b1 a2"),
        ("a1 a2 b1", {"a": 1}, "b1 a1 a2"),
        ("", {"a": 1}, ""),
    ],
)
def test_networks_take_turns_and_within_one_the_earliest_is_first(waiting, turns, line):
    jobs = [SimpleNamespace(name=name, network=name[0]) for name in waiting.split()]
    assert [job.name for job in fair_order(jobs, turns)] == line.split()
