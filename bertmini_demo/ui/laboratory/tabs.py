"""What a tab is to the page: panels that show a view of the pair at hand, things to pick, and costly actions.

A panel names what it reads. The page calls it when its tab is open (see :mod:`bertmini_demo.ui.laboratory.sight`) and something it
reads has changed since it was last shown, and hands it those choices and no others: nothing is computed for a closed tab,
nothing twice.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import SimpleNamespace

import gradio as gr
from gradio.components import Component

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory import navigation

log = logging.getLogger(__name__)

BROKEN = (  # a fault of ours or of a library's; what is refused on purpose is a DemoError, and passes
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
DETAILS = tuple(navigation.DETAILS.values())
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
        known: (analysis, view, *values of controls) -> how much has been worked out of what it shows; it is shown
            again once that has changed. It computes nothing.
    """

    outputs: tuple[Component, ...]
    show: Callable[..., list]
    reads: tuple[str, ...] = ()
    controls: tuple[Component, ...] = ()
    of_pair: bool = True
    known: Callable[..., object] = lambda *_: None

    def __post_init__(self) -> None:
        unknown = set(self.reads) - set(CHOICES)
        if unknown:
            raise ValueError(f"a panel reads {sorted(unknown)}; a view has {', '.join(CHOICES)}")


@dataclass(frozen=True, slots=True)
class Action:
    """Work that costs more than opening a tab may, started by its own button and stopped by another.

    Attributes:
        run: (analysis, view, *values of controls) -> yields values for the outputs as the work goes on; between
            two of them it can be stopped. The view holds all choices. What it finds it keeps: once it is done or was
            ended, every panel that knows more than it showed is shown again, with what is chosen by then.
        stop: ends the work; another pair ends it, too.
        ended_by: controls whose change ends it, since its result would answer another question than the one asked.
        status: the output that tells how far it is, the first where none is named; once the work is over, progress
            that was left there is told as such.
        lane: actions of one lane wait for each other, and for nothing else.
        of_pair: off where the pair makes no difference: another pair, or another model, does not end the work.
    """

    button: gr.Button
    stop: gr.Button
    outputs: tuple[Component, ...]
    run: Callable[..., Iterator[list]]
    controls: tuple[Component, ...] = ()
    ended_by: tuple[Component, ...] = ()
    status: Component | None = None
    lane: str = "laboratory"
    of_pair: bool = True


Fit = tuple[Component, Callable[[Analysis], object]]  # what is returned updates the component


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: what it shows, what can be picked in it, what it can be asked to work out.

    Attributes:
        picks: components whose `select` event chooses something for the whole page, by what they choose:
            "word" (index), "head" ("layer-head"), "label" (a label), "pair" ([premise, hypothesis]), or several of
            these at once and a tab to open: "open" (a mapping, see ui.door).
        fits: controls whose choices depend on the model, each with what makes it fit another one.
        leave: called with the request of a visitor who closes or reloads the page, so that what is theirs goes.
    """

    name: str
    item: gr.Tab
    panels: tuple[Panel, ...]
    picks: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    fits: tuple[Fit, ...] = ()
    leave: Callable[[gr.Request], None] | None = None


def refresh(
    analysis: Analysis, panels: Sequence[Panel], *, view: View, shown: dict, values: Iterable
) -> tuple[dict, list]:
    """Shows each panel whose choices have changed.

    Args:
        shown: what each panel showed last, by its place.
        values: of the panels' own controls, one after another.

    Returns:
        what each panel shows now, and a value for each output: gr.skip() where it stays. A panel that breaks stays, too,
        is tried again the next time, and takes no other with it.
    """
    shown, outputs, values = dict(shown), [], iter(values)
    for place, panel in enumerate(panels):
        own = [next(values) for _ in panel.controls]
        seen = view.only(panel.reads)
        read = {name: value for name, value in vars(seen).items() if panel.of_pair or name not in PAIR}
        try:
            key = repr((sorted(read.items()), own, panel.known(analysis, seen, *own)))
            if shown.get(place) != key:
                outputs += panel.show(analysis, seen, *own)
                shown[place] = key
                continue
        except BROKEN:
            log.exception("%s broke", panel.show.__qualname__)
            gr.Warning("Part of the page could not be worked out; it still shows what it did.")
        outputs += [gr.skip()] * len(panel.outputs)
    return shown, outputs
