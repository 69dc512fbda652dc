"""Activation patching: one part of what the model computed for one pair, put into its run on another pair.

Attention and gradients show what might matter. Here a part is exchanged and the model computes on: what comes back of the
clean pair's answer was carried by that part. Vig et al. 2020, https://arxiv.org/abs/2004.12265; Meng et al. 2022,
https://arxiv.org/abs/2202.05262; Zhang & Nanda 2024, https://arxiv.org/abs/2309.16042, compare the ways of doing it.

The shared network is neither hooked nor changed: its own layers are called one after another.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers.models.bert.modeling_bert import BertLayer

from bertmini_demo.errors import InputError
from bertmini_demo.explain.methods.attribution_target import check_choice
from bertmini_demo.explain.word_alignment import Alignment, align_pairs
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.fast_forward import run_block
from bertmini_demo.results import EncodedPair, frozen

PIECES_AT_ONCE = 4096  # word pieces in one forward pass, which bounds the memory
MIN_DIFFERENCE = 0.01  # logits between the two margins; below, a share of it means nothing


@dataclass(frozen=True, slots=True, eq=False)
class Patching:
    """What parts of the network carry of the difference between two pairs.

    Attributes:
        recovered: the clean part put into the corrupted run: the share of the target's margin that comes back, 0 as
            corrupted, 1 as clean. Below 0 and above 1 are possible.
        remaining: the other way round, the corrupted part put into the clean run: the share of the margin that remains,
            on the same scale.
        alignment: positions of the clean and of the corrupted pair, and the word pieces that were left out.
        clean_value, corrupted_value: the target's margin on both pairs, its logit minus the highest other one.
    """

    clean: EncodedPair
    corrupted: EncodedPair
    target: str
    alignment: Alignment
    recovered: np.ndarray
    remaining: np.ndarray
    clean_value: float
    corrupted_value: float


class StatePatching(Patching):
    """One state at a time; ``recovered`` and ``remaining`` are (layers + 1, aligned), row 0 the embeddings."""

    __slots__ = ()

    @property
    def positions(self) -> tuple[str, ...]:
        """(aligned) tokens of the corrupted pair, one for each column."""
        return tuple(self.corrupted.tokens[position] for position in self.alignment.positions[:, 1])


class HeadPatching(Patching):
    """One head's output at a time, at every aligned position; both arrays are (layers, heads)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One pair on its way through the network.

    Attributes:
        states: layers + 1 tensors, each (tokens, hidden).
        contexts: layers tensors, each (tokens, hidden): the heads' outputs side by side, before the output projection.
        margin: of the target.
    """

    states: list[Tensor]
    contexts: list[Tensor]
    margin: float


Rows = Callable[[NLIModel, _Run, _Run, Tensor, int], np.ndarray]
"""Margins of the second run with each part of the first in it; positions (aligned, 2), the target's output."""


def patch_states(
    model: NLIModel,
    *,
    clean: tuple[str, str],
    corrupted: tuple[str, str],
    target: str,
    limit: int | None = None,
) -> StatePatching:
    """Exchanges the state of each position after each layer, and the embeddings, between two runs.

    Where the pairs differ in length, aligned positions may have different position embeddings, which are then
    exchanged too.

    Args:
        clean, corrupted: (premise, hypothesis) each.
        target: the label whose margin over the next label is followed.
        limit: word pieces in all, of each pair.

    Raises:
        InputError: a target that does not exist, or two pairs with the same margin; see also :meth:`NLIModel.encode`.
    """
    return StatePatching(**_patch(model, clean, corrupted, target, limit, _state_rows))


def patch_heads(
    model: NLIModel,
    *,
    clean: tuple[str, str],
    corrupted: tuple[str, str],
    target: str,
    limit: int | None = None,
) -> HeadPatching:
    """Exchanges the output of each head between two runs, at every aligned position. See :func:`patch_states`."""
    return HeadPatching(**_patch(model, clean, corrupted, target, limit, _head_rows))


