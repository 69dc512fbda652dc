"""The types that the model's side hands up."""

import dataclasses

import numpy as np
import pytest

from bertmini_demo import results
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


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("A man sleeps in the park.", "The dog is walking asleep.")


def one_of_each(trace):
    return trace.pair.words[0], trace.pair, trace.prediction, trace


def test_results_are_frozen_without_a_dict_and_compared_by_identity(trace):
    for result in one_of_each(trace):
        for field in dataclasses.fields(result):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(result, field.name, None)
        assert not hasattr(result, "__dict__")
        assert result != dataclasses.replace(result)
    assert {type(result) for result in one_of_each(trace)} | {results.Attribution} == {
        kind for kind in vars(results).values() if dataclasses.is_dataclass(kind)
    }


def test_arrays_are_read_only(trace):
    arrays = [
        value
        for result in one_of_each(trace)
        for field in dataclasses.fields(result)
        if isinstance(value := getattr(result, field.name), np.ndarray)
    ]
    assert len(arrays) == 4
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_results_hold_plain_values_only(trace):
    plain = (str, int, float, bool, tuple, dict, np.ndarray, results.EncodedPair, results.Prediction)
    for result in one_of_each(trace):
        for field in dataclasses.fields(result):
            assert type(getattr(result, field.name)) in plain, field.name
    numbers = [*trace.prediction.probabilities.values(), *trace.prediction.logits.values()]
    assert {type(number) for number in numbers} == {float}
