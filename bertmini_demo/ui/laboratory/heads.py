"""What each head mostly does, in the tab Attention: every head in one figure and one table."""

import gradio as gr
import numpy as np

from bertmini_demo.explain.analysis import Analysis
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
from bertmini_demo.figures import rendering
from bertmini_demo.figures.heatmaps.head_role_heatmap import heads_heatmap
from bertmini_demo.figures.naming import head_name, layer_name, place_name
from bertmini_demo.results import Head, Trace
from bertmini_demo.ui.laboratory.clicks import listener
from bertmini_demo.ui.laboratory.tabs import Panel, View

MEASURES = PLACES | {"to_other_sentence": OTHER_SENTENCE}
ROWS = 32  # heads in one figure; of a model with more, those of the chosen layer are shown
RULE = (
    f"How heads are named, from the first rule that holds: “{UNIFORM}” where the spread of the weight is {UNIFORM_EVENNESS:.0%} "
    f"or more of the greatest there could be; the one place that takes most, if it takes {PLACE_SHARE:.0%} or more; "
    f"“{OTHER_SENTENCE}” over {OTHER_SHARE:.0%} of the weight; “{OWN_SENTENCE}” over {OWN_SHARE:.0%}; else "
    f"“{MIXED}”. The numbers are means over the words of this pair: another pair can give a head another name, "
    "and a name says where a head looks, not what it is for."
)
PICK_HEAD = "(point, plot) => plot.layout.meta.heads[point.pointNumber[0]]"


def build_heads() -> tuple[Panel, gr.HTML]:
    """The panel, and what tells that a head was picked in it."""
    gr.HTML("<h3>What each head does on this pair</h3>", elem_classes="heading")
    figure = gr.Plot(show_label=False, elem_id="heads", elem_classes="figure")
    says = gr.HTML(elem_id="heads-says")
    return Panel((figure, says), show_heads, reads=("head",)), listener("heads", PICK_HEAD)


def summarise(trace: Trace) -> HeadSummaries:
    pair = trace.pair
    return head_summaries(trace.attentions, pair.tokens, segments=pair.segments, special=pair.special)


def most_crossing_head(trace: Trace) -> str:
    """The head that looks at the other sentence most: a telling one to open with."""
    shares = summarise(trace).to_other_sentence
    return str(Head(*np.unravel_index(shares.argmax(), shares.shape)))


def show_heads(analysis: Analysis, view: View) -> list:
    """Where the weight of each head goes as a heatmap; what that makes of them in a sentence; the numbers."""
    trace = analysis.trace(view.premise, view.hypothesis)
    found = summarise(trace)
    layers, heads = found.entropy.shape
    chosen = Head.parse(view.head)
    every = (Head(*place) for place in np.ndindex(layers, heads))
    shown = [place for place in every if layers * heads <= ROWS or place[0] == chosen[0]]
    figure = heads_heatmap(
        np.array([[getattr(found, measure)[place] for measure in MEASURES] for place in shown]),
        [short_name(*place, role=head_role(found, place)) for place in shown],
        list(MEASURES.values()),
        chosen=shown.index(chosen),
    )
    figure.update_layout(meta={"heads": list(map(str, shown))})
    return [figure, f"{roles_sentence(found)}{heads_table(found)}"]


def short_name(layer: int, head: int, *, role: str) -> str:
    return f"{layer_name(layer, short=True)} {head_name(head, short=True)} · {role}"


def roles_sentence(found: HeadSummaries) -> str:
    """How many heads do what, the most frequent first, and the rule of the names."""
    roles = [head_role(found, Head(*place)) for place in np.ndindex(found.entropy.shape)]
    counts = sorted({role: roles.count(role) for role in roles}.items(), key=lambda item: -item[1])
    told = ", ".join(f"{role} ({count})" for role, count in counts)
    return f'<p class="says">Of {len(roles)} heads, by what they mostly look at: {told}.</p><p class="says">{RULE}</p>'


def heads_table(found: HeadSummaries) -> str:
    """All numbers of all heads, as a folded table."""
    headings = ("Head", "Mostly", "Spread in nats", "Mean distance", *MEASURES.values())
    rows = (
        [
            place_name(*place),
            head_role(found, Head(*place)),
            f"{found.entropy[place]:.2f}",
            f"{found.distance[place]:.1f}",
            *(f"{getattr(found, measure)[place]:.1%}" for measure in MEASURES),
        ]
        for place in np.ndindex(found.entropy.shape)
    )
    return rendering.table(headings, rows, caption="All heads as a table")
