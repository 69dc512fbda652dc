"""The store of models: who may have which, each loaded once, within memory, while the first always stays."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from serving import PATIENCE

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.model import registry as module
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.registry import ModelRegistry, megabytes
from bertmini_demo.settings import Settings

NAMES = ("owner/one", "owner/two", "owner/three")


@pytest.fixture
def loads(monkeypatch, tiny_folder):
    """Serves every name from the tiny folder and notes what was loaded; the Hub itself is tested in test_hub."""
    names = []

    def load(name, *, settings, public, progress):
        assert public
        assert settings.labels == ()
        names.append(name)
        if progress:
            progress(1, 1)
        return replace(load_checkpoint(str(tiny_folder)), name=name)

    monkeypatch.setattr(module, "load_checkpoint", load)
    return names


@pytest.fixture
def store(tiny_folder):
    """Makes a store whose first model is the tiny one."""

    def make(*, room: float = 100, **settings):
        """room: how many more models of this size there is memory for."""
        values = {"visitor_models": NAMES, "labels": ("entailment", "neutral", "contradiction")} | settings
        first = Analysis(bertmini_demo.load_model(str(tiny_folder), settings=Settings(**values)))
        first.model.settings = replace(first.model.settings, memory_megabytes=megabytes(first) * (room + 1))
        return ModelRegistry(first, Analysis)

    return make


def test_without_a_name_it_is_the_operators_model(store, loads):
    models = store()
    assert models.get() is models.get(None) is models.first
    assert loads == []


def test_a_model_is_loaded_once_and_is_another_object_than_the_first(store, loads):
    models = store()
    one = models.get("owner/one")
    assert one is models.get("owner/one") is not models.first
    assert (one.model.name, loads) == ("owner/one", ["owner/one"])
    assert models.get() is models.first


def test_the_least_recently_used_gives_way(store, loads):
    models = store(room=2)
    one = models.get("owner/one")
    models.get("owner/two")
    assert models.get("owner/one") is one
    models.get("owner/three")  # two gives way
    assert models.get("owner/one") is one
    models.get("owner/two")
    assert loads == ["owner/one", "owner/two", "owner/three", "owner/two"]


def test_a_model_that_leaves_no_room_is_refused_and_the_others_stay(store, loads):
    models = store(room=0.5)
    with pytest.raises(CheckpointError, match=r"owner/one takes .* MB of memory; .* are left"):
        models.get("owner/one")
    assert models.get() is models.first
    assert loads == ["owner/one"]


@pytest.mark.parametrize("name", ["owner/other", "", "assets/nli", "/etc/passwd", "../x", "owner/one "])
def test_what_is_not_on_the_list_is_refused_by_name_before_anything_is_asked(store, loads, name):
    with pytest.raises(CheckpointError, match="not among the models") as caught:
        store().get(name)
    assert repr(name) in str(caught.value)
    assert loads == []


def test_any_hub_name_where_the_operator_allows_it_and_no_folder(store, loads):
    models = store(allow_any_model=1)
    models.get("owner/other")
    for name in ("/etc/passwd", "nowhere", "a/b/c", ""):
        with pytest.raises(CheckpointError, match="not a Hub name"):
            models.get(name)
    assert loads == ["owner/other"]


def test_many_who_ask_at_once_wait_for_one_load(store, loads, monkeypatch):
    models, begun, go_on = store(), threading.Event(), threading.Event()
    load = module.load_checkpoint

    def slowly(name, **options):
        begun.set()
        assert go_on.wait(PATIENCE)
        return load(name, **options)

    monkeypatch.setattr(module, "load_checkpoint", slowly)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(models.get, "owner/one") for _ in range(8)]
        assert begun.wait(PATIENCE)
        assert models.get() is models.first  # nobody else waits
        go_on.set()
        found = {id(one.result(PATIENCE)) for one in asked}
    assert len(found) == 1
    assert loads == ["owner/one"]


def test_a_failure_is_told_to_all_who_wait_and_the_next_try_is_a_new_one(store, loads, monkeypatch):
    models, load = store(), module.load_checkpoint

    def fail(*_arguments, **_options):
        raise CheckpointError("no network")

    monkeypatch.setattr(module, "load_checkpoint", fail)
    for _ in range(2):
        with pytest.raises(CheckpointError, match="no network"):
            models.get("owner/one")
    monkeypatch.setattr(module, "load_checkpoint", load)
    assert models.get("owner/one").model.name == "owner/one"
    assert loads == ["owner/one"]


def test_a_bug_while_loading_reaches_who_asked_and_blocks_nobody(store, loads, monkeypatch):
    models, load = store(), module.load_checkpoint

    def fail(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(module, "load_checkpoint", fail)
    with pytest.raises(ZeroDivisionError):
        models.get("owner/one")
    monkeypatch.setattr(module, "load_checkpoint", load)
    assert models.get("owner/one").model.name == "owner/one"
    assert loads == ["owner/one"]


def test_progress_is_passed_on(store, loads):  # noqa: ARG001
    told = []
    store().get("owner/one", progress=lambda come, whole: told.append((come, whole)))
    assert told == [(1, 1)]
