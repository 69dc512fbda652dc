"""Guessing before the verdict is seen."""

import re

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.classroom import guess_html
from bertmini_demo.ui.laboratory.inputs import look_for_html


def test_every_label_of_the_model_can_be_guessed():
    told = guess_html(("entailment", "not_entailment"))
    assert re.findall(r'data-guess="([^"]+)">([^<]+)<', told) == [
        ("entailment", "entailment"),
        ("not_entailment", "not entailment"),
    ]


def test_what_people_say_is_there_to_be_set_beside_a_guess(tiny):
    for example in gallery()[:3]:
        told = look_for_html(example.premise, example.hypothesis, Analysis(tiny), gallery())
        assert f'data-label="{example.label}"' in told
    assert "data-label" not in look_for_html("a dog", "a cat", Analysis(tiny), gallery())
