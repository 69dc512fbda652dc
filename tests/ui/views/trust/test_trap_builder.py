"""A trap whose words can be changed."""

import re

import pytest
from trust_answers import asked, pair_in

from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    subcases,
    word_list,
)
from bertmini_demo.ui.views.trust.trap_builder import MAX_DRAW, TRAPS


@pytest.mark.parametrize("name", TRAPS)
def test_every_trap_opens_a_pair_of_its_own_kind(bare, name):
    case = subcases()[name]
    for draw in range(len(case.templates)):
        reply = asked(bare, "trap", trap=name, trap_draw=str(draw))
        premise, hypothesis = pair_in(reply)
        fits = [
            re.fullmatch(re.sub(r"\\\{\w+(?::[^}]+)?\\\}", "(.+)", re.escape(sentence)), text, re.IGNORECASE)
            for sentence, text in zip(
                (case.templates[draw].premise, case.templates[draw].hypothesis),
                (premise, hypothesis),
                strict=True,
            )
        ]
        assert all(fits), (premise, hypothesis)
        assert reply["html"].count("<select") == len(case.templates[draw].slots)
        follows = "hypothesis follows" in reply["says"]
        assert follows == (case.label == ENTAILED)


def test_the_trap_gets_the_models_own_verdict(bare, tiny):
    for name in TRAPS[:6]:
        reply = asked(bare, "trap", trap=name)
        label = tiny.predict(*pair_in(reply)).label
        assert f'name-{label}"' in reply["html"]
        assert ("falls into" in reply["title"]) == (label == ENTAILED)


def test_chosen_words_make_the_pair_and_others_are_left_out(bare):
    nouns, verbs = word_list("noun"), word_list("transitive verb")
    words = (nouns[3], verbs[2], nouns[7])
    reply = asked(bare, "trap", trap="ln_subject/object_swap", trap_words="|".join(words))
    assert pair_in(reply) == (
        f"The {words[0]} {words[1]} the {words[2]}.",
        f"The {words[2]} {words[1]} the {words[0]}.",
    )
    drawn = pair_in(asked(bare, "trap", trap="ln_subject/object_swap"))
    for hostile in ("<b>|praised|poet", "a|b", "|||||", f"{nouns[0]}|{verbs[0]}|<script>"):
        reply = asked(bare, "trap", trap="ln_subject/object_swap", trap_words=hostile)
        assert pair_in(reply) == drawn
        assert "<script>" not in reply["html"]


@pytest.mark.parametrize("written", ["-1", "x", "²", str(MAX_DRAW + 1), "9" * 50])
def test_what_is_no_draw_is_the_first(bare, written):
    assert pair_in(asked(bare, "trap", trap_draw=written)) == pair_in(asked(bare, "trap"))


def test_a_trap_that_does_not_exist_is_an_error_beside_its_field(bare):
    assert asked(bare, "trap", trap="ln_none")["error"]["field"] == "trap"
    assert asked(bare, "traps", trap_family="none")["error"]["field"] == "trap_family"
