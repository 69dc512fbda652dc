"""A place goes into a link and comes out again, whatever is typed; what is wrong with a link is said."""

import random
from urllib.parse import parse_qsl

import pytest

from bertmini_demo.ui.laboratory.navigation import DETAILS, VERDICT, Link, not_opened, read_query, write_query

PLACE = {
    "pair": ("A dog runs.", "A cat sleeps."),
    "tab": "attention",
    "word": 4,
    "head": "1-2",
    "target": "neutral",
    "detail": ["Special tokens"],
    "method": "saliency",
    "output": "margin",
    "baseline": "mask",
}
LETTERS = "abc XYZ 019 .,;:!?'\"&=+%#/\\<>{}$-_~|\t\n é狗🐕‮\u200b\x00"


def taken_apart(query: str) -> dict[str, str]:
    """As a server reads it."""
    return dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))


def random_place(dice: random.Random) -> dict[str, object]:
    sentence = ["".join(dice.choices(LETTERS, k=dice.randrange(0, 40))) for _ in range(2)]
    return {
        "pair": tuple(sentence),
        "tab": dice.choice(["map", "why", "what-if", "a&b=c"]),
        "word": dice.choice([None, 0, dice.randrange(500)]),
        "head": f"{dice.randrange(24)}-{dice.randrange(16)}",
        "target": dice.choice([VERDICT, "entailment", "not_entailment"]),
        "detail": [name for name in DETAILS.values() if dice.random() < 0.5],
        "method": dice.choice(["integrated_gradients", "saliency"]),
        "output": dice.choice(["logit", "margin"]),
        "baseline": dice.choice(["pad", "mask", "zero"]),
    }


@pytest.mark.parametrize("seed", range(50))
def test_any_place_comes_back_from_its_link(seed):
    dice = random.Random(seed)
    place, model = random_place(dice), "".join(dice.choices(LETTERS, k=8))
    query = write_query(place, model=model)
    assert query.isascii()
    assert not set(query) & set(" <>\"'{}#")
    link = read_query(taken_apart(query))
    assert (link.place, link.model, link.faults) == (place, model, ())


def test_a_link_is_read_by_people_too_and_counts_from_one():
    assert write_query(PLACE, model="owner/name") == (
        "premise=A+dog+runs.&hypothesis=A+cat+sleeps.&tab=attention&layer=2&head=3&label=neutral&word=5&show=special"
        "&method=saliency&output=margin&baseline=mask&model=owner%2Fname"
    )


def test_what_stands_for_nothing_is_left_out():
    bare = {**PLACE, "word": None, "target": VERDICT, "detail": []}
    assert not {"word", "label", "show"} & set(taken_apart(write_query(bare, model="m")))


def test_half_a_character_is_no_reason_to_fail():
    assert "premise=%3F" in write_query({**PLACE, "pair": ("\ud83d", "b")}, model="m")


@pytest.mark.parametrize(
    "query", [{}, {"__theme": "dark"}, {"tour": "first", "card": "2"}, {"utm_source": "x"}]
)
def test_keys_of_others_ask_for_nothing(query):
    link = read_query(query)
    assert (link.place, link.model, link.faults) == ({}, None, ())


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"premise": "a"}, "no hypothesis"),
        ({"hypothesis": "a"}, "no premise"),
        ({"word": "x"}, "word is “x”"),
        ({"word": "0"}, "from 1 up"),
        ({"word": "-1"}, "from 1 up"),
        ({"word": "²"}, "from 1 up"),
        ({"word": "9" * 5000}, "from 1 up"),
        ({"layer": "1"}, "together"),
        ({"head": "1"}, "together"),
        ({"layer": "two", "head": "1"}, "layer is “two”"),
        ({"show": "pieces,all"}, "“all”"),
    ],
)
def test_what_cannot_be_read_is_told_once_and_the_rest_is_kept(query, fault):
    link = read_query({"tab": "why", **query})
    assert len(link.faults) == 1
    assert fault in link.faults[0]
    assert link.place["tab"] == "why"
    assert link.place["word"] is None
    assert "head" not in link.place
    assert "pair" not in link.place


def test_what_was_not_opened_is_told_by_the_names_on_the_page():
    place = {"tab": "gone", "word": 7, "head": "8-1", "target": "maybe", "method": "lime", "output": "logit"}
    told = not_opened(Link(place, "other", ("The link is odd.",)), {"output": "logit"}, model="this")
    assert told[0] == "The link is odd."
    names = ["tab “gone”", "word 8", "head 2 of layer 9", "label “maybe”", "method “lime”", "“other”"]
    assert len(told) == 1 + len(names)
    assert all(name in line for name, line in zip(names, told[1:], strict=True))


def test_of_the_same_model_and_an_open_place_nothing_is_told():
    assert not_opened(read_query(taken_apart(write_query(PLACE, model="m"))), PLACE, model="m") == []
    assert not_opened(Link(), {}, model="m") == []
