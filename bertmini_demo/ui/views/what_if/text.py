"""The sentences of What if: numbers in, plain sentences about this pair out."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bertmini_demo.explain.activation_patching import StatePatching
from bertmini_demo.explain.counterfactuals.edits import HYPOTHESIS_ONLY, SWAPPED, Counterfactual, EditedPair
from bertmini_demo.explain.head_ablation import HeadEffects
from bertmini_demo.figures.naming import count, joined, layer_name, percent, place_name, quoted
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import EncodedPair, Head, Prediction

HALF = 0.5
NOTABLE = 0.1  # of the difference
OVER = 1.1  # of the difference: more than rounding
WORKS_AGAINST = "A share above 100\u00a0% means that other parts work against it."
ADDS_UP = 0.02  # of probability
MIN_SHARE = 0.005  # of the difference; less is nothing
CHANGED_PAIR = {SWAPPED: "swapping the sentences", HYPOTHESIS_ONLY: "reading the hypothesis alone"}


def margins_say(patching: StatePatching) -> str:
    """How far apart the model finds two pairs: the difference that patching follows."""
    name = label_name(patching.target)
    here, there = patching.clean_value, patching.corrupted_value
    return (
        f"The logit of {name} is {lead(here)} for this pair and {lead(there)} for the other. "
        f"The pictures follow this difference of {abs(here - there):.1f} logits."
    )


def lead(margin: float) -> str:
    """A margin over the best other label in words."""
    return f"{abs(margin):.1f} {'above' if margin >= 0 else 'below'} that of the best other label"


def share(value: float) -> str:
    """A share of the difference; below 0 it works against it."""
    if abs(value) < MIN_SHARE:
        return percent(0)
    return percent(value) if value > 0 else f"−{percent(-value)}"


def travel_says(shares: np.ndarray, pair: EncodedPair, positions: np.ndarray, differs: np.ndarray) -> str:
    """How long the changed word holds the difference, and where it arrives in [CLS].

    Args:
        shares: (layers + 1, aligned) of the difference.
        positions: (aligned,) in the pair.
        differs: (aligned,) whether the word piece differs.
    """
    tokens = [pair.tokens[position] for position in positions]
    if not differs.any():
        return "All word pieces that could be aligned are equal; only words without a counterpart differ."
    source = int(np.where(differs, shares[0], -np.inf).argmax())
    last = len(shares) - 1
    return " ".join(
        sentence
        for sentence in (
            _held(shares[:, source], tokens[source], last),
            _arrives(shares[:, int(np.flatnonzero(positions == 0)[0])]),
            _stops(shares[1:last], tokens, exclude=(source, int(np.flatnonzero(positions == 0)[0]))),
            WORKS_AGAINST if shares.max() > OVER else "",
        )
        if sentence
    )


def _held(shares: np.ndarray, token: str, last: int) -> str:
    """How far a word holds over half of the difference."""
    far = [depth for depth in range(1, last) if shares[1 : depth + 1].min() >= HALF]
    if not far:
        return f"After layer 1, {quoted(token)} itself holds {share(shares[1])} of the difference."
    return f"{quoted(token)} holds {share(shares[far[-1]])} of the difference after {layer_name(far[-1] - 1).lower()}."


def _arrives(cls: np.ndarray) -> str:
    """The layer in which [CLS] comes to hold over half of the difference."""
    depth = int(np.flatnonzero(cls >= HALF)[0]) if (cls >= HALF).any() else len(cls) - 1
    return (
        f"The difference reaches [CLS] in {layer_name(depth - 1).lower()}, where its share goes from {share(cls[depth - 1])} "
        f"to {share(cls[depth])}."
    )


def _stops(shares: np.ndarray, tokens: Sequence[str], *, exclude: tuple[int, ...]) -> str:
    """Other positions that hold some of it on the way."""
    others = shares.copy()
    others[:, list(exclude)] = -np.inf
    if not others.size or others.max() < NOTABLE:
        return ""
    depth, place = np.unravel_index(others.argmax(), others.shape)
    more = int((others[depth] >= HALF).sum()) - 1
    also = (
        f", as do {count(more, 'other position')} with over half"
        if more > 1
        else ", as does one other position with over half"
    )
    return (
        f"On the way, {quoted(tokens[place])} holds {share(others[depth, place])} after "
        f"{layer_name(int(depth)).lower()}{also if more > 0 else ''}."
    )


def carriers_say(shares: np.ndarray, attention: np.ndarray, changed: Sequence[str]) -> str:
    """Which heads carry the difference, and whether they are those that attend to the changed words.

    Args:
        shares: (layers, heads) of the difference that each head's output carries alone.
        attention: (layers, heads) mean over all positions of the attention to the changed word pieces.
    """
    order = np.argsort(-shares, axis=None, kind="stable")
    first, second = (np.unravel_index(place, shares.shape) for place in order[:2])
    carries = (
        f"{place_name(*map(int, first))} alone carries {share(shares[first])} of the difference; next is "
        f"{place_name(*map(int, second)).lower()} with {share(shares[second])}."
    )
    if shares[first] > OVER:
        carries += f" {WORKS_AGAINST}"
    if not changed:
        return carries
    looks = np.unravel_index(attention.argmax(), attention.shape)
    words = joined([quoted(token) for token in changed[:2]])
    name = place_name(*map(int, looks))
    if looks == first:
        return f"{carries} {name} also attends most to {words}, with {percent(attention[looks])} of its attention."
    return (
        f"{carries} Another head attends most to {words}: {name.lower()}, with {percent(attention[looks])} of its attention, "
        f"carries {share(shares[looks])}."
    )


def points(change: float) -> str:
    """A change in probability in percentage points, with its sign."""
    shown = f"{abs(change) * 100:.1f}"
    return shown if shown == "0.0" else f"{'+' if change > 0 else '−'}{shown}"


def shares(probabilities: Iterable[float]) -> list[str]:
    """Probabilities for a table, to a tenth of a percent."""
    return [percent(one, digits=1) for one in probabilities]


def effects_say(effects: HeadEffects, verdict: str) -> str:
    """Which head the verdict needs most, and how many flip it alone."""
    changes, place = effects.changes(verdict), effects.labels.index(verdict)
    layer, head = map(int, np.unravel_index(np.abs(changes).argmax(), changes.shape))
    flips = int((effects.one_off.argmax(axis=-1) != place).sum())
    return (
        f"The biggest change: switching off {place_name(layer, head).lower()} alone takes {label_name(verdict)} from "
        f"{percent(effects.all_on[place])} to {percent(effects.one_off[layer, head, place])}. "
        f"Of the {changes.size} heads, {flips or 'none'} {'flip' if flips > 1 else 'flips'} the verdict alone."
    )


def switched_title(verdict: str, after: Mapping[str, float], off: Sequence[Head]) -> str:
    """What became of the verdict."""
    if not off:
        return "All heads are on"
    winner = max(after, key=after.get)
    count = place_name(*off[0]) if len(off) == 1 else f"{len(off)} heads"
    result = f"still {label_name(verdict)}" if winner == verdict else label_name(winner)
    return f"{count} off: {result}, {percent(after[winner])}"


def switched_say(effects: HeadEffects, verdict: str, after: Mapping[str, float], off: Sequence[Head]) -> str:
    """Whether the heads' effects alone add up to what they do together."""
    if not off:
        return "Press a head on the board to switch it off; press it again to switch it on."
    changes, name = effects.changes(verdict), label_name(verdict)
    together = after[verdict] - effects.all_on[effects.labels.index(verdict)]
    if len(off) == changes.size:
        return "With every head off no word reaches [CLS], so the model gives the same answer for every pair."
    if len(off) == 1:
        return f"The probability of {name} changes by {points(together)} points."
    alone = sum(float(changes[head]) for head in off)
    return (
        f"Together they change the probability of {name} by {points(together)} points; their separate effects add up to "
        f"{points(alone)}. "
        + (
            "The two nearly agree."
            if abs(together - alone) < ADDS_UP
            else "Heads can replace or need one another."
        )
    )


