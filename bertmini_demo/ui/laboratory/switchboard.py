"""A switch for each head: what the verdict does with it alone off, and with any set of them off."""

from collections.abc import Collection, Mapping

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.head_ablation import HeadEffects, head_effects, switch_off
from bertmini_demo.figures import rendering, theme
from bertmini_demo.figures.naming import head_name, layer_name, place_name
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory.actions import QUIET
from bertmini_demo.ui.laboratory.moving import MOVE
from bertmini_demo.ui.laboratory.tabs import Panel, View

MEANING = (
    "Every switch is one attention head. Off means: its output, the values it gathered from other positions weighted by "
    "its attention, is set to zero before the layer’s output projection. The other heads, the projection’s bias, the "
    "residual connection and the feed-forward part stay, and later layers see what comes of it. With all heads off no "
    "word reaches [CLS], so the answer is the same for every pair."
)
CAVEAT = (
    "The network never learned to work with a head missing: a change shows that the verdict rests on what the head "
    "passes on here, not what the head is for; and no change may mean that another head says the same."
)
LEAST_SCALE = 0.05  # of probability; smaller changes than this never get the strongest colour

# Which heads are off is kept here, in the browser, so that a switch answers at once and stays as it is when another
# pair brings new numbers; Python is told the whole set each time.
SWITCH = """
const off = new Set();
const tiles = () => [...element.querySelectorAll('[data-head]')];
const paint = () => tiles().forEach(tile => tile.setAttribute('aria-pressed', off.has(tile.dataset.head)));
element.addEventListener('click', event => {
  const tile = event.target.closest('[data-head]'), all = event.target.closest('[data-all]');
  if (!tile && !all) return;
  const heads = tile ? [tile] : tiles();
  const on = tile ? off.has(tile.dataset.head) : all.dataset.all === 'on';
  heads.forEach(({dataset}) => on ? off.delete(dataset.head) : off.add(dataset.head));
  paint();
  trigger('select', {index: [...off].sort()});
});
watch('value', paint);
"""

# Switching a head off is an experiment on many, looking at one another matter: a button of its own takes there.
LOOK = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-look]');
  if (button) trigger('select', {index: {tab: 'attention', head: button.dataset.look}});
});
"""


def build_switchboard() -> tuple[tuple[Panel, ...], gr.HTML]:
    """The switches on the left, the three probabilities on the right; the latter's `select` opens a head elsewhere."""
    gr.HTML(explain_terms(f'<p class="says">{MEANING}</p>'))
    off = gr.State(())
    with gr.Row():
        with gr.Column(min_width=320):
            board = gr.HTML(js_on_load=SWITCH, elem_id="switchboard")
        with gr.Column(min_width=320):
            bars = gr.HTML(js_on_load=LOOK + MOVE, elem_id="switched")
    numbers = gr.HTML(elem_id="switchboard-numbers")
    # Queued, since what changes a gr.State past the queue does not set off its `change`.
    board.select(chosen_heads, None, off, **QUIET)
    panels = (
        Panel((board, numbers), show_board, reads=("head",)),
        Panel((bars,), show_bars, controls=(off,)),
    )
    return panels, bars


def chosen_heads(event: gr.EventData) -> tuple[str, ...]:
    """The heads that are off, as "layer-head", told by the switches."""
    return tuple(map(str, event.index))


def show_board(analysis: Analysis, view: View) -> list:
    """What each head alone does to the verdict: the switches, and the numbers in a sentence and a table."""
    effects = analysis.compute(head_effects, view.premise, view.hypothesis)
    return [board_html(effects, chosen=view.head), effects_says(effects) + effects_table(effects)]


def show_bars(analysis: Analysis, view: View, off: Collection[str]) -> list:
    """The probabilities with all heads on and with the chosen ones off."""
    effects = analysis.compute(head_effects, view.premise, view.hypothesis)
    before = dict(zip(effects.labels, effects.all_on.tolist(), strict=True))
    layers, heads = effects.one_off.shape[:2]
    known = {str(head): head for head in (Head(*place) for place in np.ndindex(layers, heads))}
    chosen = tuple(sorted(known[name] for name in off if name in known))
    pair = analysis.trace(view.premise, view.hypothesis).pair
    after = switch_off(analysis.model, pair, heads=chosen) if chosen else before  # too many sets to remember
    return [bars_html(before, after) + switched_says(effects, after, chosen) + look_html(effects, chosen)]


def verdict_of(effects: HeadEffects) -> str:
    return effects.labels[int(effects.all_on.argmax())]


def points(change: float) -> str:
    """A change in probability in points of a hundred, its sign always there."""
    shown = f"{abs(change) * 100:.1f}"
    return shown if shown == "0.0" else f"{'+' if change > 0 else '−'}{shown}"


def tint(change: float, largest: float) -> str:
    """The background of a change: blue where it is a gain, orange where it is a loss."""
    colour = theme.SUPPORTS if change >= 0 else theme.OPPOSES
    return theme.tint(colour, round(abs(change) / largest * rendering.STRONGEST, 2))


