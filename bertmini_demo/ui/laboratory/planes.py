"""Part of the tab Layers: words as points in a plane, and the same pair in the model before fine-tuning."""

from collections.abc import Sequence

import gradio as gr
import numpy as np
from gradio.components import Component

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.layer_similarity import (
    between_words,
    cosine,
    find_plane,
    merge_states,
    shares_along,
    steps,
)
from bertmini_demo.figures import rendering
from bertmini_demo.figures.depth_curves import tuning_lines
from bertmini_demo.figures.naming import depth_name
from bertmini_demo.figures.projection_scatter import words_in_plane
from bertmini_demo.results import Trace
from bertmini_demo.ui.laboratory.stepper import build_plot, heading
from bertmini_demo.ui.laboratory.tabs import View
from bertmini_demo.ui.laboratory.units import Units, display_units

NO_PRETRAINED = (
    "This model brings no pretrained model, so there is no state before fine-tuning to set beside it."
)


def build_planes() -> tuple[Component, ...]:
    """The plane now and before fine-tuning, side by side, and below what fine-tuning changed, layer by layer."""
    with gr.Row():
        with gr.Column(min_width=320):
            heading("The words in two dimensions")
            now = build_plot("plane"), gr.HTML(elem_id="plane-says")
        with gr.Column(min_width=320):
            heading("The same words before fine-tuning")
            before = build_plot("plane-before"), gr.HTML(elem_id="before-says")
    with gr.Row():
        with gr.Column(min_width=320):
            heading("What fine-tuning changed")
            tuning = build_plot("tuning")
        with gr.Column(min_width=320):
            told = gr.HTML(elem_id="tuning-says")
    return *now, *before, tuning, told


def show_planes(analysis: Analysis, view: View) -> list:
    """All words at all depths on the two axes along which they spread most, now and before fine-tuning."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    states, before = merge_states(trace.hidden_states, units.groups), states_before(analysis, trace, units)
    plane, chosen = find_plane(states), units.first_row_of(view.word)
    points = [plane.project(some) for some in (states, before) if some is not None]
    shared = {
        "sentences": units.sentences,
        "reach": np.abs(points).max(axis=(0, 1, 2)),
        "places": units.words,
        "chosen": chosen,
    }
    now = words_in_plane(points[0], units.labels, shares=plane.shares, **shared)
    told = plane_says(states, plane.shares) + places_table(units.labels, points[0])
    if before is None:
        return [now, told, gr.Plot(visible=False), says(NO_PRETRAINED), gr.Plot(visible=False), ""]
    shares = shares_along(plane, before)
    return [
        now,
        told,
        words_in_plane(points[1], units.labels, shares=shares, **shared),
        before_says(shares) + places_table(units.labels, points[1]),
        *show_tuning(states, before, units.labels, chosen=chosen),
    ]


def states_before(analysis: Analysis, trace: Trace, units: Units) -> np.ndarray | None:
    """(depths, units, hidden) in the pretrained model; None where the classifier brings none."""
    if analysis.language_model is None:
        return None
    return merge_states(analysis.language_model.trace(trace.pair).hidden_states, units.groups)


def show_tuning(states: np.ndarray, before: np.ndarray, labels: Sequence[str], *, chosen: int | None) -> list:
    """How alike each word is to itself before fine-tuning, at each depth.

    Merchant et al. 2020 (https://arxiv.org/abs/2004.14448) ask the same of whole data sets. For the few words of a
    pair the mean cosine is the plainer measure: the two models share their dimensions, one having grown out of the
    other, and CKA (Kornblith et al. 2019, https://arxiv.org/abs/1905.00414) is near 1 for any two sets of fewer
    words than dimensions.
    """
    similarity = cosine(states, before)
    numbers = rendering.table(
        ("Word", *(depth_name(depth) for depth in range(len(states)))),
        (
            (label, *(f"{value:.3f}" for value in row))
            for label, row in zip(labels, similarity.T, strict=True)
        ),
        caption="Cosines with the state before fine-tuning as a table",
    )
    figure = tuning_lines(similarity, labels, between=between_words(states), chosen=chosen)
    return [figure, tuning_says(similarity, labels, ordinary=between_words(states)) + numbers]


def tuning_says(similarity: np.ndarray, labels: Sequence[str], *, ordinary: np.ndarray) -> str:
    """Where fine-tuning changed the words most, beside what is ordinary there."""
    means = similarity.mean(axis=1)
    most = int(means.argmin())
    word = int(similarity[most].argmin())
    return says(
        f"Fine-tuning turned the words most after {depth_name(most).lower()}: there they keep a mean cosine of "
        f"{means[most]:.2f} with themselves in the pretrained model, after {depth_name(0).lower()} {means[0]:.2f}; the word "
        f"turned most is “{rendering.escape(labels[word])}” ({similarity[most, word]:.2f}). Two different words have a "
        f"cosine of {ordinary[most]:.2f} there. This says where states changed, not which change the verdict needs."
    )


def plane_says(states: np.ndarray, shares: np.ndarray) -> str:
    """How much the picture holds, and between which depths the words move furthest."""
    depths, words, hidden = states.shape
    moved = steps(states).mean(axis=1)
    furthest, nearest = (depth_name(int(place) + 1).lower() for place in (moved.argmax(), moved.argmin()))
    return says(
        f"The words move furthest in {furthest}: by {moved.max():.1f} on average, in all {hidden} dimensions; least in "
        f"{nearest} ({moved.min():.1f}). The two axes hold {shares.sum():.0%} of the variance of {words} states at "
        f"{depths} depths: words drawn side by side may be far apart in the directions left out. A name that would "
        "cover another is told on hover."
    )


def before_says(shares: np.ndarray) -> str:
    """What the second picture shares with the first, and how much it holds."""
    return says(
        "The pretrained model on the same two axes: a word that stands at the same place in both pictures was not moved "
        f"along them by fine-tuning. They hold {shares.sum():.0%} of the variance here, less than axes of its own would, "
        "so this picture may miss more."
    )


def places_table(labels: Sequence[str], points: np.ndarray) -> str:
    """Both coordinates of each word at each depth."""
    return rendering.table(
        ("Word", *(depth_name(depth) for depth in range(len(points)))),
        (
            (label, *(f"{x:.2f}, {y:.2f}" for x, y in path))
            for label, path in zip(labels, points.swapaxes(0, 1), strict=True)
        ),
        caption="The places as a table",
    )


def says(text: str) -> str:
    return f'<p class="says">{text}</p>'
