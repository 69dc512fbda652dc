"""The page's handlers, called without a page."""

import gradio as gr
import pytest

from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.ui.handlers import Handlers, picked, picked_pair


@pytest.fixture
def handlers(tiny):
    return Handlers(Analysis(tiny))


def test_a_chosen_word_is_kept_and_pressing_it_again_lets_it_go(handlers):
    event = gr.EventData(None, {"index": 3})
    assert handlers.choose_word(None, event) == 3
    assert handlers.choose_word(3, event) is None


def test_every_gallery_pair_opens(handlers):
    for index, example in enumerate(gallery()):
        event = gr.EventData(None, {"index": index})
        assert handlers.open_example(event) == (example.premise, example.hypothesis)
        assert example.label in handlers.judge(example.premise, example.hypothesis)[1]


def test_what_is_picked_in_a_tab_is_passed_on():
    assert picked(gr.EventData(None, {"index": "2-1"})) == "2-1"
    assert picked_pair(gr.EventData(None, {"index": ["A dog.", "A cat."]})) == ("A dog.", "A cat.")
