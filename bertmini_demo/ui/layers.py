"""The tab Layers: the verdict read after each layer, words moving through the layers, and how alike they stay."""

from collections.abc import Sequence

import gradio as gr
import numpy as np

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.figures.layers import early_lines, similarity_heatmap
from bertmini_demo.figures.naming import depth_name
from bertmini_demo.figures.plane import words_in_plane
from bertmini_demo.interventions import read_early
from bertmini_demo.layers import between_words, cosine, find_plane, merge_states, settled_depth, steps
from bertmini_demo.ui.stepper import build_presser, build_stepper
from bertmini_demo.ui.tabs import Panel, Tab, View
from bertmini_demo.ui.units import display_units

DETAIL = ("word", "pieces", "special")
EMBEDDING, BEFORE = "its embedding", "the layer before"
CAVEAT = (
    "Each layer adds to every position something it read at the others. What stands at a word’s place after a few "
    "layers is a mixture of the whole pair, not the word alone."
)
EARLY_CAVEAT = (
    "Approximate: pooler and classifier learned to read what the last layer puts out, and are asked here to read what "
    "they never saw. After the embeddings [CLS] has seen no word: that first answer is the same for every pair."
)


def build_layers(layers: int, *, head: gr.Dropdown) -> Tab:
    """The tab; ``head`` is the picker of heads, whose layer it follows and sets."""
    with gr.Tab("Layers", id="layers") as item:
        gr.HTML(f'<p class="says">{CAVEAT}</p>')
        stepper = build_stepper(layers, head=head)
        with gr.Row():
            with gr.Column(min_width=320):
                heading("The verdict, read after each layer")
                early = (build_plot("early"), gr.HTML(elem_id="early-says"))
            with gr.Column(min_width=320):
                heading("How alike each word stays")
                measure = gr.Radio(
                    [(name.capitalize(), name) for name in (EMBEDDING, BEFORE)],
                    value=EMBEDDING,
                    label="Compare each word with",
                    elem_id="alike-to",
                )
                alike = (build_plot("alike"), gr.HTML(elem_id="alike-says"))
        with gr.Row(), gr.Column(min_width=320):
            heading("The words in two dimensions")
            plane = (build_plot("plane"), gr.HTML(elem_id="plane-says"))
        presser = build_presser()
    panels = (
        Panel(early, show_early),
        Panel(plane, show_plane, reads=DETAIL),
        Panel(alike, show_alike, reads=DETAIL, controls=(measure,)),
    )
    return Tab("layers", item, panels, picks={"head": (stepper,), "word": (presser,)})


def build_plot(name: str) -> gr.Plot:
    """A plot that the stepper finds by its class."""
    return gr.Plot(show_label=False, elem_id=name, elem_classes=["figure", "by-depth"])


def heading(text: str) -> gr.HTML:
    return gr.HTML(f"<h3>{text}</h3>", elem_classes="heading")


def show_early(analysis: Analysis, view: View) -> list:
    """The probabilities read after each layer, and from which layer on the verdict stays."""
    trace = analysis.trace(view.premise, view.hypothesis)
    probabilities, labels = read_early(analysis.model, trace), analysis.model.labels
    names = [rendering.label_name(label) for label in labels]
    numbers = rendering.table(
        ("Read after", *names),
        ((depth_name(depth), *(f"{share:.1%}" for share in row)) for depth, row in enumerate(probabilities)),
        caption="The probabilities as a table",
    )
    return [early_lines(probabilities, labels), early_says(probabilities, names) + numbers]


def early_says(probabilities: np.ndarray, names: Sequence[str]) -> str:
    """From which layer on the verdict stays, and which layer moved it most."""
    settled, final = settled_depth(probabilities), int(probabilities[-1].argmax())
    if settled:
        earlier = probabilities[settled - 1]
        told = (
            f"Read after {depth_name(settled).lower()} the verdict is {names[final]}, and no later layer changes it; "
            f"one step earlier it would be {names[earlier.argmax()]} ({earlier.max():.0%})."
        )
    else:
        told = f"At every depth the verdict would be {names[final]}."
    changes = np.diff(probabilities[:, final])
    most = int(np.abs(changes).argmax())
    told += (
        f" {depth_name(most + 1)} moves its probability most, from {probabilities[most, final]:.0%} to "
        f"{probabilities[most + 1, final]:.0%}."
    )
    return f'<p class="says">{told} {EARLY_CAVEAT}</p>'


