"""The map of the model on this pair, for a wide page and for a phone."""

import numpy as np
from markupsafe import Markup

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_flow import FLOWS, attention_flow, start_shares
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.model_map_svg import describe_map, model_map_svg
from bertmini_demo.results import Head
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.state import State

LINES = FLOWS


def draw(analysis: Analysis, state: State, *, portrait: bool, arrives: bool = False) -> Markup:
    """The picture, with the lines into the chosen word or [CLS]."""
    trace = analysis.trace(*state.pair)
    chosen = (0,) if state.word is None else trace.pair.words[state.word].positions
    head = Head(state.layer, state.head)
    start = start_shares(chosen, len(trace.tokens))
    lines = attention_flow(trace.attentions, start, kind=state.option("lines", LINES), head=head)
    return model_map_svg(
        trace,
        contributions(analysis.model, trace),
        early(analysis, state),
        lines=lines,
        word=state.word,
        head=head if state.part == "head" else None,
        portrait=portrait,
        arrives=arrives,
    )


def early(analysis: Analysis, state: State) -> np.ndarray:
    """(layers + 1, labels) the probabilities read after each layer."""
    return early_exit(analysis.model, analysis.trace(*state.pair))


def show_map(analysis: Analysis, state: State) -> Reply:
    """Both pictures; the browser shows the one that fits."""
    return {
        "wide": draw(analysis, state, portrait=False),
        "tall": draw(analysis, state, portrait=True),
        "says": describe_map(analysis.trace(*state.pair), early(analysis, state)),
    }


QUESTIONS = (Question("how_it_decides.map", show_map, reads=("word", "layer", "head", "part", "lines")),)
