"""What stands beside the verdict."""

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.inputs import look_for_html


@pytest.mark.parametrize("example", gallery(), ids=lambda example: example.name)
def test_people_and_model_are_told_apart_for_each_gallery_pair(example, model):
    told = look_for_html(example.premise, example.hypothesis, Analysis(model), gallery())
    verdict = model.predict(example.premise, example.hypothesis).label
    assert f"People say {example.label}." in told
    assert (f"gets it wrong: {verdict}" in told) == (verdict != example.label)
    assert ("So does the model" in told) == (verdict == example.label)
    assert told.count("<p") == 1


def test_of_a_pair_of_ones_own_nobody_says_anything(tiny):
    assert "People say" not in look_for_html("a dog", "a cat", Analysis(tiny), gallery())
