"""The tour: cards beside the page that set its own controls and see what the reader does with them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from bertmini_demo.data.lessons import Card, Tour
from bertmini_demo.errors import InputError, LessonError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.door import is_choice
from bertmini_demo.ui.laboratory.tabs import CHOICES, Panel, Tab, View
from bertmini_demo.ui.laboratory.tour_html import tour_html
from bertmini_demo.ui.laboratory.tour_script import DRIVE


@dataclass(frozen=True, slots=True)
class TourParts:
    """The component that drives the page, and the panel that tells it what the reader has chosen."""

    driver: gr.HTML
    panel: Panel


def build_tour(tours: Sequence[Tour], analysis: Analysis, tabs: Sequence[Tab]) -> TourParts:
    """The cards, hidden until they are asked for.

    Raises:
        LessonError: the pair of a card cannot be read, or has no such word.
    """
    places = [[place_on_page(card, analysis) for card in tour.cards] for tour in tours]
    gr.HTML(tour_html(tours, places, {tab.item.label: tab.name for tab in tabs}), elem_id="tour")
    driver = gr.HTML("null", html_template="", js_on_load=DRIVE, elem_classes="listener")
    return TourParts(driver, Panel((driver,), tell, reads=CHOICES))


def tell(analysis: Analysis, view: View) -> list:
    """What the reader has chosen, by the names that cards wait for."""
    told = {
        "pair": [view.premise, view.hypothesis],
        "word": view.word,
        "head": view.head,
        "target": view.target,
        "method": view.method,
        "show": [view.pieces, view.special],
        "verdict": analysis.trace(view.premise, view.hypothesis).prediction.label,
    }
    return [json.dumps(told)]


def place_on_page(card: Card, analysis: Analysis) -> dict[str, object]:
    """Where a card takes the page, its word as an index in the pair's words: the last one that is written so.

    Raises:
        LessonError: the pair cannot be read, or has no such word.
    """
    if "pair" not in card.place:
        return dict(card.place)
    try:
        words = [word.text.lower() for word in analysis.trace(*card.place["pair"]).pair.words]
    except InputError as error:
        raise LessonError(f"{card.source}: {error}") from error
    place = {**card.place, "pair": list(card.place["pair"])}
    if "word" in place:
        word = place["word"].lower()
        if word not in words:
            raise LessonError(
                f"{card.source}: {word!r} is no word here. The model reads: {', '.join(words)}."
            )
        place["word"] = len(words) - 1 - words[::-1].index(word)
    return place


def check_tours(
    tours: Sequence[Tour], *, tabs: Collection[str], parts: Collection[str], choices: Mapping[str, Component]
) -> None:
    """Holds every card to the page it was made for.

    Args:
        tabs: the names of the tabs there are.
        parts: the ids of what can be pointed at.
        choices: the components that hold the page's choices, by name.

    Raises:
        LessonError: a card names a tab, a part, a head or a method that the page does not have.
    """
    for card in (card for tour in tours for card in tour.cards):
        named = {
            "tab": (card.place.get("tab"), tabs),
            "highlight": (card.highlight, parts),
            "done": (card.wanted, {"use": parts, "tab": tabs}.get(card.done)),
        }
        for setting, (value, known) in named.items():
            if value is not None and known is not None and value not in known:
                raise LessonError(
                    f"{card.source}: {setting} names {value!r}, which this page does not have. "
                    f"It has: {', '.join(sorted(known))}."
                )
        for setting in ("head", "method"):
            value = card.place.get(setting)
            if value is not None and not is_choice(choices[setting], value):
                raise LessonError(f"{card.source}: this page and this model have no such {setting}.")
