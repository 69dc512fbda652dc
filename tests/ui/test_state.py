"""What a browser sends is not trusted: each field is checked, and an error names the field."""

import json

import pytest

from bertmini_demo.errors import InputError
from bertmini_demo.ui.state import State, read_state

PAIR = {"premise": "A man sleeps.", "hypothesis": "A dog runs."}


def read(**fields: object) -> State:
    return read_state(json.loads(json.dumps(PAIR | fields)), max_characters=100)


def test_what_is_left_out_or_null_has_its_first_value():
    state = read(word=None, label=None, options=None)
    assert state == State("A man sleeps.", "A dog runs.")
    assert (state.word, state.label, state.layer, state.heads_off) == (None, None, 0, ())


def test_all_fields_are_read():
    state = read(
        model="owner/name",
        view="why",
        part="head",
        layer=2,
        head=3,
        word=0,
        label="neutral",
        method="saliency",
        output="margin",
        baseline="mask",
        pinned=["a", "b"],
        heads_off=[[1, 0], [0, 3], [1, 0]],
        options={"lines": "rollout"},
    )
    assert (state.layer, state.head, state.word) == (2, 3, 0)
    assert state.pinned == ("a", "b")
    assert state.heads_off == ((0, 3), (1, 0))
    assert state.option("lines", ("mean", "rollout")) == "rollout"
    assert state.option("show", ("words", "pieces")) == "words"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("premise", 3),
        ("premise", "x" * 101),
        ("hypothesis", ["a"]),
        ("layer", -1),
        ("layer", 1.0),
        ("layer", True),
        ("head", "1"),
        ("word", 10**9),
        ("label", "<b>"),
        ("method", "lime"),
        ("output", "probability"),
        ("baseline", {}),
        ("model", "m" * 201),
        ("pinned", ["only one"]),
        ("pinned", ["a", 1]),
        ("heads_off", [[0]]),
        ("heads_off", [[0, -1]]),
        ("heads_off", [[0, 0]] * 1001),
        ("options", {str(number): "" for number in range(21)}),
        ("options", {"": None}),
        ("options", []),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field, value):
    with pytest.raises(InputError) as caught:
        read(**{field: value})
    assert caught.value.field == field
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("fields", "value", "wanted"),
    [
        ({"premise": 3}, "Premise is 3", "text in quotes"),
        ({"hypothesis": None, "model": ["a"]}, 'Model is ["a"]', "text in quotes"),
        ({"layer": -1}, "Layer is -1", "whole number from 0 to 10,000"),
        ({"head": float("nan")}, "Head is NaN", "whole number from 0"),
        ({"word": 2**70}, f"Word is {2**70}", "whole number from 0"),
        ({"pinned": [1, "b"]}, 'Pinned is [1, "b"]', "a list of two sentences"),
        ({"heads_off": 5}, "Heads off is 5", "at most 1,000 heads"),
        ({"heads_off": [[0, 1], "x"]}, 'Heads off holds "x"', "[layer, head]"),
        ({"heads_off": [["0", 1]]}, 'Heads off is "0"', "whole number from 0"),
        ({"options": "x"}, 'Options is "x"', "at most 20 texts by name"),
        ({"options": {"trap_seed": 1}}, "Trap seed is 1", "text in quotes"),
        ({"label": True}, "Label is true", "entailment, neutral, contradiction"),
        ({"window": 1}, 'no field "window"', "premise, hypothesis, model"),
        ({"a\ud800\u202eb": 1}, 'no field "a\ufffd\ufffdb"', "premise"),
    ],
)
def test_an_error_names_the_value_and_the_way_out(fields, value, wanted):
    with pytest.raises(InputError) as caught:
        read(**fields)
    assert value in str(caught.value)
    assert wanted in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_state_that_is_no_object_is_refused(data):
    with pytest.raises(InputError, match="must be an object"):
        read_state(data, max_characters=100)


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match='no field "window"'):
        read(window="x")


def test_a_pair_needs_both_sentences():
    with pytest.raises(InputError) as caught:
        read_state({"premise": "a"}, max_characters=100)
    assert caught.value.field == "hypothesis"


def test_an_option_that_a_view_does_not_offer_is_refused():
    with pytest.raises(InputError, match="choose one of: mean, rollout") as caught:
        read(options={"lines": "all"}).option("lines", ("mean", "rollout"))
    assert caught.value.field == "lines"
