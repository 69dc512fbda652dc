"""What a notebook shows: objects that draw themselves, offline, and stay drawn when the notebook is exported to HTML."""

from dataclasses import dataclass

from bertmini_demo.figures import rendering
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid
from bertmini_demo.results import Attribution, Trace

STYLE = """<style>
.sentences { font-family: system-ui, sans-serif; }
.sentences .sentence { display: grid; grid-template-columns: 6.5rem 1fr; align-items: baseline; }
.sentences .sentence p { margin: 0; line-height: 2.1; }
.sentences .word { font: inherit; color: inherit; border: 0; border-radius: 5px; padding: 0.1rem 0.2rem; background: none; }
.sentences .which, .sentences .legend { font-size: 0.85rem; opacity: 0.8; }
.sentences .pending { display: none; }
</style>"""


@dataclass(frozen=True, slots=True, eq=False)
class Coloured:
    """An attribution as the page shows it: both sentences, each word tinted by its score.

    >>> Coloured(attribute(model, premise, hypothesis))  # the last line of a notebook's cell

    Attributes:
        pieces: show word pieces rather than words.
        special: show [CLS] and [SEP] as well.
    """

    attribution: Attribution
    pieces: bool = False
    special: bool = False

    def _repr_html_(self) -> str:
        pair = self.attribution.pair
        return STYLE + rendering.sentences(pair, self.attribution, pieces=self.pieces, special=self.special)


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The attention of all heads as heat maps, a row a layer, a column a head.

    The picture brings plotly.js along, 5 MB: a figure alone is lost when a notebook is exported.

    >>> Heads(model.trace(premise, hypothesis))  # the last line of a notebook's cell
    """

    trace: Trace

    def _repr_html_(self) -> str:
        figure = head_grid(self.trace.attentions, self.trace.tokens)
        return figure.to_html(full_html=False, include_plotlyjs=True, default_width="100%")
