"""The panel of the tour as HTML: all cards of all tours, one of them shown at a time."""

import json
from collections.abc import Mapping, Sequence

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.data.lessons import Card, Tour
from bertmini_demo.figures.rendering import escape

KEYS = {"label": "target"}  # what a card waits for, where the page calls it otherwise


def tour_html(
    tours: Sequence[Tour], places: Sequence[Sequence[Mapping[str, object]]], tabs: Mapping[str, str]
) -> str:
    """The panel, hidden.

    Args:
        places: where each card of each tour takes the page.
        tabs: {label on the page: name of the tab}.
    """
    options = "".join(f'<option value="{escape(tour.name)}">{escape(tour.title)}</option>' for tour in tours)
    cards = "".join(
        card_html(card, tour, place)
        for tour, of_tour in zip(tours, places, strict=True)
        for card, place in zip(tour.cards, of_tour, strict=True)
    )
    return (
        f'<section class="tour" aria-label="Tour" data-tabs="{escape(json.dumps(tabs))}" hidden>'
        f'<div class="tour-top"><select class="which" aria-label="Which tour">{options}</select>'
        '<button type="button" class="leave">Leave</button></div>'
        '<p class="tour-progress"><span class="count"></span>'
        '<progress class="steps" max="1" value="0" aria-label="Cards done"></progress>'
        f'<span class="done-count"></span></p><div class="tour-cards" aria-live="polite">{cards}</div>'
        '<div class="tour-turn"><button type="button" class="back">Back</button>'
        '<button type="button" class="next">Next</button></div></section>'
    )


def card_html(card: Card, tour: Tour, place: Mapping[str, object]) -> str:
    """One card; what it sets, points at and waits for stands in its data attributes."""
    wanted = f' data-wanted="{escape(card.wanted)}"' if card.wanted else ""
    told = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in card.paragraphs)
    return (
        f'<article class="tour-card" data-tour="{escape(tour.name)}" data-place="{escape(json.dumps(place))}" '
        f'data-done="{KEYS.get(card.done, card.done)}"{wanted} data-highlight="{escape(card.highlight or "")}" hidden>'
        f'<h2 tabindex="-1">{escape(card.title)}</h2>{explain_terms(told)}'
        f'<p class="task"><span class="mark">To do</span> {escape(card.task)}</p></article>'
    )
