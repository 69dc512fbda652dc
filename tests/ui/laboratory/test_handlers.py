"""The page's handlers, called without a page."""

import json
import re
from html import unescape

import gradio as gr
import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.handlers import Handlers, picked
from bertmini_demo.ui.laboratory.inputs import gallery_html


@pytest.fixture
def handlers(tiny):
    return Handlers(Analysis(tiny))


def test_a_chosen_word_is_kept_and_pressing_it_again_lets_it_go(handlers):
    event = gr.EventData(None, {"index": 3})
    assert handlers.choose_word(None, event) == 3
    assert handlers.choose_word(3, event) is None


def test_every_gallery_pair_is_on_a_button_and_is_told_with_what_people_say(handlers):
    on_buttons = [
        json.loads(unescape(told)) for told in re.findall('data-pair="(.*?)"', gallery_html(gallery()))
    ]
    pairs = {(example.premise, example.hypothesis): example.label for example in gallery()}
    assert sorted(map(tuple, on_buttons)) == sorted(pairs)
    for pair, label in pairs.items():
        assert label in handlers.judge(*pair)[1]


def test_what_is_picked_in_a_tab_is_passed_on():
    assert picked(gr.EventData(None, {"index": "2-1"})) == "2-1"
