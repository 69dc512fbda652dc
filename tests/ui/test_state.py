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


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_state_that_is_no_object_is_refused(data):
    with pytest.raises(InputError, match="JSON object"):
        read_state(data, max_characters=100)


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="no field 'window'"):
        read(window="x")


def test_a_pair_needs_both_sentences():
    with pytest.raises(InputError) as caught:
        read_state({"premise": "a"}, max_characters=100)
    assert caught.value.field == "hypothesis"


def test_an_option_that_a_view_does_not_offer_is_refused():
    with pytest.raises(InputError, match="choose one of: mean, rollout") as caught:
        read(options={"lines": "all"}).option("lines", ("mean", "rollout"))
    assert caught.value.field == "lines"
