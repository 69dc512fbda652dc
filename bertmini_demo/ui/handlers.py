"""What happens when the reader does something: values of the controls in, values of the outputs out."""

from typing import NamedTuple

import gradio as gr

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.results import Attribution, Trace
from bertmini_demo.ui.attention import pick_head, show_closeup, show_overview
from bertmini_demo.ui.inputs import look_for_html
from bertmini_demo.ui.why import current_attribution, show_why

DETAILS = ("Word pieces", "Special tokens")
WHY_OUTPUTS, OVERVIEW_OUTPUTS, CLOSEUP_OUTPUTS = 3, 2, 3


class View(NamedTuple):
    """All that decides what is shown; the page's Parts.view lists the components in this order."""

    premise: str
    hypothesis: str
    open_tab: str
    word: int | None
    detail: list[str]
    method: str
    target: str
    output: str
    baseline: str
    head: str
    cells: str
    whole_layer: bool

    @property
    def pieces(self) -> bool:
        """Whether word pieces are shown rather than words."""
        return DETAILS[0] in self.detail

    @property
    def special(self) -> bool:
        """Whether [CLS] and [SEP] are shown."""
        return DETAILS[1] in self.detail


class Handlers:
    """The page's event handlers for one model. They keep nothing of a visitor: all state comes with the call."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def judge(self, premise: str, hypothesis: str) -> list:
        """Verdict, what to look for, and no word chosen."""
        trace = self.analysis.trace(premise, hypothesis)
        return [rendering.verdict(trace.prediction), look_for_html(premise, hypothesis), None]

    def explain(self, *values: object) -> list:
        """Coloured words and the outputs of the open tab; the other tabs stay as they are."""
        view = View(*values)
        trace = self.analysis.trace(view.premise, view.hypothesis)
        attribution = self._attribution(view, trace)
        shown = [self._sentences(view, trace, attribution)]
        shown += show_why(attribution) if view.open_tab == "why" else [gr.skip()] * WHY_OUTPUTS
        if view.open_tab == "attention":
            overview = show_overview(trace, pieces=view.pieces, special=view.special)
            return [*shown, *overview, *self._closeup(view, trace)]
        return [*shown, *[gr.skip()] * (OVERVIEW_OUTPUTS + CLOSEUP_OUTPUTS)]

    def colour(self, *values: object) -> str:
        """The coloured words alone, with the chosen one marked."""
        view = View(*values)
        trace = self.analysis.trace(view.premise, view.hypothesis)
        return self._sentences(view, trace, self._attribution(view, trace))

    def closeup(self, *values: object) -> list:
        """The chosen head's outputs, where they can be seen."""
        view = View(*values)
        if view.open_tab != "attention":
            return [gr.skip()] * CLOSEUP_OUTPUTS
        return self._closeup(view, self.analysis.trace(view.premise, view.hypothesis))

    def open_example(self, event: gr.EventData) -> tuple[str, str]:
        """The pair of the gallery button that was pressed."""
        example = gallery()[int(event.index)]
        return example.premise, example.hypothesis

    def choose_word(self, chosen: int | None, event: gr.EventData) -> int | None:
        """The word pressed; none where it was the chosen one already."""
        return None if event.index == chosen else int(event.index)

    def pick_head(self, event: gr.EventData) -> str:
        """The head whose tile in the grid was pressed."""
        return pick_head(self.analysis.model.heads, int(event.index))

    def _attribution(self, view: View, trace: Trace) -> Attribution:
        choices = (view.method, view.target, view.output, view.baseline)
        return current_attribution(self.analysis, trace, *choices)

    def _sentences(self, view: View, trace: Trace, attribution: Attribution) -> str:
        return rendering.sentences(
            trace.pair, attribution, chosen=view.word, pieces=view.pieces, special=view.special
        )

    def _closeup(self, view: View, trace: Trace) -> list:
        return show_closeup(
            trace,
            view.head,
            view.cells,
            view.whole_layer,
            word=view.word,
            pieces=view.pieces,
            special=view.special,
        )
