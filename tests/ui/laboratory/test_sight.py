"""A tab is brought up to date when it is in sight, and only then."""

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.sight import Sight, tell_view
from bertmini_demo.ui.laboratory.tabs import CHOICES, Panel, View

PAIR = ("a dog .", "a cat .")
VALUES = (None, [], "saliency", "verdict", "logit", "pad", "1-0")  # of the components that hold the choices
VIEW = View(*PAIR, None, False, False, "saliency", "verdict", "logit", "pad", "1-0")
OTHER = {
    "premise": "one dog .",
    "hypothesis": "one cat .",
    "word": 1,
    "pieces": True,
    "special": True,
    "method": "gradient_shap",
    "target": "neutral",
    "output": "margin",
    "baseline": "mask",
    "head": "0-0",
}


@pytest.fixture
def sight():
    return Sight("words", object(), None)


@pytest.mark.parametrize(
    ("open_tab", "asked_by_itself", "shown"),
    [("words", False, True), ("why", False, False), ("why", True, True), ("words", True, True)],
)
def test_a_tab_is_shown_where_it_is_open_or_asks_for_it(tiny, sight, open_tab, asked_by_itself, shown):
    """A click on a tab and what the tab asks then arrive in any order; a control of a closed tab may change with the model."""
    panel = Panel(("output",), lambda _analysis, view: [view.premise])
    handle = Handlers(Analysis(tiny)).refresh([panel], choices=len(VALUES), sight=sight)
    event = gr.EventData(sight.asks if asked_by_itself else None, None)
    found = handle(SimpleNamespace(session_hash=None), event, *PAIR, {}, open_tab, None, *VALUES)
    assert found[1] == (PAIR[0] if shown else gr.skip())
    assert (found[0] == gr.skip()) != shown


def test_the_open_tab_hears_of_every_change_and_of_nothing_else(tiny, shipped):
    assert set(OTHER) == {"premise", "hypothesis", *CHOICES}
    analysis = Analysis(tiny)
    views = [VIEW, *(replace(VIEW, **{name: value}) for name, value in OTHER.items())]
    told = [*(tell_view(analysis, view)[0] for view in views), tell_view(Analysis(shipped), VIEW)[0]]
    assert len(set(told)) == len(told)
    assert tell_view(analysis, replace(VIEW))[0] == told[0]


def test_what_is_typed_may_be_any_text(tiny):
    assert tell_view(Analysis(tiny), replace(VIEW, premise="\ud800 \x00"))[0]
