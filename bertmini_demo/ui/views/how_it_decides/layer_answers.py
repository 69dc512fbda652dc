"""What the layers do: the verdict read early, what each adds, how far the words move, and rollout."""

import numpy as np

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.figures.depth_curves import early_lines
from bertmini_demo.figures.heatmaps.attention_heatmaps import rollout_heatmap
from bertmini_demo.figures.naming import depth_name
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import text
from bertmini_demo.ui.views.how_it_decides.head_answers import DETAIL, NAME, units_of


def early(analysis: Analysis, state: State) -> Reply:
    """The probabilities that the classifier reads after each layer."""
    probabilities = early_exit(analysis.model, analysis.trace(*state.pair))
    labels = analysis.model.labels
    return card(
        early_lines(probabilities, labels),
        title="When does it decide?",
        says=text.early_says(probabilities, [label_name(label) for label in labels]),
        table=(
            ("Read after", *map(label_name, labels)),
            [
                (depth_name(depth), *(f"{share:.1%}" for share in row))
                for depth, row in enumerate(probabilities)
            ],
        ),
    )


def rolled_out(analysis: Analysis, state: State) -> Reply:
    """Attention rollout through all layers up to the chosen one."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    depth = len(trace.attentions) - 1
    shares = units.merge(rollout(trace.attentions)[depth])
    row = units.first_row_of(state.word) or 0
    sources = [(units.labels[source], float(shares[row, source])) for source in np.argsort(-shares[row])[:3]]
    return card(
        rollout_heatmap(shares, units.labels, layer=depth, chosen=units.rows_of(state.word)),
        title="Which words does each word end up made of?",
        says=text.rollout_says(units.labels[row], sources),
        table=(
            ("from \\ to", *units.labels),
            [
                (label, *(f"{value:.3f}" for value in one))
                for label, one in zip(units.labels, shares, strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.early", early),
    Question(f"{NAME}.rollout", rolled_out, reads=("word", *DETAIL)),
)
