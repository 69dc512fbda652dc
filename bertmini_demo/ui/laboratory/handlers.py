"""What happens when the reader does something: values of the controls in, values of the outputs out."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import gradio as gr
from gradio.components import Component

from bertmini_demo.data.examples import Example, gallery
from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.model.registry import ModelRegistry
from bertmini_demo.ui.laboratory.door import destination
from bertmini_demo.ui.laboratory.inputs import look_for_html
from bertmini_demo.ui.laboratory.latest import Latest
from bertmini_demo.ui.laboratory.sight import Sight
from bertmini_demo.ui.laboratory.tabs import Action, Panel, View, refresh
from bertmini_demo.ui.server import request_log

MODEL = "model"  # under which the model is kept whose panels are shown


class Handlers:
    """The page's event handlers. They keep nothing of a visitor but the pair at hand: all other state comes with the call.

    Attributes:
        analysis: of the operator's model, which the page opens with.
        models: all that a visitor may choose; ``chosen`` is a Hub name everywhere, or None for the operator's.
        latest: the pair each visitor has at hand.
    """

    def __init__(self, analysis: Analysis, examples: Sequence[Example] | None = None) -> None:
        self.analysis, self.models, self.latest = analysis, ModelRegistry(analysis, Analysis), Latest()
        self.examples = gallery() if examples is None else examples

    def find(self, chosen: str | None) -> Analysis:
        """The analysis of the visitor's model, which may have to be loaded again.

        Raises:
            gr.Error: it cannot be, in the core's own words.
        """
        try:
            return self.models.get(chosen)
        except DemoError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def judge(self, premise: str, hypothesis: str, chosen: str | None = None) -> list:
        """Verdict, what to look for, and no word chosen."""
        with request_log.entry("verdict") as entry:
            analysis = self.find(chosen)
            trace = analysis.trace(premise, hypothesis)
            entry.word_pieces = len(trace.tokens)
        return [
            rendering.verdict(trace.prediction, explain=explain_terms),
            look_for_html(premise, hypothesis, analysis, self.examples),
            None,
        ]

    def refresh(
        self, panels: Sequence[Panel], *, choices: int, sight: Sight | None = None
    ) -> Callable[..., list]:
        """The handler that brings panels up to date: those of one tab in ``sight``, or those always seen.

        It takes the pair, what the panels show, the open tab, the model, so many ``choices``, and the panels' own controls; it
        returns what they show now, and a value for each of their outputs. For a pair that its visitor has replaced by now
        nothing is done: the request that replaced it shows all that is missing; and nothing for a tab that is neither open
        nor asks for it itself.
        """
        size = 1 + sum(len(panel.outputs) for panel in panels)

        def handle(request: gr.Request, event: gr.EventData, *values: object) -> list:
            premise, hypothesis, shown, open_tab, chosen, *rest = values
            if sight and open_tab != sight.tab and event.target is not sight.asks:
                return [gr.skip()] * size
            view = View.of(premise, hypothesis, *rest[:choices])
            if shown.get(MODEL) != chosen:
                shown = {MODEL: chosen}  # what another model's panels showed is out of date
            with request_log.entry("panels") as entry:
                if self.latest.replaced(request.session_hash, (premise, hypothesis)):
                    entry.outcome = "dropped"
                    return [gr.skip()] * size
                analysis = self.find(chosen)
                entry.word_pieces = len(analysis.trace(premise, hypothesis).tokens)
                now, outputs = refresh(analysis, panels, view=view, shown=shown, values=rest[choices:])
            return [now, *outputs]

        return handle

    def act(self, action: Action, *, shared: int) -> Callable[..., Iterator[list]]:
        """The handler that does an action's work and passes on what it yields.

        Raises:
            gr.Error: the work cannot be done, in the core's own words.
        """

        def handle(*values: object) -> Iterator[list]:
            premise, hypothesis, chosen, *choices = values[:shared]
            view = View.of(premise, hypothesis, *choices)
            try:
                with request_log.entry(action.button.elem_id) as entry:
                    analysis = self.find(chosen)
                    entry.word_pieces = len(analysis.trace(premise, hypothesis).tokens)
                    for outputs in action.run(analysis, view, *values[shared:]):
                        yield outputs if len(action.outputs) > 1 else outputs[0]
            except DemoError as error:
                raise gr.Error(str(error), print_exception=False) from error

        return handle

    def open(self, choices: Mapping[str, Component], tabs: tuple[str, ...]) -> Callable[..., list]:
        """The handler that takes the page to a place, see :mod:`bertmini_demo.ui.laboratory.door`.

        It takes the pair, how many pairs were opened so and the model; it returns the first two, what :meth:`judge` returns without
        the word, the selected and the open tab, and a value for each of the choices. What was not asked for stays.
        """

        def handle(
            premise: str, hypothesis: str, opened: int, chosen: str | None, event: gr.EventData
        ) -> list:
            analysis, pair = self.find(chosen), (premise, hypothesis)
            place = destination(event.index, analysis, pair=pair, choices=choices, tabs=tabs)
            return self.arrive(place, opened=opened, choices=choices, chosen=chosen)

        return handle

    def arrive(
        self,
        place: Mapping[str, object],
        *,
        opened: int,
        choices: Mapping[str, Component],
        chosen: str | None = None,
    ) -> list:
        """What :meth:`open` returns for a place that is known to be there."""
        place = dict(place)
        pair, told = [gr.skip()] * 3, [gr.skip()] * 2
        if "pair" in place:
            *told, place["word"] = [*self.judge(*place["pair"], chosen)[:2], place.get("word")]
            pair = [*place["pair"], opened + 1]
        tab = [gr.Tabs(selected=place["tab"]), place["tab"]] if "tab" in place else [gr.skip()] * 2
        return [*pair, *told, *tab, *(place.get(name, gr.skip()) for name in choices)]

    def choose_word(self, chosen: int | None, event: gr.EventData) -> int | None:
        """The word pressed; none where it was the chosen one already."""
        return None if event.index == chosen else int(event.index)


def picked(event: gr.EventData) -> str:
    """The head or label that was picked."""
    return str(event.index)
