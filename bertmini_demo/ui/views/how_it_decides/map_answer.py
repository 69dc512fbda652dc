"""The map of the model on this pair, for a wide page and for a phone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from markupsafe import Markup

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_flow import (
    FLOWS,
    MEAN,
    ROLLOUT,
    attention_flow,
    mixing_flow,
    start_shares,
)
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.explain.value_zeroing import VALUE_ZEROING, mixing_by_values
from bertmini_demo.figures.map.model_map_svg import model_map_svg
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import Head
from bertmini_demo.ui.components.other_pair import other_pair, patched_states
from bertmini_demo.ui.components.pair_bar import choices_of
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.state import State

DIFFERENCE = "difference"
WIDTH = "The wider a red line, the more of the difference is there."
LINES = (*FLOWS, VALUE_ZEROING, DIFFERENCE)
FOLLOWED_BACK = (ROLLOUT, VALUE_ZEROING)  # from the last layer to the first, not layer by layer
STRONG = 0.4  # of the largest score
MAX_EVIDENCE = 4  # words whose names are kept for their scores
SHAPES = ("wide", "tall")  # left to right; top to bottom, for a phone


def draw(analysis: Analysis, state: State, *, portrait: bool, arrives: bool = False) -> Markup:
    """The picture, with the lines into the chosen word or [CLS], or with the path of a difference. The page itself marks
    the part that is open: a press on a head need not draw the map anew.

    Raises:
        InputError: the difference is asked for and there is none, see :func:`difference_path`.
    """
    trace, kind = analysis.trace(*state.pair), state.option("lines", LINES)
    chosen = (0,) if state.word is None else trace.pair.words[state.word].positions
    travels = kind == DIFFERENCE
    lines = lines_into(analysis, state, chosen, kind=MEAN if travels else kind)
    return model_map_svg(
        trace,
        contributions(analysis.model, trace),
        early(analysis, state),
        lines=lines,
        sources=lines.sum(axis=1) if kind in FOLLOWED_BACK else None,
        difference=difference_path(analysis, state) if travels else None,
        word=state.word,
        evidence=evidence(analysis, state),
        portrait=portrait,
        arrives=arrives,
    )


def evidence(analysis: Analysis, state: State) -> tuple[int, ...]:
    """The words with the largest scores for the verdict, the largest first, by the estimate that colours the words first."""
    choices = choices_of(analysis, State(*state.pair))
    scores = np.abs(next(analysis.attribution_rounds(*state.pair, **choices)).word_scores)
    strongest = np.argsort(-scores, kind="stable")[:MAX_EVIDENCE]
    return tuple(int(index) for index in strongest if scores[index] >= STRONG * scores.max())


def lines_into(analysis: Analysis, state: State, positions: Sequence[int], *, kind: str) -> np.ndarray:
    """(layers, query tokens, key tokens) weights from 0 to 1 of the lines that lead into these positions."""
    trace = analysis.trace(*state.pair)
    start = start_shares(positions, len(trace.tokens))
    if kind == VALUE_ZEROING:
        return mixing_flow(mixing_by_values(analysis.model, trace), start)
    return attention_flow(trace.attentions, start, kind=kind, head=Head(state.layer, state.head))


def difference_path(analysis: Analysis, state: State) -> np.ndarray:
    """(layers + 1, tokens) from 0 to 1: the share of the difference from the other pair that each state carries.

    Raises:
        InputError: there is no other pair, or the model gives both the same margin.
    """
    patching = patched_states(analysis, state)
    shares = np.zeros((len(patching.recovered), len(patching.clean.tokens)))
    shares[:, patching.alignment.positions[:, 0]] = patching.recovered.clip(0, 1)
    return shares


def difference_says(analysis: Analysis, state: State) -> str:
    """What the difference is, in a sentence."""
    other = other_pair(analysis, state)
    prediction = analysis.trace(*other.pair).prediction
    verdict = f"{label_name(prediction.label)}, {percent(prediction.probabilities[prediction.label])}"
    if other.change is None:
        return (
            f"Red lines show how the difference from the pair you keep ({verdict}) travels to [CLS]. {WIDTH}"
        )
    old, new = other.change.change.old, other.change.change.new
    if not new:
        return f"Red lines show how the effect of “{old}” travels to [CLS]; without “{old}” the verdict is {verdict}. {WIDTH}"
    if not old:
        return f"Red lines show how the lack of “{new}” travels to [CLS]; with “{new}” the verdict is {verdict}. {WIDTH}"
    return (
        f"Red lines show how the difference between “{old}” and “{new}” travels to [CLS]; with “{new}” the verdict is "
        f"{verdict}. {WIDTH}"
    )


def early(analysis: Analysis, state: State) -> np.ndarray:
    """(layers + 1, labels) the probabilities read after each layer."""
    return early_exit(analysis.model, analysis.trace(*state.pair))


def show_map(analysis: Analysis, state: State) -> Reply:
    """The picture in the shape that fits the browser. A difference that cannot be drawn is replaced by a note."""
    note = ""
    if state.option("lines", LINES) == DIFFERENCE:
        try:
            note = difference_says(analysis, state)
            patched_states(analysis, state)
        except InputError as error:
            note, state = str(error), replace(state, options={**state.options, "lines": MEAN})
    return {
        "map": draw(analysis, state, portrait=state.option("shape", SHAPES) == SHAPES[1]),
        "note": note,
    }


READS = ("shape", "word", "layer", "head", "lines", "pinned")
QUESTIONS = (Question("how_it_decides.map", show_map, reads=READS),)
