"""Walk into a trap: a construction whose words can be changed, the pair they make, and what the model predicts for it."""

import random

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    SLOT,
    Template,
    draw_words,
    heuristics,
    subcases,
    word_list,
)
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

TRAPS = tuple(
    case.name
    for label in (NOT_ENTAILED, ENTAILED)  # what fools the model comes first
    for case in subcases().values()
    if case.label == label
)
SEPARATOR = "|"  # between the words of the option trap_words
MAX_DRAW = 999


def trap(analysis: Analysis, state: State) -> Reply:
    """A pair made from a template; its label holds by construction."""
    case = subcases()[state.option("trap", TRAPS)]
    rule = next(rule for rule in heuristics() if rule.name == case.heuristic)
    draw = draw_of(state)
    template = case.templates[draw % len(case.templates)]
    words = chosen_words(template, case.name, draw=draw, typed=state.options.get("trap_words", ""))
    premise, hypothesis = template.fill(words)
    model = analysis.model
    prediction = model.predict(premise, hypothesis, limit=model.settings.page_word_pieces)
    return card(
        title=text.trap_title(case, prediction),
        says=text.trap_says(case, rule, prediction),
        html=render(
            "views/trust/trap.html",
            parts=parts_of(template, words),
            hypothesis=parts_of(template, words, hypothesis=True),
            pair=(premise, hypothesis),
            prediction=prediction,
            following=str((draw + 1) % (MAX_DRAW + 1)),
        ),
    )


def draw_of(state: State) -> int:
    """The number of the draw, which chooses the template and its words; 0 for what is no such number."""
    written = state.options.get("trap_draw", "0")
    return int(written) if written.isascii() and written.isdigit() and int(written) <= MAX_DRAW else 0


def chosen_words(template: Template, name: str, *, draw: int, typed: str) -> dict[str, str]:
    """A word for each slot: those that the reader chose where they fit this template, else those drawn.

    Args:
        typed: the words in the order of the slots.
    """
    drawn = draw_words(template, random.Random(f"{name} {draw}"))
    chosen = typed.split(SEPARATOR)
    fits = len(chosen) == len(drawn) and all(
        word in word_list(words) for word, words in zip(chosen, template.slots.values(), strict=True)
    )
    return dict(zip(drawn, chosen, strict=True)) if fits else drawn


def parts_of(
    template: Template, words: dict[str, str], *, hypothesis: bool = False
) -> list[tuple[str, str, tuple[str, ...]]]:
    """A sentence in pieces, each (plain text, word, words to choose from); no choices where the slot was filled before."""
    sentence = template.hypothesis if hypothesis else template.premise
    parts, start = [], 0
    for place in SLOT.finditer(sentence):
        choices = () if hypothesis else word_list(template.slots[place[1]])
        parts.append((sentence[start : place.start()], words[place[1]], choices if place[2] else ()))
        start = place.end()
    return [*parts, (sentence[start:], "", ())]


QUESTIONS = (Question("trust.trap", trap, reads=("trap", "trap_draw", "trap_words"), pair=False),)
