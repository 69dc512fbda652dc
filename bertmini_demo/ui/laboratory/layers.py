"""The tab Layers: the verdict read after each layer, words moving through the layers, and how alike they stay."""

from collections.abc import Sequence

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.layer_similarity import between_words, cosine, merge_states, settled_depth
from bertmini_demo.figures import rendering
from bertmini_demo.figures.depth_curves import early_lines, similarity_heatmap
from bertmini_demo.figures.naming import depth_name
from bertmini_demo.ui.laboratory.clicks import listener
from bertmini_demo.ui.laboratory.planes import build_planes, show_planes
from bertmini_demo.ui.laboratory.stepper import build_plot, build_stepper, heading
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View
from bertmini_demo.ui.laboratory.units import display_units

DETAIL = ("word", "pieces", "special")
EMBEDDING, BEFORE = "its embedding", "the layer before"
PICK_WORD = "point => point.customdata"  # a special token has none
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
        gr.HTML(explain_terms(f'<p class="says">{CAVEAT}</p>'))
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
        planes = build_planes()
        points = tuple(listener(plane, PICK_WORD) for plane in ("plane", "plane-before"))
    panels = (
        Panel(early, show_early),
        Panel(alike, show_alike, reads=DETAIL, controls=(measure,)),
        Panel(planes, show_planes, reads=DETAIL),
    )
    return Tab("layers", item, panels, picks={"head": (stepper,), "word": points})


def show_early(analysis: Analysis, view: View) -> list:
    """The probabilities read after each layer, and from which layer on the verdict stays."""
    trace = analysis.trace(view.premise, view.hypothesis)
    probabilities, labels = early_exit(analysis.model, trace), analysis.model.labels
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
    return f'<p class="says">{told} {explain_terms(EARLY_CAVEAT)}</p>'


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
