"""A visitor's model: every panel and every control becomes its own, and nobody else's changes."""

import gc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest
from conftest import write_tiny_checkpoint
from gradio.context import get_blocks_context

import bertmini_demo
from bertmini_demo.data.lessons import read_lessons
from bertmini_demo.errors import CheckpointError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.model import registry as module
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.results import TWO_LABELS
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.picker import asking, choosing
from bertmini_demo.ui.laboratory.tab_page import lay_out
from bertmini_demo.ui.laboratory.wiring import Parts

# Gradio leaves the event loop of a page behind that is never served.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
NAME = "owner/other"
PAIR = ("a man runs in the park .", "the dog sleeps .")
LABELS = {0: "not_entailment", 1: "entailment"}
SIZES = {"num_hidden_layers": 5, "num_attention_heads": 4, "id2label": LABELS}


@pytest.fixture(scope="module")
def other_folder(tmp_path_factory):
    labels = {label: index for index, label in LABELS.items()}
    return write_tiny_checkpoint(tmp_path_factory.mktemp("other"), seed=3, label2id=labels, **SIZES)


@pytest.fixture
def handlers(monkeypatch, tiny_folder, other_folder):
    """The page's handlers for the tiny model, where a visitor may choose another."""

    def load(name, **_options):
        return replace(load_checkpoint(str(other_folder)), name=name)

    monkeypatch.setattr(module, "load_checkpoint", load)
    settings = Settings(visitor_models=(NAME,))
    return Handlers(Analysis(bertmini_demo.load_model(str(tiny_folder), settings=settings)))


@pytest.fixture
def parts(handlers) -> Iterator[Parts]:
    with gr.Blocks():
        yield lay_out(handlers, read_lessons())
    gc.collect()


def fits_of(parts):
    return tuple(fit for tab in parts.tabs for fit in tab.fits)


def updates_of(parts, handlers, name=NAME):
    """What choosing a model sets: name, header, line, and {id of the control: update}."""
    fits = fits_of(parts)
    chosen, header, told, *updates = choosing(handlers.models, fits)(name)
    assert len(updates) == len(fits)
    return chosen, header, told, {fit.elem_id: update for (fit, _), update in zip(fits, updates, strict=True)}


def test_every_control_that_depends_on_sizes_or_labels_is_fitted(parts, handlers):
    chosen, header, told, updates = updates_of(parts, handlers)
    assert chosen == NAME
    assert "5 layers, 4 heads" in header
    assert f"In use: {NAME}. The labels are those its config names." in told
    assert [value for _, value in updates["target"]["choices"]] == ["verdict", *TWO_LABELS]
    assert len(updates["head"]["choices"]) == 20
    assert [value for _, value in updates["rollout-depth"]["choices"]] == list(range(5))
    assert updates["measured-on"]["value"] == ""
    for update in updates.values():
        values = [value for _, value in update["choices"]]
        assert update["value"] in values


@pytest.mark.usefixtures("parts")
def test_no_two_parts_of_the_page_share_an_id():
    ids = Counter(block.elem_id for block in get_blocks_context().blocks.values() if block.elem_id)
    assert [name for name, count in ids.items() if count > 1] == []


def test_the_operators_model_comes_back_with_its_own_controls(parts, handlers):
    updates_of(parts, handlers)
    chosen, header, _, updates = updates_of(parts, handlers, "")
    assert chosen is None
    assert "3 layers, 2 heads" in header
    assert len(updates["head"]["choices"]) == 6
    assert [value for _, value in updates["target"]["choices"]] == [
        value for _, value in parts.question.target.choices
    ]


def shown_by(parts, handlers, *, tab, chosen, shown):
    """What the page's refresh shows with a tab open, every control at the value that fits the model."""
    fitted = {}
    if chosen:
        fitted = {name: update["value"] for name, update in updates_of(parts, handlers)[3].items()}

    def value_of(component):
        return fitted.get(component.elem_id, component.value)

    [panels] = (one.panels for one in parts.tabs if one.name == tab)
    handle = handlers.refresh(panels, choices=len(parts.choices))
    choices = [value_of(component) for component in parts.choices.values()]
    own = [value_of(control) for panel in panels for control in panel.controls]
    visitor, event = SimpleNamespace(session_hash=None), gr.EventData(None, None)
    now, *outputs = handle(visitor, event, *PAIR, shown, tab, chosen, *choices, *own)
    return now, outputs


@pytest.mark.parametrize(
    "tab", ["map", "why", "attention", "layers", "what-if", "traps", "words", "train", "model"]
)
def test_every_tab_shows_a_model_of_other_sizes_and_two_labels(parts, handlers, tab):
    shown, before = shown_by(parts, handlers, tab=tab, chosen=None, shown={})
    now, after = shown_by(parts, handlers, tab=tab, chosen=NAME, shown=shown)
    assert gr.skip() not in after
    differs = any(str(one) != str(two) for one, two in zip(before, after, strict=True))
    assert differs == (tab not in ("traps", "train"))  # where nothing was asked of either model yet
    assert all(value == gr.skip() for value in shown_by(parts, handlers, tab=tab, chosen=NAME, shown=now)[1])


def test_the_verdict_is_the_visitors_models(handlers):
    others = handlers.models.get(NAME)
    assert handlers.judge(*PAIR, NAME)[0] != handlers.judge(*PAIR)[0]
    assert handlers.judge(*PAIR, NAME)[0].count('class="share"') == 2
    assert handlers.find(NAME) is others
    assert handlers.find(None) is handlers.analysis


def test_a_model_that_cannot_be_used_leaves_all_as_it_is_and_says_why(parts, handlers, monkeypatch):
    def fail(*_arguments, **_options):
        raise CheckpointError("<b>no</b> network.")

    monkeypatch.setattr(module, "load_checkpoint", fail)
    chosen, header, told, updates = updates_of(parts, handlers)
    assert [chosen, header, *updates.values()] == [gr.skip()] * (2 + len(updates))
    assert "&lt;b&gt;no&lt;/b&gt; network. The model in use goes on." in told
    with pytest.raises(gr.Error, match="no</b> network"):
        handlers.find(NAME)


@pytest.mark.parametrize("name", ["assets/nli", "/etc", "owner/unlisted"])
def test_no_visitor_gets_what_is_not_offered(parts, handlers, name):
    chosen, _, told, _ = updates_of(parts, handlers, name)
    assert chosen == gr.skip()
    assert "not among the models" in told


@pytest.mark.parametrize("name", [None, "owner/unlisted", "assets/nli"])
def test_a_link_to_a_model_that_is_not_offered_changes_nothing(handlers, name):
    request = SimpleNamespace(query_params={"model": name} if name else {})
    assert asking(handlers.models)(request) == [gr.skip()] * 3


def test_a_link_puts_an_offered_model_into_the_picker_and_fetches_nothing(handlers, monkeypatch):
    monkeypatch.setattr(module, "load_checkpoint", None)
    name, told, fold = asking(handlers.models)(SimpleNamespace(query_params={"model": NAME}))
    assert name == NAME
    assert "Press the button to fetch it" in told
    assert fold.open
