"""Linear probes beside their controls."""

import pytest
from trust_answers import asked, numbers, traces

from bertmini_demo.data.probe_results import read_probes


def test_a_probe_is_drawn_beside_its_control(full):
    asked_about = "Is the hypothesis negated?"
    result = next(one for one in read_probes() if one.task == "negated hypothesis")
    reply = asked(full, "probing", probed=asked_about)
    probe, control = traces(reply)
    assert numbers(probe["y"]) == pytest.approx(result.accuracy, abs=1e-3)
    assert numbers(control["y"]) == pytest.approx(result.control, abs=1e-3)
    assert asked_about in reply["title"]