def _patch(
    model: NLIModel,
    clean: tuple[str, str],
    corrupted: tuple[str, str],
    target: str,
    limit: int | None,
    rows: Rows,
) -> dict[str, object]:
    """Both directions of one kind of patching, as the fields of a result."""
    check_choice(target, model.labels, field="target")
    index = model.output_labels.index(target)
    pairs = [model.encode(*pair, limit=limit) for pair in (clean, corrupted)]
    alignment = align_pairs(*pairs)
    with torch.inference_mode():
        first, second = (_run(model, pair, index) for pair in pairs)
        difference = first.margin - second.margin
        if abs(difference) < MIN_DIFFERENCE:
            raise InputError(
                f"The margin of {target} is {first.margin:.2f} logits on both pairs, so there is no difference to trace. "
                "Choose two pairs on which the model differs.",
                field="target",
            )
        places = torch.tensor(alignment.positions)
        recovered = rows(model, first, second, places, index)
        remaining = rows(model, second, first, places.flip(1), index)
    return {
        "clean": pairs[0],
        "corrupted": pairs[1],
        "target": target,
        "alignment": alignment,
        "recovered": frozen((recovered - second.margin) / difference),
        "remaining": frozen((remaining - second.margin) / difference),
        "clean_value": first.margin,
        "corrupted_value": second.margin,
    }


def _state_rows(model: NLIModel, source: _Run, goal: _Run, places: Tensor, index: int) -> np.ndarray:
    """(layers + 1, aligned) margins of the goal's run with one state of the source's in it."""
    rows = []
    for depth, (given, own) in enumerate(zip(source.states[:-1], goal.states[:-1], strict=True)):
        differs = (given[places[:, 0]] != own[places[:, 1]]).any(dim=1)
        row = np.full(len(places), goal.margin)  # where the states are equal, nothing changes
        if differs.any():
            sources, goals = places[differs].unbind(dim=1)
            patched = own.repeat(len(goals), 1, 1)  # (differing, tokens, hidden)
            patched[torch.arange(len(goals)), goals] = given[sources]
            row[differs.numpy()] = margins(continue_from(model, patched, depth), index)
        rows.append(row)
    # The classifier reads the last state of [CLS] alone, so that every other position leaves the run as it is.
    reads = (places[:, 1] == 0).numpy()
    return np.stack([*rows, np.where(reads, source.margin, goal.margin)])


def _head_rows(model: NLIModel, source: _Run, goal: _Run, places: Tensor, index: int) -> np.ndarray:
    """(layers, heads) margins of the goal's run with one head's output of the source's in it."""
    rows = []
    for depth, layer in enumerate(model.network.bert.encoder.layer):
        patched = goal.contexts[depth].unflatten(-1, (model.heads, -1)).repeat(model.heads, 1, 1, 1)
        given = source.contexts[depth].unflatten(-1, (model.heads, -1))
        for head in range(model.heads):  # patched is (heads as rows, tokens, heads, head size)
            patched[head, places[:, 1], head] = given[places[:, 0], head]
        attended = layer.attention.output(patched.flatten(2), goal.states[depth][None])
        states = layer.feed_forward_chunk(attended)
        rows.append(margins(continue_from(model, states, depth + 1), index))
    return np.stack(rows)


def continue_from(model: NLIModel, states: Tensor, depth: int) -> Tensor:
    """The logits of runs that go on from given states.

    Args:
        states: (rows, tokens, hidden) after ``depth`` layers; 0 for the embeddings.

    Returns:
        (rows, labels) logits in the network's order.
    """
    rows = max(1, PIECES_AT_ONCE // states.shape[1])
    layers = list(model.network.bert.encoder.layer)[depth:]
    return torch.cat([_logits(model, chunk, layers) for chunk in states.split(rows)])


def _logits(model: NLIModel, states: Tensor, layers: list[BertLayer]) -> Tensor:
    for number, layer in enumerate(layers, start=1):
        queries = states[:, :1] if number == len(layers) else states
        states = run_block(layer, queries, states, None)
    return model.network.classifier(model.network.bert.pooler(states))


def margins(logits: Tensor, index: int) -> np.ndarray:
    """(rows, labels) logits -> (rows,) float64, the label's logit minus the highest other one."""
    others = torch.cat([logits[:, :index], logits[:, index + 1 :]], dim=1)
    return (logits[:, index] - others.amax(dim=1)).double().numpy()


def _run(model: NLIModel, pair: EncodedPair, index: int) -> _Run:
    states = [
        model.network.bert.embeddings(
            torch.tensor(pair.input_ids)[None], token_type_ids=torch.tensor(pair.segments)[None]
        )
    ]
    contexts = []
    for layer in model.network.bert.encoder.layer:
        context, _ = layer.attention.self(states[-1])
        contexts.append(context)
        states.append(layer.feed_forward_chunk(layer.attention.output(context, states[-1])))
    (margin,) = margins(continue_from(model, states[-1], model.layers), index)
    return _Run([one[0] for one in states], [one[0] for one in contexts], float(margin))
