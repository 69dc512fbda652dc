"""The cards against the page they point into, and their markup."""

import re
from dataclasses import replace

import pytest

from bertmini_demo.data.lessons import CHALLENGES, Lessons, read_lessons, read_pairs, read_tour
from bertmini_demo.errors import LessonError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.components.lesson_places import fields_of, fit_lessons, places_in
from bertmini_demo.ui.components.tour import card_data, explained, tour_html
from bertmini_demo.ui.page import page_html
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views import VIEWS

SHIPPED = read_lessons()
PROSE = " ".join(["word"] * 25)
PAIR = "premise: a man sleeps .\nhypothesis: a man is a man .\n"
MARKUP = (
    '<section data-part="head layers"></section><article class="card" data-question="why.bars"></article>'
    '<article class="card" data-question="why.methods" data-run="8"></article><select data-option="lines"></select>'
)
PLACES = places_in([("how_it_decides", ""), ("why", MARKUP)])


@pytest.fixture(scope="module")
def analysis(tiny):
    return Analysis(tiny)


def teach(folder, settings, figure="words"):
    path = folder / "own.md"
    path.write_text(
        f"# Own\n\n## Card\nfigure: {figure}\ndo: Choose.\n{settings}\n\n{PROSE}\n", encoding="utf-8"
    )
    return Lessons((read_tour(path),), SHIPPED.pairs)


def test_places_are_read_from_the_markup():
    assert PLACES.views == ("how_it_decides", "why")
    assert PLACES.parts == ("head", "layers")
    assert PLACES.figures == ("map", "words", "verdict", "change", "why.bars", "why.methods")
    assert (PLACES.runs, PLACES.options) == (("why.methods",), ("lines",))


def test_every_card_that_ships_points_to_what_the_page_has(shipped):
    analysis, state = Analysis(shipped), State("A man sleeps.", "A man is awake.")
    places = places_in((view.NAME, view.template(analysis, state)) for view in VIEWS)
    fitted = fit_lessons(SHIPPED, places, analysis)
    assert [tour.name for tour in fitted.tours] == [tour.name for tour in SHIPPED.tours]
    for card in (card for tour in SHIPPED.tours for card in tour.cards):
        fields_of(card, analysis)


@pytest.mark.parametrize(
    ("settings", "figure", "message"),
    [
        ("done: word\nview: wy", "words", "view 'wy' does not exist; did you mean 'why'"),
        ("done: word\npart: haed", "words", "part 'haed' does not exist; did you mean 'head'"),
        ("done: word\nmethod: guess", "words", "method 'guess' does not exist.*integrated_gradients"),
        ("done: word", "why.bar", "figure 'why.bar' does not exist; did you mean 'why.bars'"),
        ("done: option line", "words", "done 'line' does not exist; did you mean 'lines'"),
        ("done: view nowhere", "words", "done 'nowhere' does not exist.*how_it_decides, why"),
        ("done: run", "why.bars", "does not start with a button.*why.methods"),
        ("done: word\nhead: 3-99", "words", "there is no head 3-99"),
        ("done: head 99-1", "words", "there is no head 99-1"),
    ],
)
def test_a_card_that_points_nowhere_is_refused_with_the_choices(
    analysis, tmp_path, settings, figure, message
):
    with pytest.raises(LessonError, match=rf"own\.md, line 3: .*{message}"):
        fit_lessons(teach(tmp_path, settings, figure), PLACES, analysis)


def test_a_tour_that_ships_shows_the_last_head_of_a_smaller_model(analysis):
    asked = replace(
        SHIPPED.tours[0].cards[0], figure="words", place={"head": (11, 11)}, done="head", target=(11, 0)
    )
    tour = replace(SHIPPED.tours[0], cards=(asked,))
    layers, heads = analysis.model.layers, analysis.model.heads
    (fitted,) = fit_lessons(Lessons((tour,), ()), PLACES, analysis).tours
    assert fitted.cards[0].place == {"head": (layers - 1, heads - 1)}
    assert fitted.cards[0].target == (layers - 1, 0)
    with pytest.raises(LessonError, match="there is no head 12-12"):
        fit_lessons(Lessons((replace(tour, ships=False),), ()), PLACES, analysis)


def test_a_tour_that_ships_is_left_out_where_its_figure_is_missing(analysis):
    there = replace(SHIPPED.tours[0].cards[0], figure="words", place={}, done="word", target=None)
    tours = tuple(
        replace(SHIPPED.tours[0], name=figure, cards=(there, replace(there, figure=figure)))
        for figure in ("map", "trust.gone")
    )
    assert [tour.name for tour in fit_lessons(Lessons(tours, ()), PLACES, analysis).tours] == ["map"]


def test_the_page_opens_with_a_model_of_fewer_heads_than_its_tours_name(analysis):
    card = replace(SHIPPED.tours[0].cards[0], figure="map", place={"head": (11, 11)})
    lessons = Lessons((replace(SHIPPED.tours[0], cards=(card,)),), SHIPPED.pairs)
    last = f"&#34;layer&#34;: {analysis.model.layers - 1}, &#34;head&#34;: {analysis.model.heads - 1}"
    assert last in page_html(analysis, lessons)


def test_a_word_becomes_its_last_place_in_the_pair(analysis, tmp_path):
    (tour,) = teach(tmp_path, f"done: word\nword: man\n{PAIR}").tours
    assert fields_of(tour.cards[0], analysis) == {
        "premise": "a man sleeps .",
        "hypothesis": "a man is a man .",
        "word": 8,
    }


def test_heads_count_from_0_for_the_store(analysis, tmp_path):
    (tour,) = teach(tmp_path, "done: head 2-1\nhead: 1-2", "why.bars").tours
    data = card_data(tour.cards[0], analysis)
    assert data["set"] == {"layer": 0, "head": 1}
    assert data["target"] == (1, 0)
    assert data["figure"] == '.card[data-question="why.bars"]'


def test_query_key_and_value_have_their_colours_where_they_meet():
    html = explained("Each query meets every key; the values follow.")
    assert re.findall(r'class="(ink-\w+)"', html) == ["ink-query", "ink-key", "ink-value"]
    assert "ink-key" not in explained("Press a key.")
    assert 'class="term"' in html


def test_every_card_is_on_the_page_and_what_a_teacher_writes_is_text(analysis):
    card = replace(SHIPPED.tours[0].cards[0], title="<u>", task="<i>", paragraphs=("<s>",), place={})
    tour = replace(SHIPPED.tours[0], title="<b>", summary=("<em>",), cards=(card,))
    html = tour_html(Lessons((tour, tour), ()), read_pairs(CHALLENGES), analysis)
    assert html.count('data-card="') == 2
    for tag in ("u", "i", "s", "em"):
        assert f"<{tag}>" not in html
        assert f"&lt;{tag}&gt;" in html