def change_words(edit: EditedPair) -> tuple[str, str, str]:
    """What was changed: where or how, the words before, and the words after."""
    if edit.kind in (SWAPPED, HYPOTHESIS_ONLY):
        return edit.kind, "", ""
    return edit.sentence, edit.before, edit.after


def variants_say(variants: Sequence[Counterfactual], verdict: str) -> str:
    """How many flip the verdict, and what changes it most."""
    flips = sum(variant.flips for variant in variants)
    largest = max(variants, key=lambda variant: abs(variant.change))
    where, before, after = change_words(largest.edit)
    if before and after:
        described = f"“{before}” → “{after}” in the {where}"
    elif before:
        described = f"removing “{before}” from the {where}"
    else:
        described = f"adding “{after}” to the {where}" if after else CHANGED_PAIR[where]
    share_before = largest.probabilities[verdict] - largest.change
    return (
        f"Of {count(len(variants), 'variant')}, {flips or 'none'} {'flip' if flips > 1 else 'flips'} the verdict. "
        f"The biggest change: {described} takes {label_name(verdict)} from {percent(share_before)} to "
        f"{percent(largest.probabilities[verdict])}."
    )


def beside_says(here: Prediction, there: Prediction) -> str:
    """What the difference between two pairs does to the verdict."""
    before, after = there.probabilities[there.label], here.probabilities[there.label]
    name = label_name(there.label)
    verdict = (
        f"Both verdicts are {name}"
        if here.label == there.label
        else f"The verdict on the other pair is {name}, on this one {label_name(here.label)}"
    )
    return (
        f"{verdict}. From the other pair to this one, {name} goes from {percent(before)} to {percent(after)}."
    )
