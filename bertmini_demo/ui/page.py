"""Puts the page together: one HTML component holds it, the browser holds the state, and Python answers questions."""

import json
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder
from markupsafe import Markup

from bertmini_demo.data.lessons import CHALLENGES, Lessons, read_lessons, read_pairs
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.inference import NLIModel
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.components import changed_word, downloads, pair_bar, verdict_bars
from bertmini_demo.ui.components.lesson_places import fit_lessons, places_in
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.components.tour import tour_html
from bertmini_demo.ui.gradio_fixes.fixed_blocks import FixedBlocks
from bertmini_demo.ui.server.api import add_endpoints
from bertmini_demo.ui.state import State
from bertmini_demo.ui.static_files import address
from bertmini_demo.ui.views import VIEWS

TITLE = "BERT-mini, opened up"
START = "import(new URL(element.querySelector('#app').dataset.script, document.baseURI)).then(page => page.start(element))"


def build_answers(model: NLIModel) -> Answers:
    """What the page asks, answered."""
    modules = (verdict_bars, pair_bar, changed_word, downloads, *VIEWS)
    return Answers(Analysis(model), modules, folder=Path(get_upload_folder()))


def build_page(answers: Answers, lessons: Lessons | None = None) -> gr.Blocks:
    """The whole page, with the named HTTP endpoints beside it.

    Args:
        lessons: tours and pairs; None for those that ship.

    Raises:
        LessonError: a card names what this page does not have.
    """
    lessons, analysis = lessons or read_lessons(), answers.models.get()
    with FixedBlocks(title=TITLE, analytics_enabled=False) as page:
        gr.HTML(
            page_html(analysis, lessons), js_on_load=START, elem_id="page", padding=False, container=False
        )
        add_endpoints(analysis)
    return page


def page_html(analysis: Analysis, lessons: Lessons) -> Markup:
    """The page as it opens, filled in for the first pair: the first picture needs no second request.

    Raises:
        LessonError: a card names what this page does not have.
    """
    first = lessons.pairs[0]
    state = State(first.premise, first.hypothesis)
    views = [(view.NAME, view.TITLE, view.template(analysis, state)) for view in VIEWS]
    lessons = fit_lessons(lessons, places_in((name, markup) for name, _, markup in views), analysis)
    return render(
        "components/page.html",
        script=address("components/main.js"),
        settings=json.dumps(settings(analysis, state)),
        groups=grouped(lessons),
        model=analysis.model,
        first=first,
        verdict=verdict_bars.verdict_html(analysis, state),
        trace=analysis.trace(*state.pair),
        change=changed_word.changed_word(analysis, state)["change"],
        views=views,
        tours=lessons.tours,
        tour=tour_html(lessons, read_pairs(CHALLENGES), analysis),
    )


def settings(analysis: Analysis, state: State) -> dict[str, object]:
    """What the browser is given to start with."""
    return {
        "state": {
            "premise": state.premise,
            "hypothesis": state.hypothesis,
            "model": None,
            "view": state.view,
            "part": None,
            "layer": state.layer,
            "head": state.head,
            "word": None,
            "label": None,
            "method": state.method,
            "output": state.output,
            "baseline": state.baseline,
            "pinned": None,
            "heads_off": [],
            "options": {},
        },
        "known": {"view": [view.NAME for view in VIEWS], "label": list(analysis.model.labels)},
        "scripts": {
            view.NAME: address(script) for view in VIEWS if (script := getattr(view, "SCRIPT", None))
        },
        "plotly": address("plotly.js"),
    }


def grouped(lessons: Lessons) -> dict[str, list]:
    """The example pairs by their group, in order."""
    groups: dict[str, list] = {}
    for example in lessons.pairs:
        groups.setdefault(example.group, []).append(example)
    return groups


def head() -> str:
    """The page's styles, fetched with the page itself so that nothing moves when they come."""
    return f'<link rel="stylesheet" href="{address("style.css")}"><link rel="modulepreload" href="{address("components/main.js")}">'
