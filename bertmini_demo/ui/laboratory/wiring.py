"""What follows what on the page: each thing a reader does, and what is shown then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.ui.laboratory.actions import AT_ONCE, QUIET, wire_action
from bertmini_demo.ui.laboratory.clicks import PICKED
from bertmini_demo.ui.laboratory.exports import Exports
from bertmini_demo.ui.laboratory.handlers import Handlers, picked
from bertmini_demo.ui.laboratory.inputs import Inputs, validator
from bertmini_demo.ui.laboratory.picker import Picker, asking, choosing
from bertmini_demo.ui.laboratory.sharing import opening, told_html
from bertmini_demo.ui.laboratory.sight import Sight
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View
from bertmini_demo.ui.laboratory.tour import TourParts
from bertmini_demo.ui.laboratory.why import QUESTION, Question, current_attribution

# Lanes: the verdict is one forward pass and waits for nothing slower; places are gone to, and panels shown, one at a
# time, so that they arrive in the order they were asked for; what has its own button waits for others of its lane only.
VERDICT = {"concurrency_id": "verdict", "concurrency_limit": 4}
DOOR = {"concurrency_id": "door", "concurrency_limit": 1}
REASONS = {"concurrency_id": "reasons", "concurrency_limit": 1}
SWAPPED, CLEARED = "(one, other) => [other, one]", "() => ['', '']"


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events connect."""

    inputs: Inputs
    verdict: gr.HTML
    look_for: gr.HTML
    gallery: gr.HTML
    words: gr.HTML
    detail: gr.CheckboxGroup
    word: gr.State
    row: gr.Tabs
    open_tab: gr.State
    opened: gr.State  # how many pairs were opened through the door
    shown: gr.State  # what each panel showed last that is always seen
    sights: tuple[Sight, ...]  # of the tabs, in their order
    question: Question
    head: gr.Dropdown
    tabs: tuple[Tab, ...]
    link: Panel
    view: Panel
    exports: Exports
    told: gr.HTML  # what of a link could not be opened
    tour: TourParts
    picker: Picker

    @property
    def pair(self) -> list[Component]:
        return [self.inputs.premise, self.inputs.hypothesis]

    @property
    def choices(self) -> dict[str, Component]:
        """What the reader chooses for all tabs, in the order of tabs.View."""
        question = {name: getattr(self.question, name) for name in QUESTION}
        return {"word": self.word, "detail": self.detail, **question, "head": self.head}

    @property
    def shared(self) -> list[Component]:
        """What the handlers of actions are given first: pair, model, then the choices."""
        return [*self.pair, self.picker.chosen, *self.choices.values()]

    @property
    def always(self) -> tuple[Panel, ...]:
        """The panels outside the tabs, which are always seen; the last tells the open tab that something has changed."""
        sentences = Panel((self.words,), show_sentences, reads=(*QUESTION, "word", "pieces", "special"))
        return sentences, self.link, self.tour.panel, self.view


def show_sentences(analysis: Analysis, view: View) -> list:
    """Both sentences, coloured for the question asked."""
    attribution = current_attribution(analysis, view)
    return [
        rendering.sentences(
            attribution.pair, attribution, chosen=view.word, pieces=view.pieces, special=view.special
        )
    ]


