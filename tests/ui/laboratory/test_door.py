"""Whatever is asked of the door, the page goes to what there is and nowhere else."""

import asyncio

import gradio as gr
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.door import destination
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.tab_page import build_tab_page
from bertmini_demo.ui.laboratory.tour_script import DRIVE

HAND = ("a dog runs .", "a cat sleeps .")  # four words each
OTHER = ("a man", "a dog")
TABS = ("map", "why")


@pytest.fixture(scope="module")
def analysis(tiny):
    return Analysis(tiny)


@pytest.fixture(scope="module")
def choices():
    return {
        "word": gr.State(None),
        "detail": gr.CheckboxGroup(["Word pieces", "Special tokens"]),
        "target": gr.Radio([("The verdict", "verdict"), ("neutral", "neutral")]),
        "head": gr.Dropdown([("Layer 1, head 1", "0-0"), ("Layer 1, head 2", "0-1")]),
    }


@pytest.fixture
def go(analysis, choices):
    return lambda asked: destination(asked, analysis, pair=HAND, choices=choices, tabs=TABS)


def test_all_that_is_there_can_be_gone_to_at_once(go):
    place = {
        "tab": "why",
        "pair": list(OTHER),
        "word": 3,
        "head": "0-1",
        "target": "neutral",
        "detail": ["Word pieces"],
    }
    assert go(place) == {**place, "pair": OTHER}


@pytest.mark.parametrize(
    "asked",
    [
        {"tab": "no such tab"},
        {"head": "9-9"},
        {"head": ["0-0"]},
        {"target": "sure"},
        {"word": 8},
        {"word": -1},
        {"word": "1"},
        {"word": [1]},
        {"detail": "Word pieces"},
        {"detail": ["Everything"]},
        {"pair": ["", "a dog"]},
        {"pair": ["a dog"]},
        {"pair": [["a"], {}]},
        {"pair": list(HAND)},  # it is there already
        {"other": 1},
        {},
        None,
        "why",
        7,
    ],
)
def test_what_there_is_not_is_left_out(go, asked):
    assert go(asked) == {}


def test_a_word_can_be_let_go_and_is_counted_in_the_pair_that_is_opened(go):
    assert go({"word": None}) == {"word": None}
    assert go({"word": 7}) == {"word": 7}
    assert go({"word": 7, "pair": list(OTHER)}) == {"pair": OTHER}


def test_the_handler_sets_what_was_asked_for_and_leaves_the_rest(analysis, choices):
    handle = Handlers(analysis).open(choices, TABS)
    kept = gr.skip()
    *pair, tab, open_tab, word, detail, target, head = handle(
        *HAND, 4, None, event({"tab": "why", "head": "0-1"})
    )
    assert pair == [kept] * 5
    assert (tab.selected, open_tab, head) == ("why", "why", "0-1")
    assert [word, detail, target] == [kept] * 3


def test_with_another_pair_comes_its_verdict_and_no_word(analysis, choices):
    handle = Handlers(analysis).open(choices, TABS)
    premise, hypothesis, opened, verdict, look_for, *rest = handle(
        *HAND, 4, None, event({"pair": list(OTHER)})
    )
    assert (premise, hypothesis, opened) == (*OTHER, 5)
    assert verdict == Handlers(analysis).judge(*OTHER)[0]
    assert "look-for" in look_for
    assert rest == [gr.skip(), gr.skip(), None, *[gr.skip()] * 3]


def event(index) -> gr.EventData:
    return gr.EventData(None, {"index": index})


async def build(model):
    return build_tab_page(model)  # Gradio would leave a loop of its own unclosed


def test_places_are_gone_to_in_the_order_they_were_asked_for(shipped):
    """A tour's first card and the card chosen right after it: the later one is where the page ends."""
    page = asyncio.run(build(shipped))
    [tour] = (one for one in page.blocks.values() if getattr(one, "js_on_load", None) == DRIVE)
    [opening] = (fn for fn in page.fns.values() if (tour._id, "select") in fn.targets)
    lane = [fn for fn in page.fns.values() if fn.concurrency_id == opening.concurrency_id]
    assert {fn.concurrency_limit for fn in lane} == {1}
    assert opening.trigger_mode == "multiple"
