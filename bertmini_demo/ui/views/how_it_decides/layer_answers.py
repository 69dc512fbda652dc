"""What the layers do: the verdict read early, what each adds, how far the words move, and rollout."""

import numpy as np

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_rollout import compose, rollout
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.value_zeroing import mixing_by_values
from bertmini_demo.figures.depth_curves import early_lines
from bertmini_demo.figures.heatmaps.attention_heatmaps import rollout_heatmap
from bertmini_demo.figures.heatmaps.mixing_heatmaps import mixing_heatmaps
from bertmini_demo.figures.naming import depth_name, percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import text
from bertmini_demo.ui.views.how_it_decides.head_answers import DETAIL, NAME, units_of
from bertmini_demo.ui.views.how_it_decides.units import display_units


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
                (depth_name(depth), *(percent(share, digits=1) for share in row))
                for depth, row in enumerate(probabilities)
            ],
        ),
    )


def rolled_out(analysis: Analysis, state: State) -> Reply:
    """Attention rollout through all layers up to the chosen one."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    depth = len(trace.attentions) - 1
    shares = units.merge(rollout(trace.attentions)[depth])
    row, names = units.first_row_of(state.word) or 0, units.names
    sources = [(names[source], float(shares[row, source])) for source in np.argsort(-shares[row])[:3]]
    return card(
        rollout_heatmap(shares, units.labels, layer=depth, chosen=units.rows_of(state.word)),
        title="Which words does each word end up made of?",
        says=text.rollout_says(names[row], sources),
        table=(
            ("from \\ to", *units.labels),
            [
                (label, *(f"{value:.3f}" for value in one))
                for label, one in zip(units.labels, shares, strict=True)
            ],
        ),
    )


def mixing(analysis: Analysis, state: State) -> Reply:
    """What each position's last state is made of, by attention rollout and by value zeroing, side by side."""
    trace = analysis.trace(*state.pair)
    tokens, chosen = trace.tokens, () if state.word is None else trace.pair.words[state.word].positions
    measures = rollout(trace.attentions)[-1], compose(mixing_by_values(analysis.model, trace))[-1]
    row = chosen[0] if chosen else 0
    names = display_units(trace, pieces=True, special=True).names
    sources = [[(names[i], float(shares[row, i])) for i in np.argsort(-shares[row])] for shares in measures]
    return card(
        mixing_heatmaps(*measures, tokens, chosen=chosen),
        title="Do two measures of mixing agree?",
        says=text.mixing_says(names[row], *sources),
        table=(
            ("Source", "Attention rollout", "Value zeroing"),
            [
                (token, f"{one:.3f}", f"{other:.3f}")
                for token, one, other in zip(tokens, *(m[row] for m in measures), strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.mixing", mixing, reads=("word",)),
    Question(f"{NAME}.early", early),
    Question(f"{NAME}.rollout", rolled_out, reads=("word", *DETAIL)),
)
