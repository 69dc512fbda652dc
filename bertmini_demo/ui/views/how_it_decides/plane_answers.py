"""Words as points: where their states lie at one depth, and how far fine-tuning moved them."""

from __future__ import annotations

import numpy as np

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.layer_similarity import (
    between_words,
    cosine,
    find_plane,
    merge_states,
    shares_along,
)
from bertmini_demo.figures.depth_curves import tuning_lines
from bertmini_demo.figures.naming import decimal, depth_name
from bertmini_demo.figures.projection_scatter import words_in_plane
from bertmini_demo.model.masked_lm import NO_LANGUAGE_MODEL
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import text
from bertmini_demo.ui.views.how_it_decides.head_answers import DETAIL, NAME, units_of
from bertmini_demo.ui.views.how_it_decides.units import Units

MODELS = ("now", "before")


def states_now(analysis: Analysis, state: State, units: Units) -> np.ndarray:
    """(depths, units, hidden) in the classifier."""
    return merge_states(analysis.trace(*state.pair).hidden_states, units.groups)


def states_before(analysis: Analysis, state: State, units: Units) -> np.ndarray:
    """(depths, units, hidden) in the pretrained model that the classifier grew out of.

    Raises:
        InputError: this model has none beside it.
    """
    if analysis.language_model is None:
        raise InputError(NO_LANGUAGE_MODEL, field="model")
    pair = analysis.trace(*state.pair).pair
    return merge_states(analysis.language_model.trace(pair).hidden_states, units.groups)


def plane(analysis: Analysis, state: State) -> Reply:
    """All words at one depth, on the two axes along which the states of all depths spread most."""
    units = units_of(analysis, state)
    states = states_now(analysis, state, units)
    depths = tuple(map(str, range(len(states) - 1, -1, -1)))  # the last layer first
    depth = int(state.option("depth", depths))
    axes = find_plane(states)
    points, shares = axes.project(states), axes.shares
    if before := state.option("model_state", MODELS) == "before":
        earlier = states_before(analysis, state, units)
        points, shares = axes.project(earlier), shares_along(axes, earlier)
    return card(
        words_in_plane(
            points,
            units.labels,
            sentences=units.sentences,
            shares=shares,
            reach=np.abs(axes.project(states)).max(axis=(0, 1)),
            places=units.words,
            depth=depth,
            chosen=units.first_row_of(state.word),
        ),
        title="Which words have similar states?",
        says=text.plane_says(states, units.names, depth, shares, before=before),
        table=(
            ("Word", *map(depth_name, range(len(points)))),
            [
                (label, *(f"{decimal(x)}, {decimal(y)}" for x, y in path))
                for label, path in zip(units.labels, points.swapaxes(0, 1), strict=True)
            ],
        ),
        press={"custom": ["word"]},
    )


def tuning(analysis: Analysis, state: State) -> Reply:
    """How similar each word is to itself before fine-tuning, at each depth.

    Merchant et al. 2020 (https://arxiv.org/abs/2004.14448) ask the same of whole data sets. For the few words of a
    pair the mean cosine is the plainer measure: both models share their dimensions.
    """
    units = units_of(analysis, state)
    states, before = states_now(analysis, state, units), states_before(analysis, state, units)
    similarity, ordinary = cosine(states, before), between_words(states)
    return card(
        tuning_lines(similarity, units.labels, between=ordinary, chosen=units.first_row_of(state.word)),
        title="What did fine-tuning change?",
        says=text.tuning_says(similarity, units.names, ordinary),
        table=(
            ("Word", *map(depth_name, range(len(states)))),
            [
                (label, *(decimal(value, digits=3) for value in row))
                for label, row in zip(units.labels, similarity.T, strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.plane", plane, reads=("word", "depth", "model_state", *DETAIL)),
    Question(f"{NAME}.tuning", tuning, reads=("word", *DETAIL)),
)