def board_html(effects: HeadEffects, *, chosen: str) -> str:
    """A row of switches a layer, a column a head; the head chosen on the page, a "layer-head", is framed."""
    verdict = verdict_of(effects)
    layers, heads = effects.one_off.shape[:2]
    short = heads > 6
    top = "".join(f'<th scope="col">{head_name(head, short=short)}</th>' for head in range(heads))
    rows = "".join(
        f'<tr><th scope="row">{layer_name(layer, short=short)}</th>'
        + "".join(
            f"<td{' class=chosen' if f'{layer}-{head}' == chosen else ''}>{tile_html(effects, layer, head)}</td>"
            for head in range(heads)
        )
        + "</tr>"
        for layer in range(layers)
    )
    name = rendering.label_name(verdict)
    return (
        f'<div class="switchboard"><p class="legend">Change in the probability of {name}, in points, with that head '
        'alone off. <span class="key support">+ gains</span> <span class="key oppose">− loses</span> '
        "<span>Framed: the head chosen on this page.</span></p>"
        f'<div class="scroll"><table aria-label="Switches of the heads"><thead><tr><td></td>{top}</tr></thead>'
        f'<tbody>{rows}</tbody></table></div><p class="all"><button type="button" data-all="on">All on</button> '
        '<button type="button" data-all="off">All off</button></p></div>'
    )


def tile_html(effects: HeadEffects, layer: int, head: int) -> str:
    """One switch: pressed means off."""
    verdict = verdict_of(effects)
    changes = effects.changes(verdict)
    change, largest = changes[layer, head], max(float(np.abs(changes).max()), LEAST_SCALE)
    label = effects.labels[int(effects.one_off[layer, head].argmax())]
    flips = f"<small>{rendering.label_name(label)}</small>" if label != verdict else ""
    told = f"{place_name(layer, head)} off. Alone it changes {rendering.label_name(verdict)} by {points(change)} points"
    told += f" and the verdict to {rendering.label_name(label)}." if flips else "."
    return (
        f'<button type="button" class="switch" data-head="{layer}-{head}" aria-pressed="false" aria-label="{told}" '
        f'title="{told}" style="background-color: {tint(change, largest)}"><span>{points(change)}</span>{flips}</button>'
    )


def look_html(effects: HeadEffects, chosen: tuple[Head, ...]) -> str:
    """A button for each head that is off, to see where it looks; none where all are."""
    if not chosen or len(chosen) == effects.one_off.shape[0] * effects.one_off.shape[1]:
        return ""
    buttons = " ".join(
        f'<button type="button" data-look="{layer}-{head}">{place_name(layer, head)}</button>'
        for layer, head in chosen
    )
    return f'<p class="all"><span>See where it looks:</span> {buttons}</p>'


def effects_says(effects: HeadEffects) -> str:
    """Which head the verdict rests on most, and how many flip it alone."""
    verdict, changes = verdict_of(effects), effects.changes(verdict_of(effects))
    layer, head = np.unravel_index(np.abs(changes).argmax(), changes.shape)
    place = effects.labels.index(verdict)
    flips = int((effects.one_off.argmax(axis=-1) != place).sum())
    name = rendering.label_name(verdict)
    return (
        f'<p class="says">Alone, {place_name(int(layer), int(head)).lower()} moves this verdict most: without it '
        f"{name} goes from {effects.all_on[place]:.0%} to {effects.one_off[layer, head, place]:.0%}. "
        f"{flips or 'None'} of the {changes.size} heads "
        f"{'turns' if flips == 1 else 'turn'} the verdict into another when off alone. {CAVEAT}</p>"
    )


def effects_table(effects: HeadEffects) -> str:
    rows = [
        ("all on", *shares(effects.all_on)),
        *(
            (place_name(layer, head), *shares(effects.one_off[layer, head]))
            for layer, head in np.ndindex(effects.one_off.shape[:2])
        ),
        ("all off", *shares(effects.all_off)),
    ]
    names = map(rendering.label_name, effects.labels)
    return rendering.table(("Off", *names), rows, caption="The probabilities with each head off, as a table")


def shares(probabilities: np.ndarray) -> list[str]:
    return [f"{share:.1%}" for share in probabilities]


def bars_html(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """A bar a label for the probability now, and a mark where it was with all heads on."""
    winner = max(after, key=after.get)
    return "".join(
        f'<div class="bar {label}{" winner" if label == winner else ""}"><span class="name">'
        f'{rendering.label_name(label)}</span><span class="track"><span class="fill" style="width: {share:.1%}"></span>'
        f'<span class="was" style="left: {before[label]:.1%}"></span></span><span class="share">{share:.1%}</span>'
        f'<span class="shift">{points(share - before[label])}</span></div>'
        for label, share in after.items()
    )


def switched_says(effects: HeadEffects, after: Mapping[str, float], chosen: tuple[Head, ...]) -> str:
    """What became of the verdict, and whether the heads' effects alone add up to what they do together."""
    verdict = verdict_of(effects)
    if not chosen:
        return '<p class="says">All heads are on. Press a switch to turn its head off.</p>'
    winner, name = max(after, key=after.get), rendering.label_name(verdict)
    changes = effects.changes(verdict)
    together = after[verdict] - effects.all_on[effects.labels.index(verdict)]
    alone = sum(float(changes[place]) for place in chosen)
    many = len(chosen) == changes.size
    told = "All heads are off" if many else f"{place_name(*chosen[0])} is off" if len(chosen) == 1 else ""
    told = told or f"{len(chosen)} of {changes.size} heads are off"
    kept = "stays" if winner == verdict else f"turns from {name} into {rendering.label_name(winner)}"
    added = (
        f" Together they change {name} by {points(together)} points; what each does alone adds up to {points(alone)}."
        if len(chosen) > 1
        else ""
    )
    return f'<p class="says" aria-live="polite">{told}: the verdict {kept}.{added}</p>'
