"""What happens when the reader does something: values of the controls in, values of the outputs out."""

from collections.abc import Callable, Iterator, Mapping

import gradio as gr
from gradio.components import Component

from bertmini_demo import rendering
from bertmini_demo.analysis import Analysis
from bertmini_demo.examples import gallery
from bertmini_demo.ui.door import destination
from bertmini_demo.ui.inputs import look_for_html
from bertmini_demo.ui.tabs import Action, Panel, View, refresh


class Handlers:
    """The page's event handlers for one model. They keep nothing of a visitor: all state comes with the call."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def judge(self, premise: str, hypothesis: str) -> list:
        """Verdict, what to look for, and no word chosen."""
        trace = self.analysis.trace(premise, hypothesis)
        return [rendering.verdict(trace.prediction), look_for_html(premise, hypothesis), None]

    def refresh(self, panels: list[tuple[str | None, Panel]], *, shared: int) -> Callable[..., list]:
        """The handler that brings every panel that can be seen up to date.

        It takes the pair, the open tab, what the panels show, the other shared choices (``shared`` values in all),
        and the panels' own controls; it returns what they show now, and a value for each of their outputs.
        """

        def handle(*values: object) -> list:
            premise, hypothesis, open_tab, shown, *choices = values[:shared]
            view = View.of(premise, hypothesis, *choices)
            own = values[shared:]
            now, outputs = refresh(
                self.analysis, panels, view=view, open_tab=open_tab, shown=shown, values=own
            )
            return [now, *outputs]

        return handle

    def act(self, action: Action, *, shared: int) -> Callable[..., Iterator[list]]:
        """The handler that does an action's work and passes on what it yields."""

        def handle(*values: object) -> Iterator[list]:
            premise, hypothesis, _, _, *choices = values[:shared]
            view = View.of(premise, hypothesis, *choices)
            for outputs in action.run(self.analysis, view, *values[shared:]):
                yield outputs if len(action.outputs) > 1 else outputs[0]

        return handle

    def open(self, choices: Mapping[str, Component], tabs: tuple[str, ...]) -> Callable[..., list]:
        """The handler that takes the page to a place, see :mod:`bertmini_demo.ui.door`.

        It takes the pair and how many pairs were opened so; it returns these, what :meth:`judge` returns without
        the word, the selected and the open tab, and a value for each of the choices. What was not asked for stays.
        """

        def handle(premise: str, hypothesis: str, opened: int, event: gr.EventData) -> list:
            place = destination(
                event.index, self.analysis, pair=(premise, hypothesis), choices=choices, tabs=tabs
            )
            pair, told = [gr.skip()] * 3, [gr.skip()] * 2
            if "pair" in place:
                *told, place["word"] = [*self.judge(*place["pair"])[:2], place.get("word")]
                pair = [*place["pair"], opened + 1]
            tab = [gr.Tabs(selected=place["tab"]), place["tab"]] if "tab" in place else [gr.skip()] * 2
            return [*pair, *told, *tab, *(place.get(name, gr.skip()) for name in choices)]

        return handle

    def open_example(self, event: gr.EventData) -> tuple[str, str]:
        """The pair of the gallery button that was pressed."""
        example = gallery()[int(event.index)]
        return example.premise, example.hypothesis

    def choose_word(self, chosen: int | None, event: gr.EventData) -> int | None:
        """The word pressed; none where it was the chosen one already."""
        return None if event.index == chosen else int(event.index)


def picked(event: gr.EventData) -> str:
    """The head or label that was picked."""
    return str(event.index)


def picked_pair(event: gr.EventData) -> tuple[str, str]:
    """The pair that was picked, to be opened as the pair at hand."""
    premise, hypothesis = event.index
    return premise, hypothesis