def show_plane(analysis: Analysis, view: View) -> list:
    """All words at all depths on the two axes along which they spread most."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    states = merge_states(trace.hidden_states, units.groups)
    plane = find_plane(states)
    points = plane.project(states)
    figure = words_in_plane(
        points,
        units.labels,
        sentences=units.sentences,
        shares=plane.shares,
        reach=np.abs(points).max(axis=(0, 1)),
        places=units.words,
        chosen=units.first_row_of(view.word),
    )
    return [figure, plane_says(states, plane.shares) + plane_table(units.labels, points)]


def plane_says(states: np.ndarray, shares: np.ndarray) -> str:
    """How much the picture holds, and between which depths the words move furthest."""
    depths, words, hidden = states.shape
    moved = steps(states).mean(axis=1)
    furthest = int(moved.argmax())
    return (
        f'<p class="says">The words move furthest in {depth_name(furthest + 1).lower()}: by {moved[furthest]:.1f} on '
        f"average, in all {hidden} dimensions; least in {depth_name(int(moved.argmin()) + 1).lower()} "
        f"({moved.min():.1f}). The two axes hold {shares.sum():.0%} of the variance of {words} states at {depths} "
        "depths: words drawn side by side may be far apart in the directions left out.</p>"
    )


def plane_table(labels: Sequence[str], points: np.ndarray) -> str:
    """Both coordinates of each word at each depth."""
    return rendering.table(
        ("Word", *(depth_name(depth) for depth in range(len(points)))),
        (
            (label, *(f"{x:.2f}, {y:.2f}" for x, y in path))
            for label, path in zip(labels, points.swapaxes(0, 1), strict=True)
        ),
        caption="The places as a table",
    )


def show_alike(analysis: Analysis, view: View, measure: str) -> list:
    """How alike each word stays to its embedding, or to itself one layer before."""
    trace = analysis.trace(view.premise, view.hypothesis)
    units = display_units(trace, pieces=view.pieces, special=view.special)
    states = merge_states(trace.hidden_states, units.groups)
    similarity = self_similarity(states, measure)
    figure = similarity_heatmap(
        similarity, units.labels, measure=measure, chosen=units.first_row_of(view.word)
    )
    numbers = rendering.table(
        ("Word", *(depth_name(depth) for depth in range(len(states)))),
        (
            (label, *("" if np.isnan(value) else f"{value:.3f}" for value in row))
            for label, row in zip(units.labels, similarity.T, strict=True)
        ),
        caption="The similarities as a table",
    )
    return [figure, alike_says(similarity, units.labels, states, measure) + numbers]


def self_similarity(states: np.ndarray, measure: str) -> np.ndarray:
    """(depths, words) cosines; the embeddings have no layer before, and NaN stands there."""
    if measure == EMBEDDING:
        return cosine(states, states[:1])
    return np.vstack([np.full((1, states.shape[1]), np.nan), cosine(states[1:], states[:-1])])


def alike_says(similarity: np.ndarray, labels: Sequence[str], states: np.ndarray, measure: str) -> str:
    """Which word changed most and least at the last depth, beside what is ordinary there."""
    last, name = similarity[-1], depth_name(len(similarity) - 1).lower()
    least, most = int(last.argmin()), int(last.argmax())
    return (
        f'<p class="says">After {name}, “{rendering.escape(labels[least])}” is least like {measure} '
        f"(cosine {last[least]:.2f}), “{rendering.escape(labels[most])}” most ({last[most]:.2f}). Two different words "
        f"have a cosine of {between_words(states)[-1]:.2f} there on average, so only what differs from that says "
        "something about a word. A low cosine does not say that the word is forgotten: what was there may be kept in "
        "fewer directions.</p>"
    )
