"""Experiments on the model's states, held against the plain forward pass that they repeat in parts."""

from functools import partial

from bertmini_demo.benchmark.sample_pairs import fresh_pairs
from bertmini_demo.benchmark.timing import in_turns
from bertmini_demo.explain.activation_patching import patch_heads, patch_states
from bertmini_demo.explain.head_ablation import head_effects
from bertmini_demo.explain.value_zeroing import value_zeroing
from bertmini_demo.inference import NLIModel

LENGTHS = (16, 32, 64, 128)
PEER = "trace"


def experiments(model: NLIModel, *, repetitions: int) -> list[dict]:
    """For each length of pair, the timings of patching every state and every head in both directions, of switching off
    each head, and of value zeroing, beside one trace of the pair."""
    return [
        {"word_pieces": pieces, "timings": in_turns(ways(model, pieces), peer=PEER, repetitions=repetitions)}
        for pieces in LENGTHS
    ]


def ways(model: NLIModel, pieces: int) -> dict[str, partial]:
    """Each experiment on a pair of so many word pieces; patching is with the pair that has another last word."""
    pair, other = fresh_pairs(model, pieces=pieces, count=2)
    changed = (pair[0], f"{pair[1].rsplit(' ', 1)[0]} {other[1].rsplit(' ', 1)[-1]}")
    patching = {"clean": pair, "corrupted": changed, "target": model.predict(*pair).label}
    return {
        PEER: partial(model.trace, *pair),
        "patch_states": partial(patch_states, model, **patching),
        "patch_heads": partial(patch_heads, model, **patching),
        "head_effects": partial(head_effects, model, model.encode(*pair)),
        "value_zeroing": partial(value_zeroing, model, *pair),
    }
