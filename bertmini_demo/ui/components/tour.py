"""The tours as markup: every card of every tour, one of them shown at a time by tour.js."""

import json
import re

from markupsafe import Markup, escape

from bertmini_demo.attribution import METHODS
from bertmini_demo.data.examples import Example
from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.data.lessons import Card, Lessons
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import label_name, method_name
from bertmini_demo.ui.components.lesson_places import FIXED, fields_of
from bertmini_demo.ui.components.page_templates import render

ROLES = re.compile(r"\b(quer(?:y|ies)|keys?|values?)\b", re.IGNORECASE)
ROLE_CLASSES = {"q": "ink-query", "k": "ink-key", "v": "ink-value"}


def tour_html(lessons: Lessons, challenges: tuple[Example, ...], analysis: Analysis) -> Markup:
    """The panel of the tours, hidden until one is taken.

    Raises:
        LessonError: the pair of a card cannot be read, or has no such word.
    """
    tours = [
        {
            "name": tour.name,
            "title": tour.title,
            "summary": [explained(paragraph) for paragraph in tour.summary],
            "cards": [
                {
                    "title": card.title,
                    "paragraphs": [explained(paragraph) for paragraph in card.paragraphs],
                    "task": card.task,
                    "data": json.dumps(card_data(card, analysis)),
                }
                for card in tour.cards
            ],
        }
        for tour in lessons.tours
    ]
    return render(
        "components/tour.html", tours=tours, challenges=challenges, choices=json.dumps(choices(analysis))
    )


def card_data(card: Card, analysis: Analysis) -> dict[str, object]:
    """What tour.js needs of a card: what it sets, where its effect is seen, and what it waits for."""
    return {
        "set": fields_of(card, analysis),
        "figure": FIXED.get(card.figure, f'.card[data-question="{card.figure}"]'),
        "done": card.done,
        "target": card.target,
    }


def choices(analysis: Analysis) -> dict[str, object]:
    """What the controls in the cards offer."""
    model = analysis.model
    return {
        "layers": model.layers,
        "heads": model.heads,
        "labels": [[label, label_name(label)] for label in model.labels],
        "methods": [[method, method_name(method)] for method in METHODS],
    }


def explained(text: str) -> Markup:
    """A sentence of a lesson, its technical words explained; query, key and value in their colours where they meet."""
    plain = str(escape(text))
    if {"q", "k"} <= {word[0].lower() for word in ROLES.findall(plain)}:
        plain = ROLES.sub(
            lambda match: f'<b class="{ROLE_CLASSES[match[0][0].lower()]}">{match[0]}</b>', plain
        )
    return Markup(explain_terms(plain))
