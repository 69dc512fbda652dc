"""What a tab is to the page: panels that show a view of the pair at hand, things to pick, and costly actions.

A panel names what it reads. The page calls it when its tab is open and something it reads has changed since it was
last shown, and hands it those choices and no others: nothing is computed for a closed tab, nothing twice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import SimpleNamespace

import gradio as gr
from gradio.components import Component

from bertmini_demo.analysis import Analysis

DETAILS = ("Word pieces", "Special tokens")
PAIR = ("premise", "hypothesis")


@dataclass(frozen=True, slots=True)
class View:
    """What the reader has chosen, the same for all tabs. A head is "layer-head", counted from 0."""

    premise: str
    hypothesis: str
    word: int | None  # index in the pair's words
    pieces: bool  # show word pieces rather than words
    special: bool  # show [CLS] and [SEP]
    method: str
    target: str  # a label, or why.VERDICT
    output: str
    baseline: str
    head: str

    @classmethod
    def of(cls, premise, hypothesis, word, detail, *choices) -> "View":
        """The view from the values of the page's components, in the order of Parts.shared."""
        return cls(premise, hypothesis, word, *(name in detail for name in DETAILS), *choices)

    def only(self, names: tuple[str, ...]) -> SimpleNamespace:
        """The pair and the named choices; asking the result for any other is an error."""
        return SimpleNamespace(**{name: getattr(self, name) for name in (*PAIR, *names)})


CHOICES = tuple(entry.name for entry in fields(View) if entry.name not in PAIR)


@dataclass(frozen=True, slots=True)
class Panel:
    """Some outputs of a tab that change together.

    Attributes:
        outputs: the components it fills.
        show: (analysis, view, *values of controls) -> one value for each output.
        reads: which of CHOICES the view holds for it; the pair is always there.
        controls: components of its own that it reads, too.
        of_pair: off where the pair makes no difference: another one does not show it again.
    """

    outputs: tuple[Component, ...]
    show: Callable[..., list]
    reads: tuple[str, ...] = ()
    controls: tuple[Component, ...] = ()
    of_pair: bool = True

    def __post_init__(self) -> None:
        unknown = set(self.reads) - set(CHOICES)
        if unknown:
            raise ValueError(f"a panel reads {sorted(unknown)}; a view has {', '.join(CHOICES)}")


@dataclass(frozen=True, slots=True)
class Action:
    """Work that costs more than opening a tab may, started by its own button and stopped by another.

    Attributes:
        run: (analysis, view, *values of controls) -> yields values for the outputs as the work goes on; between
            two of them it can be stopped. The view holds all choices.
        stop: ends the work; another pair ends it, too.
    """

    button: gr.Button
    stop: gr.Button
    outputs: tuple[Component, ...]
    run: Callable[..., Iterator[list]]
    controls: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: what it shows, what can be picked in it, what it can be asked to work out.

    Attributes:
        picks: components whose `select` event chooses something for the whole page, by what they choose:
            "word" (index), "head" ("layer-head"), "label" (a label), "pair" ([premise, hypothesis]), or several of
            these at once and a tab to open: "open" (a mapping, see ui.door).
    """

    name: str
    item: gr.Tab
    panels: tuple[Panel, ...]
    picks: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()


def refresh(
    analysis: Analysis,
    panels: list[tuple[str | None, Panel]],
    *,
    view: View,
    open_tab: str,
    shown: dict,
    values,
) -> tuple[dict, list]:
    """Shows each panel that can be seen and whose choices have changed.

    Args:
        panels: each with the name of its tab; None where it is always seen.
        shown: what each panel showed last, by its place.
        values: of the panels' own controls, one after another.

    Returns:
        what each panel shows now, and a value for each output: gr.skip() where it stays.
    """
    shown, outputs, values = dict(shown), [], iter(values)
    for place, (tab, panel) in enumerate(panels):
        own = [next(values) for _ in panel.controls]
        seen = view.only(panel.reads)
        read = {name: value for name, value in vars(seen).items() if panel.of_pair or name not in PAIR}
        key = repr((sorted(read.items()), own))
        if tab not in (None, open_tab) or shown.get(place) == key:
            outputs += [gr.skip()] * len(panel.outputs)
        else:
            outputs += panel.show(analysis, seen, *own)
            shown[place] = key
    return shown, outputs
