"""What the tab Train says of a training, in words and tables: pure HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bertmini_demo.figures import rendering
from bertmini_demo.figures.rendering import escape, label_name
from bertmini_demo.ui.laboratory.beside_html import says

if TYPE_CHECKING:
    from bertmini_demo.training.on_page.fine_tune import Report
    from bertmini_demo.training.on_page.training_jobs import PairGroup

GROUPS = {  # as a training job names them
    "trained on": "Pairs it was trained on",
    "held out": "Pairs held out, not seen in training",
    "sure": "Pairs whose label nobody doubts",
}
ENDS = {
    "done": "Done",
    "stopped": "Stopped",
    "late": "The time was up",
}
NOTABLE = 0.03  # of the sure pairs


def in_line(before: int) -> str:
    """What a visitor is told whose training waits."""
    return says(
        f"One copy is trained at a time. Yours is number {before + 1} in line and begins by itself; Stop takes it out."
    )


def under_way(reports: Sequence[Report], *, steps: int) -> str:
    """How far a training is."""
    if not reports:
        return rendering.progress(0, steps, "The copy is being made, and asked before it learns …")
    last = reports[-1]
    return rendering.progress(
        last.step,
        steps,
        f"Step {last.step} of {steps}: loss {last.loss:.2f} nats, {last.held_out:.0%} of the held-out pairs right",
    )


def ended(how: str, reports: Sequence[Report], *, steps: int) -> str:
    last = reports[-1]
    return says(f"{ENDS[how]}: {last.step} of {steps} steps in {last.seconds:.0f} seconds.")


def outcome(groups: Sequence[PairGroup]) -> str:
    """Accuracy before and after on each group, what it means, and the verdict on each of the visitor's own pairs."""
    rows = [
        (GROUPS[group.name], len(group.pairs), *(f"{share:.0%}" for share in group.right)) for group in groups
    ]
    *own, sure = groups
    pairs = sorted(
        (pair.line, group.name, pair, first, then)
        for group in own
        for pair, first, then in zip(group.pairs, group.before, group.after, strict=True)
    )
    table = rendering.table(
        ("Row", "", "Premise", "Hypothesis", "Label", "Before", "After"),
        (
            (line, name, pair.premise, pair.hypothesis, *map(label_name, (pair.label, first, then)))
            for line, name, pair, first, then in pairs
        ),
        caption="Each of your pairs before and after",
    )
    return (
        rendering.open_table(("", "Pairs", "Right before", "Right after"), rows)
        + f'<p class="says">{learnt(own[-1])} {forgotten(sure)}</p>{table}'
    )


def learnt(held_out: PairGroup) -> str:
    """Whether what was learnt holds for pairs that were not seen."""
    before, after = held_out.right
    if after > before:
        return "It learnt something that holds beyond the pairs it saw: more of those held out are right."
    return "Nothing was learnt that holds beyond the pairs it saw: of those held out no more are right than before."


def forgotten(sure: PairGroup) -> str:
    """What the new has cost of the old."""
    before, after = sure.right
    told = (
        f"Of {len(sure.pairs)} pairs whose label nobody doubts {before:.0%} were right, now {after:.0%} are."
    )
    if after < before - NOTABLE:
        return f"It also forgot: {told[0].lower()}{told[1:]} A network that learns only the new unlearns the old."
    return f"It forgot little: {told[0].lower()}{told[1:]}"


def opens(labels: Sequence[str]) -> str:
    """How the downloaded folder is opened."""
    return (
        "<p>The file holds a folder that this page and the Python interface open like any other model: "
        f"<code>python app.py --model your-copy --labels {','.join(labels)}</code></p>"
    )


def to_try(pairs: Sequence[tuple[str, str]]) -> str:
    """Buttons that open pairs as the pair at hand."""
    buttons = "".join(
        f'<button type="button" data-pair="{escape(json.dumps(pair))}" title="{escape(pair[0])}">{escape(pair[1])}</button>'
        for pair in pairs
    )
    return (
        f'<div class="gallery"><span>To try the colour rule on</span><div class="chips">{buttons}</div></div>'
    )
