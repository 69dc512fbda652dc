"""The types that the model's side hands up."""

import numpy as np
import pytest

from bertmini_demo.results import Head


def test_a_head_indexes_arrays_by_layer_and_head():
    weights = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(weights[Head(1, 2)], weights[1, 2])


@pytest.mark.parametrize("head", [Head(0, 0), Head(3, 12), Head(11, 0)])
def test_a_head_is_read_from_its_text(head):
    assert Head.parse(str(head)) == head
    assert Head.parse("10-2") == Head(layer=10, head=2)


@pytest.mark.parametrize("text", ["", "-", "1-", "-1", "1", "1-0-2", "a-b", "1.0", " 1-0", "1--0"])
def test_what_names_no_head_is_refused(text):
    with pytest.raises(ValueError, match="names no head"):
        Head.parse(text)
