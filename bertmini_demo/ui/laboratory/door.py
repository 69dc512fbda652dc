"""The one door to any place on the page: what a part of the map asks to see, or a card of a lesson.

A place is a mapping of any of these; what it does not name stays as it is:

    tab       the name of a tab
    pair      [premise, hypothesis], opened as the pair at hand
    word      index in the pair's words; None for no word
    head      "layer-head", counted from 0
    target    a label, or why.VERDICT; and likewise method, output, baseline
    detail    what is shown besides words: some of tabs.DETAILS
"""

from collections.abc import Mapping

import gradio as gr
import numpy as np
from gradio.components import Component

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory.question import VERDICT

OF_MODEL = {  # choices that the model decides, not the component that the page was built with
    "head": lambda model: [str(Head(*place)) for place in np.ndindex(model.layers, model.heads)],
    "target": lambda model: [VERDICT, *model.labels],
}


def destination(
    asked: object,
    analysis: Analysis,
    *,
    pair: tuple[str, str],
    choices: Mapping[str, Component],
    tabs: tuple[str, ...],
) -> dict[str, object]:
    """What of a place can be gone to here; what there is not, on this page or in this model, is left out.

    Args:
        asked: what came from the browser, which may be anything.
        pair: the pair at hand; not in the result where it is asked for again.
        choices: the components that hold the page's choices, by name.
        tabs: the names of the tabs.
    """
    asked = asked if isinstance(asked, dict) else {}
    wanted = asked.get("pair")
    other = is_pair(wanted) and tuple(wanted) != pair and count_words(analysis, *wanted) > 0
    found: dict[str, object] = {"pair": tuple(wanted)} if other else {}
    if asked.get("tab") in tabs:
        found["tab"] = asked["tab"]
    for name, component in choices.items():
        if name == "word":
            words = count_words(analysis, *found.get("pair", pair)) if "word" in asked else 0
            fits = "word" in asked and (asked["word"] is None or asked["word"] in range(words))
        elif name in OF_MODEL:
            fits = name in asked and asked[name] in OF_MODEL[name](analysis.model)
        else:
            fits = name in asked and is_choice(component, asked[name])
        if fits:
            found[name] = asked[name]
    return found


def is_pair(value: object) -> bool:
    return (
        isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(text, str) for text in value)
    )


def is_choice(component: Component, value: object) -> bool:
    """Whether a component of fixed choices could be set to a value; several of them where it takes several."""
    offered = [choice for _, choice in component.choices]
    if isinstance(component, gr.CheckboxGroup):
        return isinstance(value, list) and all(one in offered for one in value)
    return value in offered


def count_words(analysis: Analysis, premise: str, hypothesis: str) -> int:
    """Words of a pair; none where it cannot be read."""
    try:
        return len(analysis.trace(premise, hypothesis).pair.words)
    except InputError:
        return 0
