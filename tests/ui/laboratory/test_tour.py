"""The tour's cards against the page they were made for, and what the page tells them."""

import html
import json
import re
from dataclasses import replace

import gradio as gr
import pytest

from bertmini_demo.data.lessons import Lessons, read_lessons, read_tour
from bertmini_demo.errors import LessonError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.tabs import CHOICES, View
from bertmini_demo.ui.laboratory.tour import check_tours, place_on_page, tell
from bertmini_demo.ui.laboratory.tour_html import tour_html

SHIPPED = read_lessons()
CARDS = [card for tour in SHIPPED.tours for card in tour.cards]
HAND = ("a dog runs .", "a cat sleeps .")


@pytest.fixture(scope="module")
def check():
    choices = {
        "head": gr.Dropdown([("Layer 1, head 1", "0-0")]),
        "method": gr.Dropdown([("Saliency", "saliency")]),
    }
    return lambda lessons: check_tours(
        lessons.tours, tabs=("why", "attention"), parts=("grid", "bars"), choices=choices
    )


def teach(folder, settings):
    prose = " ".join(["word"] * 25)
    path = folder / "own.md"
    path.write_text(f"# Own\n\n## Card\ndo: Do it.\n{settings}\n\n{prose}\n", encoding="utf-8")
    return Lessons((read_tour(path),), SHIPPED.pairs)


def test_a_card_that_fits_the_page_is_let_through(check, tmp_path):
    check(teach(tmp_path, "done: use bars\nhighlight: grid\ntab: why\nhead: 1-1\nmethod: saliency"))
    check(teach(tmp_path, "done: tab attention"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "done: word\nhighlight: grit",
            "highlight names 'grit', which this page does not have. .*bars, grid",
        ),
        ("done: use nothing", "done names 'nothing'"),
        ("done: tab words", "done names 'words'"),
        ("done: word\ntab: words", "tab names 'words'.*attention, why"),
        ("done: word\nhead: 9-9", "no such head"),
        ("done: word\nmethod: lime", "no such method"),
    ],
)
def test_a_card_that_does_not_fit_the_page_is_told_by_file_and_line(check, tmp_path, settings, told):
    with pytest.raises(LessonError, match=rf"own\.md, line 3: .*{told}"):
        check(teach(tmp_path, settings))


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("premise: a dog runs .\nhypothesis: a cat-like dog .\nword: like", "is no word here"),
        (f"premise: {'x' * 10_001}\nhypothesis: a dog", "limit is 10,000"),
    ],
)
def test_a_pair_that_the_model_cannot_read_so_is_told(tiny, tmp_path, pair, told):
    (tour,) = teach(tmp_path, f"done: word\n{pair}").tours
    with pytest.raises(LessonError, match=rf"own\.md, line 3: .*{told}"):
        place_on_page(tour.cards[0], Analysis(tiny))


def test_a_word_is_the_last_that_is_written_so(tiny, tmp_path):
    settings = "done: word\npremise: a dog runs .\nhypothesis: A Dog sleeps .\nword: dog"
    (tour,) = teach(tmp_path, settings).tours
    assert place_on_page(tour.cards[0], Analysis(tiny))["word"] == 5


def test_what_is_told_has_all_that_cards_wait_for(tiny):
    analysis = Analysis(tiny)
    view = View(*HAND, 3, True, False, "saliency", "neutral", "logit", "pad", "0-1")
    told = json.loads(tell(analysis, view.only(CHOICES))[0])
    label = tiny.predict(*HAND).label
    assert told == {
        "pair": list(HAND),
        "word": 3,
        "head": "0-1",
        "target": "neutral",
        "method": "saliency",
        "show": [True, False],
        "verdict": label,
    }
    html_of_cards = tour_html(SHIPPED.tours, [[{}] * len(tour.cards) for tour in SHIPPED.tours], {})
    waited_for = set(re.findall(r'data-done="([a-z]+)"', html_of_cards))
    assert waited_for <= {*told, "tab", "use"}


def test_what_a_teacher_writes_stays_text():
    card = replace(
        CARDS[0], title="<b>&", task="<i>{{x}}", paragraphs=("<script>${a} logit",), highlight='a"b'
    )
    tour = replace(SHIPPED.tours[0], title="<u>", cards=(card,))
    told = tour_html([tour], [[{"pair": ["<s>", '"']}]], {})
    assert not re.search(r"<(b|i|u|s|script)>|\{\{|\$\{", told)
    place = re.search(r'data-place="([^"]*)"', told)[1]
    assert json.loads(html.unescape(place)) == {"pair": ["<s>", '"']}
    assert 'class="term"' in told
