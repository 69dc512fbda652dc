"""The pair that this one is compared with: the one that the reader keeps, or else this pair with one word changed."""

from dataclasses import dataclass

from bertmini_demo.errors import InputError
from bertmini_demo.explain.activation_patching import HeadPatching, StatePatching, patch_heads, patch_states
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.one_word_change import OneWordChange
from bertmini_demo.ui.components.changed_word import find_change
from bertmini_demo.ui.state import State


@dataclass(frozen=True, slots=True, eq=False)
class OtherPair:
    """What this pair is compared with.

    Attributes:
        pair: premise and hypothesis.
        change: how one word of this pair was changed; None where the reader keeps the other pair.
    """

    pair: tuple[str, str]
    change: OneWordChange | None = None


def other_pair(analysis: Analysis, state: State) -> OtherPair:
    """The kept pair where there is one and it is another, else the one-word change.

    Raises:
        InputError: no pair is kept and no word of this one can be changed.
    """
    if state.pinned is not None and state.pinned != state.pair:
        return OtherPair(state.pinned)
    change = find_change(analysis, state)
    if change is None:
        raise InputError(
            "No single word of this pair can be changed, so there is no other pair to compare it with. Type another pair.",
            field="hypothesis",
        )
    return OtherPair((change.premise, change.hypothesis), change)


def patched_states(analysis: Analysis, state: State) -> StatePatching:
    """Each state of this pair (clean) exchanged with that of the other pair (corrupted), for this pair's verdict.

    Raises:
        InputError: see :func:`other_pair` and :func:`bertmini_demo.explain.activation_patching.patch_states`.
    """
    return _patched(patch_states, analysis, state)


def patched_heads(analysis: Analysis, state: State) -> HeadPatching:
    """Each head's output exchanged in the same way."""
    return _patched(patch_heads, analysis, state)


def _patched(patch, analysis: Analysis, state: State):
    other = other_pair(analysis, state).pair

    def compute() -> StatePatching | HeadPatching:
        return patch(
            analysis.model,
            clean=state.pair,
            corrupted=other,
            target=analysis.trace(*state.pair).prediction.label,
            limit=analysis.model.settings.page_word_pieces,
        )

    return analysis.share(compute, patch, *state.pair, other=other)
