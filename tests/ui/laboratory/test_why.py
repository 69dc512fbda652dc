"""What the tab Why? says beside its picture."""

from types import SimpleNamespace

import pytest

from bertmini_demo.attribution import METHODS
from bertmini_demo.ui.laboratory.why import show_note


@pytest.mark.parametrize("method", METHODS)
def test_each_method_that_can_be_picked_has_its_note(method):
    (told,) = show_note(None, SimpleNamespace(method=method))
    assert told.count("<dt>") == 5
