"""A link opens for anyone what it was made of, and says in plain lines what it cannot open."""

import random
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.question import build_question
from bertmini_demo.ui.laboratory.sharing import build_link, opening, show_link
from bertmini_demo.ui.laboratory.tabs import DETAILS, View

HAND = ("a dog runs .", "a cat sleeps .")
PAIRS = [HAND, ("a man", "a woman is not asleep , ?"), ("<b>the</b> cat's & 100 % ${x}", "狗 é {{y}}")]
TABS = ("map", "why", "attention")


@pytest.fixture(scope="module")
def handlers(tiny):
    return Handlers(Analysis(tiny))


@pytest.fixture(scope="module")
def choices(tiny):
    question = build_question(tiny.labels)
    heads = [f"{layer}-{head}" for layer in range(tiny.layers) for head in range(tiny.heads)]
    return {
        "word": gr.State(None),
        "detail": gr.CheckboxGroup(list(DETAILS)),
        **{name: getattr(question, name) for name in ("method", "target", "output", "baseline")},
        "head": gr.Dropdown(heads),
    }


@pytest.fixture
def visit(handlers, choices):
    """Opens the page by a query string; returns what is told and {name: value} of what was set."""
    names = ("premise", "hypothesis", "opened", "verdict", "look_for", "row", "open_tab", *choices)

    def open_page(query: str):
        request = SimpleNamespace(query_params=dict(parse_qsl(query, keep_blank_values=True)))
        told, *values = opening(handlers, choices, TABS)(*HAND, 0, request)
        assert len(values) == len(names)
        return told, {name: value for name, value in zip(names, values, strict=True) if value != gr.skip()}

    return open_page


@pytest.mark.parametrize("seed", range(50))
def test_a_link_opens_the_state_it_was_made_of(seed, handlers, choices, visit):
    dice = random.Random(seed)
    premise, hypothesis = dice.choice(PAIRS)
    words = handlers.analysis.trace(premise, hypothesis).pair.words
    picked = {
        name: dice.choice(choices[name].choices)[1]
        for name in ("method", "target", "output", "baseline", "head")
    }
    word = dice.choice([None, dice.randrange(len(words))])
    detail = [name for name in DETAILS if dice.random() < 0.5]
    view = View(
        premise, hypothesis, word, *(name in detail for name in DETAILS), *(picked[name] for name in picked)
    )
    tab = dice.choice(TABS)
    told, found = visit(show_link(handlers.analysis, view, tab)[0])
    assert "<p>" not in told
    pair = {} if (premise, hypothesis) == HAND else {"premise": premise, "hypothesis": hypothesis}
    expected = {**pair, "open_tab": tab, "word": word, "detail": detail, **picked}
    assert {name: found[name] for name in expected} == expected
    assert found["row"].selected == tab
    assert ("verdict" in found) == bool(pair)


def test_a_page_opened_without_a_link_stays_as_it_is(visit):
    told, found = visit("__theme=dark&tour=first&card=3")
    assert "<p>" not in told
    assert found == {}


def test_an_old_link_opens_what_it_can(visit, tiny):
    told, found = visit(
        "premise=a+man&hypothesis=a+dog&tab=lime&layer=9&head=1&word=40&method=saliency&model=old"
    )
    assert (found["premise"], found["method"], found["word"]) == ("a man", "saliency", None)
    assert not {"open_tab", "head"} & set(found)
    assert told.count("<p>") == 4
    assert all(text in told for text in ("tab “lime”", "head 1 of layer 9", "word 40", "“old”", tiny.name))


@pytest.mark.parametrize("premise", ["", "   ", "a" * 10_001])
def test_a_pair_that_cannot_be_read_is_told_and_its_word_is_dropped(visit, premise):
    told, found = visit(f"premise={premise}&hypothesis=a+dog&tab=why&word=2")
    assert found["open_tab"] == "why"
    assert found["word"] is None
    assert "premise" not in found
    assert "The pair of the link cannot be opened." in told


def test_what_a_link_says_is_text(visit):
    told, _ = visit("tab=%3Cimg+src=x%3E&model=%3Cb%3E")
    assert "<img" not in told
    assert "<b>" not in told
    assert "&lt;img" in told


def test_on_a_space_the_link_has_the_spaces_own_address(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "owner-name.hf.space")
    (button,) = build_link(gr.State("why")).outputs
    assert button.props["address"] == "https://owner-name.hf.space/"
