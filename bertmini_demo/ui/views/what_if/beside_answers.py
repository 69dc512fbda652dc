"""The other pair beside this one: probabilities, and the words of both on one scale of colours."""

from collections.abc import Sequence

from bertmini_demo.explain.activation_patching import StatePatching
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.naming import decimal
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import Attribution
from bertmini_demo.ui.components.other_pair import other_pair, patched_states
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.components.pair_bar import ATTRIBUTION
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import text
from bertmini_demo.ui.views.what_if.patching_answers import marked_words

NAME = "what_if"
SLIGHT = 0.08  # of the largest score; less has no sign
STRONGEST = 55  # per cent of a colour that text can be read on


def beside(analysis: Analysis, state: State) -> Reply:
    """Both verdicts and both attributions, for one label: the chosen one, or the other pair's verdict."""
    other = other_pair(analysis, state).pair
    here, there = (analysis.trace(*pair).prediction for pair in (state.pair, other))
    target = state.label or there.label
    sides = [
        analysis.attribution(
            *pair, method=state.method, target=target, output=state.output, baseline=state.baseline
        )
        for pair in (other, state.pair)
    ]
    names = ("The other pair", "This pair")
    return card(
        title=f"Which words count for {label_name(target)} in each pair?",
        says=text.beside_says(here, there),
        html=render(
            "views/what_if/beside.html",
            rows=[
                (label, before, share, text.points(share - before))
                for label, share in here.probabilities.items()
                for before in (there.probabilities[label],)
            ],
            verdicts=(there.label, here.label),
            sides=zip(names, coloured_sides(sides, patched_states(analysis, state)), strict=True),
            signed=sides[0].signed,
            target=target,
        ),
        table=(("Pair", "Sentence", "Word", "Score"), score_rows(names, sides)),
    )


def coloured_sides(
    sides: Sequence[Attribution], patching: StatePatching
) -> list[dict[str, list[dict[str, object]]]]:
    """The words of the other pair and of this one, on one scale of colours, the changed ones marked."""
    largest = max(abs(float(score)) for side in sides for score in side.word_scores)
    marked = ([mark for _, words in marked_words(patching, place) for _, mark in words] for place in (1, 0))
    return [coloured(side, largest, marks) for side, marks in zip(sides, marked, strict=True)]


def score_rows(names: Sequence[str], sides: Sequence[Attribution]) -> list[tuple[str, ...]]:
    """(pair, sentence, word, score) of each word."""
    return [
        (name, word.sentence, word.text, decimal(score, digits=3))
        for name, side in zip(names, sides, strict=True)
        for word, score in zip(side.pair.words, side.word_scores, strict=True)
    ]


def coloured(
    attribution: Attribution, largest: float, marked: list[bool]
) -> dict[str, list[dict[str, object]]]:
    """Sentence to its words, each with its colour, its sign and whether the other pair lacks it."""
    sentences: dict[str, list[dict[str, object]]] = {}
    for word, score, only in zip(attribution.pair.words, attribution.word_scores, marked, strict=True):
        strength = abs(float(score)) / largest if largest else 0.0
        side = "unsigned" if not attribution.signed else "support" if score >= 0 else "oppose"
        sign = ("+" if score >= 0 else "−") if attribution.signed and strength > SLIGHT else ""
        sentences.setdefault(word.sentence, []).append(
            {
                "text": word.text,
                "strength": round(STRONGEST * strength),
                "side": side,
                "sign": sign,
                "only": only,
            }
        )
    return sentences


QUESTIONS = (Question(f"{NAME}.beside", beside, reads=("pinned", *ATTRIBUTION)),)
