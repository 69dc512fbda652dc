"""The sentences of What if: numbers in, plain sentences about this pair out."""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.explain.activation_patching import StatePatching
from bertmini_demo.figures.naming import layer_name, percent, place_name
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import EncodedPair

HALF = 0.5
NOTABLE = 0.1  # of the difference
LEAST = 0.005  # of the difference; less is nothing


def margins_say(patching: StatePatching) -> str:
    """How far apart the model finds two pairs: the difference that patching follows."""
    name = label_name(patching.target)
    here, there = patching.clean_value, patching.corrupted_value
    return (
        f"The logit of {name} is {lead(here)} here and {lead(there)} there. "
        f"The pictures follow this difference of {abs(here - there):.1f} logits."
    )


def lead(margin: float) -> str:
    """A margin over the best other label in words."""
    return f"{abs(margin):.1f} {'above' if margin >= 0 else 'below'} the best other label"


def share(value: float) -> str:
    """A share of the difference; below 0 it works against it."""
    if abs(value) < LEAST:
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
        )
        if sentence
    )


def _held(shares: np.ndarray, token: str, last: int) -> str:
    """How far a word holds over half of the difference."""
    far = [depth for depth in range(1, last) if shares[1 : depth + 1].min() >= HALF]
    if not far:
        return f"After layer 1, “{token}” itself holds {share(shares[1])} of the difference."
    return (
        f"“{token}” holds {share(shares[far[-1]])} of the difference after {layer_name(far[-1] - 1).lower()}."
    )


def _arrives(cls: np.ndarray) -> str:
    """The layer in which [CLS] comes to hold over half of the difference."""
    depth = int(np.flatnonzero(cls >= HALF)[0]) if (cls >= HALF).any() else len(cls) - 1
    return f"It reaches [CLS] in {layer_name(depth - 1).lower()}: from {share(cls[depth - 1])} to {share(cls[depth])}."


def _stops(shares: np.ndarray, tokens: Sequence[str], *, exclude: tuple[int, ...]) -> str:
    """Other positions that hold some of it on the way."""
    others = shares.copy()
    others[:, list(exclude)] = -np.inf
    if not others.size or others.max() < NOTABLE:
        return ""
    depth, place = np.unravel_index(others.argmax(), others.shape)
    more = int((others[depth] >= HALF).sum()) - 1
    also = f", and {more} other position{'s' if more > 1 else ''} over half" if more > 0 else ""
    return (
        f"On the way it is also in “{tokens[place]}”, {share(others[depth, place])} after "
        f"{layer_name(int(depth)).lower()}{also}."
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
        f"{place_name(*map(int, first))} alone carries {share(shares[first])} of the difference, "
        f"then {place_name(*map(int, second)).lower()} ({share(shares[second])})."
    )
    if not changed:
        return carries
    looks = np.unravel_index(attention.argmax(), attention.shape)
    words = " and ".join(f"“{token}”" for token in changed[:2])
    if looks == first:
        return f"{carries} It is also the head that attends most to {words} ({percent(attention[looks])} on average)."
    return (
        f"{carries} The head that attends most to {words} is another: {place_name(*map(int, looks)).lower()} "
        f"({percent(attention[looks])} on average), which carries {share(shares[looks])}."
    )