def wire(page: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    """Connects what the reader does with what is shown."""
    model = handlers.analysis.model
    checked = {"validator": validator(model, handlers.latest), **QUIET}
    judge = {
        "fn": handlers.judge,
        "inputs": [*parts.pair, parts.picker.chosen],
        "outputs": [parts.verdict, parts.look_for, parts.word],
        "trigger_mode": "always_last",  # an Enter or a press in haste is not lost
        **VERDICT,
        **checked,
    }
    refresh = bringing_up(parts, handlers, parts.always, parts.shown) | checked
    inputs = parts.inputs
    runs = wire_tabs(parts, handlers, checked)
    typing = judge | {"validator": validator(model)}  # no panels follow, so it replaces no pair
    gr.on([inputs.premise.input, inputs.hypothesis.input], **typing)
    pressed = [inputs.analyze.click, inputs.premise.submit, inputs.hypothesis.submit]
    asked = gr.on(pressed, **judge)
    listeners = (parts.gallery, *picks(parts, "pair"))
    pairs = [
        inputs.swap.click(None, parts.pair, parts.pair, js=SWAPPED, **AT_ONCE),
        *(listener.select(None, None, parts.pair, js=PICKED, **AT_ONCE) for listener in listeners),
    ]
    chosen = [inputs.swap.click, *(listener.select for listener in listeners)]
    wire_ends(runs, [*pressed, *chosen, parts.opened.change, parts.picker.use.click])
    for judged in (asked, *(opened.then(**judge) for opened in pairs)):
        judged.success(**refresh)
    inputs.clear.click(None, None, parts.pair, js=CLEARED, **AT_ONCE)
    wire_choices(parts, handlers, refresh)
    for leave in (tab.leave for tab in parts.tabs if tab.leave):
        page.unload(leave)
    wire_door(page, parts, handlers, refresh)
    wire_picker(page, parts, handlers, judge, refresh)
    taken = [parts.picker.chosen, *parts.pair, parts.open_tab, *parts.choices.values()]
    parts.exports.wire(handlers.find, taken, **REASONS, **QUIET)


def wire_ends(runs: list[Dependency], another: list[Callable]) -> None:
    """Another pair or model ends the work for this one: each run by a listener of its own.

    Gradio's front end goes through what one listener cancels step by step, and waits for the server each time: a run begun
    in the meantime would be ended, too.
    """
    for run in runs:
        gr.on(another, None, None, None, cancels=[run], **AT_ONCE)


def wire_picker(page: gr.Blocks, parts: Parts, handlers: Handlers, judge: dict, refresh: dict) -> None:
    """Another model: everything on the page becomes its own."""
    picker, fits = parts.picker, tuple(fit for tab in parts.tabs for fit in tab.fits)
    picker.use.click(
        choosing(handlers.models, fits),
        picker.name,
        [picker.chosen, picker.header, picker.told, *(component for component, _ in fits)],
        concurrency_id="models",
        concurrency_limit=2,
        show_progress_on=picker.told,
        api_visibility="private",
    ).then(**judge).success(**refresh)
    picker.chosen.change(lambda: told_html([]), None, parts.told, **AT_ONCE)  # it spoke of the model before
    page.load(asking(handlers.models), None, [picker.name, picker.told, picker.fold], **AT_ONCE)


def wire_choices(parts: Parts, handlers: Handlers, refresh: dict) -> None:
    """What is chosen changes what is shown: a tab, a word, a head, a label, how they are explained."""
    for tab in parts.tabs:  # the link names the open one; what a tab shows it asks for itself
        opened = tab.item.select(lambda name=tab.name: name, None, parts.open_tab, **AT_ONCE)
        opened.then(**refresh)
    for listener in (parts.words, *picks(parts, "word")):
        listener.select(handlers.choose_word, parts.word, parts.word, **AT_ONCE).then(**refresh)
    for kind, chosen in (("head", parts.head), ("label", parts.question.target)):
        for listener in picks(parts, kind):
            listener.select(picked, None, chosen, **AT_ONCE)
    # One listener: what changes at once is shown at once.
    gr.on([chosen.change for chosen in parts.choices.values() if chosen is not parts.word], **refresh)


def wire_door(page: gr.Blocks, parts: Parts, handlers: Handlers, refresh: dict) -> None:
    """A pick, or the link that opened the page, may take it anywhere at once: to a pair, a tab and any choice."""
    tabs = tuple(tab.name for tab in parts.tabs)
    here = [*parts.pair, parts.opened]
    there = [*here, parts.verdict, parts.look_for, parts.row, parts.open_tab, *parts.choices.values()]
    for listener in (parts.tour.driver, *picks(parts, "open")):
        listener.select(
            handlers.open(parts.choices, tabs),
            [*here, parts.picker.chosen],
            there,
            trigger_mode="multiple",  # a card turned in haste is not passed over; "always_last" would repeat the first
            **DOOR,
            **QUIET,
        ).success(**refresh)
    page.load(opening(handlers, parts.choices, tabs), here, [parts.told, *there], **DOOR, **QUIET).then(
        **refresh
    )


def bringing_up(
    parts: Parts, handlers: Handlers, panels: Sequence[Panel], shown: gr.State, sight: Sight | None = None
) -> dict:
    """The options of an event that brings panels up to date."""
    controls = [control for panel in panels for control in panel.controls]
    return {
        "fn": handlers.refresh(panels, choices=len(parts.choices), sight=sight),
        "inputs": [
            *parts.pair,
            shown,
            parts.open_tab,
            parts.picker.chosen,
            *parts.choices.values(),
            *controls,
        ],
        "outputs": [shown, *(output for panel in panels for output in panel.outputs)],
        "trigger_mode": "always_last",  # what is chosen while panels are at work is shown after
        **REASONS,
    }


def wire_tabs(parts: Parts, handlers: Handlers, checked: dict) -> list[Dependency]:
    """Shows a tab's panels when it asks for it or a control of its own changes, and makes each action run from its button.

    Returns:
        the runs that another pair ends.
    """
    runs, shared = [], list(parts.choices.values())
    for tab, sight in zip(parts.tabs, parts.sights, strict=True):
        refresh = bringing_up(parts, handlers, tab.panels, sight.shown, sight) | checked
        own = dict.fromkeys(control for panel in tab.panels for control in panel.controls)  # each once
        if tab.panels:  # one listener: what changes at once is shown at once
            gr.on([sight.asks.select, *(one.change for one in own if one not in shared)], **refresh)
        for action in tab.actions:
            run = wire_action(
                action,
                handlers.act(action, shared=len(parts.shared)),
                [*parts.shared, *action.controls],
                refresh if action.of_pair else None,
                **(checked if action.of_pair else QUIET),
            )
            runs += [run] if action.of_pair else []
    return runs


def picks(parts: Parts, kind: str) -> list[Component]:
    """The components of all tabs that choose a word, a head, a label, a pair, or a place to go to."""
    return [component for tab in parts.tabs for component in tab.picks.get(kind, ())]
