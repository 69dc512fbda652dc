"""A switch for each head: what the verdict becomes with it alone off, and with any set of them off."""

from dataclasses import dataclass

import numpy as np

from bertmini_demo.data.head_means import example_head_outputs
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.head_ablation import HeadEffects, head_effects, switch_off
from bertmini_demo.figures.naming import head_name, layer_name, place_name
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import EncodedPair, Head
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import text

NAME = "what_if"
REMOVALS = ("zero", "mean")
MIN_SCALE = 0.05  # of probability: a board on which no head changes more stays pale


@dataclass(frozen=True, slots=True)
class Switch:
    """One head on the board.

    Attributes:
        change: of the verdict's probability with this head alone off, from -1 to 1.
        becomes: the new verdict; None where it stays.
        strength: 0 to 100, of the colour.
    """

    head: Head
    change: float
    becomes: str | None
    strength: int

    @property
    def label(self) -> str:
        """What it does, for whoever cannot see the colour."""
        turned = f", and the verdict becomes {label_name(self.becomes)}" if self.becomes else ""
        return f"{place_name(*self.head)}: off alone, {text.points(self.change)} points{turned}"


def mean_effects(model: NLIModel, pair: EncodedPair) -> HeadEffects:
    """:func:`head_effects` with the mean over the example pairs in place of a head's output."""
    return head_effects(model, pair, means=example_head_outputs(model))


def effects_of(analysis: Analysis, state: State) -> HeadEffects:
    """Each head's effect alone, with the removal that the reader chose."""
    mean = state.option("removal", REMOVALS) == "mean"
    return analysis.compute(mean_effects if mean else head_effects, *state.pair)


def board(analysis: Analysis, state: State) -> Reply:
    """The switches, coloured by what each head does alone, and all numbers."""
    effects = effects_of(analysis, state)
    verdict = effects.labels[int(effects.all_on.argmax())]
    rows = switches(effects, verdict)
    every = [[layer, head] for layer, head in np.ndindex(effects.one_off.shape[:2])]
    return card(
        title="Which heads does this verdict need?",
        says=text.effects_say(effects, verdict),
        html=render(
            "views/what_if/switches.html",
            points=text.points,
            rows=rows,
            verdict=verdict,
            every=every,
            layer_name=layer_name,
            head_name=head_name,
        ),
        table=(
            ("Off", *map(label_name, effects.labels)),
            [
                ("no head", *text.shares(effects.all_on)),
                *(
                    (place_name(layer, head), *text.shares(effects.one_off[layer, head]))
                    for layer, head in every
                ),
                ("all heads", *text.shares(effects.all_off)),
            ],
        ),
    )


def switches(effects: HeadEffects, verdict: str) -> list[list[Switch]]:
    """A row of switches for each layer."""
    changes = effects.changes(verdict)
    largest = max(float(np.abs(changes).max()), MIN_SCALE)
    rows = []
    for layer, row in enumerate(changes.tolist()):
        after = [effects.labels[place] for place in effects.one_off[layer].argmax(axis=-1)]
        rows.append(
            [
                Switch(
                    Head(layer, head),
                    change,
                    None if label == verdict else label,
                    round(100 * abs(change) / largest),
                )
                for head, (change, label) in enumerate(zip(row, after, strict=True))
            ]
        )
    return rows


def switched(analysis: Analysis, state: State) -> Reply:
    """The verdict with all heads on, and with the chosen ones off."""
    effects, model = effects_of(analysis, state), analysis.model
    verdict = effects.labels[int(effects.all_on.argmax())]
    off = tuple(Head(*one) for one in state.heads_off)
    means = example_head_outputs(model) if state.option("removal", REMOVALS) == "mean" else None
    before = dict(zip(effects.labels, effects.all_on.tolist(), strict=True))
    after = switch_off(model, analysis.trace(*state.pair).pair, heads=off, means=means) if off else before
    changes = effects.changes(verdict)
    strongest = Head(*map(int, np.unravel_index(np.abs(changes).argmax(), changes.shape)))
    return card(
        title=text.switched_title(verdict, after, off),
        says=text.switched_say(effects, verdict, after, off),
        html=render(
            "views/what_if/switched.html",
            rows=[
                (label, before[label], after[label], text.points(after[label] - before[label]))
                for label in before
            ],
            winner=max(after, key=after.get),
            off=off,
            all_off=len(off) == changes.size,
            strongest=strongest,
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.board", board, reads=("removal",)),
    Question(f"{NAME}.switched", switched, reads=("removal", "heads_off")),
)
