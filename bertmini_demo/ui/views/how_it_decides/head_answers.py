"""One head: its weights as a heat map and as lines, and one query of it step by step."""

import numpy as np

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.attention_filters import FILTERS, filter_mask
from bertmini_demo.explain.head_roles import (
    MIXED,
    OTHER_SENTENCE,
    OTHER_SHARE,
    OWN_SENTENCE,
    OWN_SHARE,
    PLACE_SHARE,
    PLACES,
    UNIFORM,
    UNIFORM_EVENNESS,
    HeadSummaries,
    head_role,
    head_summaries,
)
from bertmini_demo.explain.qkv import read_head
from bertmini_demo.figures.attention_lines import head_lines
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid, head_heatmap
from bertmini_demo.figures.heatmaps.head_role_heatmap import heads_heatmap
from bertmini_demo.figures.naming import head_name, layer_name, percent, place_name, quoted
from bertmini_demo.figures.qkv_bars import key_bars
from bertmini_demo.results import Head, Trace
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import text
from bertmini_demo.ui.views.how_it_decides.units import Units, display_units, hidden_weight

NAME = "how_it_decides"
SHOW = ("words", "pieces")
SPECIAL = ("shown", "hidden")
DETAIL = ("show", "special")
MEASURES = PLACES | {"to_other_sentence": OTHER_SENTENCE}
MAX_ROWS = 32
ROLE_RULE = (
    f"A head is named by the first rule that holds: “{UNIFORM}” where the entropy is {percent(UNIFORM_EVENNESS)} or more of the "
    f"largest possible; the place with the most attention, if it gets {percent(PLACE_SHARE)} or more; “{OTHER_SENTENCE}” over "
    f"{percent(OTHER_SHARE)}; “{OWN_SENTENCE}” over {percent(OWN_SHARE)}; else “{MIXED}”. Another pair can give a head another name, and "
    "a name says where a head looks, not what it is for."
)


def units_of(analysis: Analysis, state: State) -> Units:
    """Rows and columns as the reader wants them: words or word pieces, special tokens or none."""
    return display_units(
        analysis.trace(*state.pair),
        pieces=state.option("show", SHOW) == "pieces",
        special=state.option("special", SPECIAL) == "shown",
    )


def summaries(trace: Trace) -> HeadSummaries:
    """Where each head attends on this pair."""
    pair = trace.pair
    return head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)


def heatmap(analysis: Analysis, state: State) -> Reply:
    """One head's weights, every word named."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    weights = units.merge(trace.attentions[state.layer, state.head])
    between = state.option("between", FILTERS)
    drawn = np.where(filter_mask(units.segments, between, special=units.special), weights, np.nan)
    says = text.head_says(trace, summaries(trace), state.layer, state.head)
    if not any(units.special):
        pieces = state.option("show", SHOW) == "pieces"
        share = hidden_weight(trace, trace.attentions[state.layer, state.head], pieces=pieces)
        says = f"{says} {text.hidden_says(float(share))}"
    return card(
        head_heatmap(
            drawn, units.labels, title=place_name(state.layer, state.head), chosen=units.rows_of(state.word)
        ),
        title=f"Where does {place_name(state.layer, state.head).lower()} look?",
        says=says,
        table=(
            ("from \\ to", *units.labels),
            [
                (label, *(f"{value:.3f}" for value in row))
                for label, row in zip(units.labels, weights, strict=True)
            ],
        ),
    )


def lines(analysis: Analysis, state: State) -> Reply:
    """The same weights as lines from the words that look to the words looked at."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    weights = units.merge(trace.attentions[state.layer, state.head])
    role = head_role(summaries(trace), Head(state.layer, state.head))
    return card(
        head_lines(
            weights[None],
            units.labels,
            query_sentences=units.sentences,
            names=[place_name(state.layer, state.head)],
            chosen_queries=units.rows_of(state.word),
        ),
        title="The same weights as lines",
        says=text.role_says(role),
    )


def microscope(analysis: Analysis, state: State) -> Reply:
    """One query from the dot products to what is passed on."""
    trace = analysis.trace(*state.pair)
    reading = read_head(analysis.model, trace, Head(state.layer, state.head))
    chosen = () if state.word is None else trace.pair.words[state.word].positions
    query = chosen[0] if chosen else 0
    root = f"√{reading.head_size}"
    steps = {
        "query · key": reading.products[query],
        f"÷ {root}": reading.scaled[query],
        "weight α": reading.weights[query],
        "α × value": reading.norms[query],
    }
    return card(
        key_bars(steps, trace.tokens, query=query, chosen=chosen),
        title=f"How does {quoted(trace.tokens[query])} choose where to look?",
        says=text.winner_says(display_units(trace, pieces=True, special=True).names, reading, query),
        table=(
            ("Key", "query · key", f"÷ {root}", "weight α", "length of the value", "length of α × value"),
            [
                (token, *(f"{value:.3f}" for value in values))
                for token, *values in zip(
                    trace.tokens,
                    reading.products[query],
                    reading.scaled[query],
                    reading.weights[query],
                    np.linalg.norm(reading.values, axis=-1),
                    reading.norms[query],
                    strict=True,
                )
            ],
        ),
    )


def grid(analysis: Analysis, state: State) -> Reply:
    """All heads, small, on one colour scale."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    return card(
        head_grid(units.merge(trace.attentions), units.labels, chosen=Head(state.layer, state.head)),
        title="Where does each head look?",
        says=text.grid_says(summaries(trace)),
    )


def roles(analysis: Analysis, state: State) -> Reply:
    """Where each head's weight goes, a row a head; of a model with many heads, those of the chosen layer."""
    trace = analysis.trace(*state.pair)
    measured = summaries(trace)
    every = [Head(*place) for place in np.ndindex(measured.entropy.shape)]
    shown = every if len(every) <= MAX_ROWS else [one for one in every if one.layer == state.layer]
    names = [head_role(measured, one) for one in shown]
    shares = np.array([[getattr(measured, measure)[one] for measure in MEASURES] for one in shown])
    return card(
        heads_heatmap(
            shares,
            [
                f"{layer_name(one.layer, short=True)} {head_name(one.head, short=True)} · {role}"
                for one, role in zip(shown, names, strict=True)
            ],
            list(MEASURES.values()),
            chosen=shown.index(Head(state.layer, state.head)),
        ),
        title="What does each head do on this pair?",
        says=text.roles_say(names),
        table=(
            ("Head", "Mostly", "Entropy in nats", "Mean distance", *MEASURES.values()),
            [
                (
                    place_name(*one),
                    role,
                    f"{measured.entropy[one]:.2f}",
                    f"{measured.distance[one]:.1f}",
                    *(percent(share, digits=1) for share in row),
                )
                for one, role, row in zip(shown, names, shares, strict=True)
            ],
        ),
        press={"choices": [{"part": "head", "layer": one.layer, "head": one.head} for one in shown]},
    )


QUESTIONS = (
    Question(f"{NAME}.roles", roles, reads=("layer", "head")),
    Question(f"{NAME}.heatmap", heatmap, reads=("layer", "head", "word", "between", *DETAIL)),
    Question(f"{NAME}.lines", lines, reads=("layer", "head", "word", *DETAIL)),
    Question(f"{NAME}.microscope", microscope, reads=("layer", "head", "word")),
    Question(f"{NAME}.grid", grid, reads=("layer", "head", *DETAIL)),
)
