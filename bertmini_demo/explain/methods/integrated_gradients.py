"""The integral of a gradient along a straight path, in rounds, with more points where the gradient changes most.

Adaptive Gauss-Legendre quadrature. By completeness, the scores should sum to the change of the output between the ends of
the path. Where they miss it, the segments that miss their own change are halved: this takes about a fifth of the points of
a fixed grid.

Paper: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

PARTS = (0.0, 0.6, 1.0)  # where the path is cut at first: the gradient changes most in its second half
POINTS = 5  # points of the quadrature in each segment


@dataclass(frozen=True, slots=True, eq=False)
class PathSegment:
    """One segment of the path.

    Attributes:
        start, end: places on the path, in [0, 1].
        scores: (tokens,) the slopes integrated over the segment.
    """

    start: float
    end: float
    scores: Tensor


def integrate(
    slopes: Callable[[Tensor], Tensor],
    output: Callable[[Tensor], Tensor],
    *,
    ends: tuple[float, float],
    enough: float,
    halvings: int,
) -> Iterator[tuple[Tensor, int]]:
    """The integral of the slopes over the whole path, first from few points and then from more.

    Args:
        slopes: places on the path, (points,) in [0, 1] -> (points, tokens), how fast the output changes there through
            each word piece.
        output: (points,) -> (points,), the output there.
        ends: the output at the start and the end of the path.
        enough: the gap between the scores' sum and the output's change at which it stops.
        halvings: the number of rounds in which segments may be halved.

    Yields:
        (tokens,) scores, and the number of points they come from; the gap is smaller each time.
    """
    outputs = dict(zip((0.0, 1.0), ends, strict=True))
    parts, smallest = measure(slopes, list(pairwise(PARTS))), float("inf")
    for halving in range(halvings + 1):
        scores = torch.stack([part.scores for part in parts]).sum(dim=0)
        gap = abs(scores.sum().item() - (outputs[1.0] - outputs[0.0]))
        if gap < smallest:
            smallest = gap
            yield scores, POINTS * len(parts)
        if gap < enough or halving == halvings:
            return
        add_outputs(output, parts, outputs)
        gaps = [abs(part.scores.sum().item() - outputs[part.end] + outputs[part.start]) for part in parts]
        off = min(max(gaps), enough / 2)
        halved = [part for part, own in zip(parts, gaps, strict=True) if own >= off]
        halves = [
            half for part in halved for half in pairwise((part.start, (part.start + part.end) / 2, part.end))
        ]
        parts = [part for part in parts if part not in halved] + measure(slopes, halves)


def measure(slopes: Callable[[Tensor], Tensor], spans: Sequence[tuple[float, float]]) -> list[PathSegment]:
    """Segments of the path, each from its start to its end."""
    nodes, weights = (torch.tensor(values).float() for values in np.polynomial.legendre.leggauss(POINTS))
    starts, stops = torch.tensor(spans).T  # (parts,)
    lengths = (stops - starts)[:, None]
    places = starts[:, None] + lengths * (nodes + 1) / 2  # (parts, points); nodes are in [-1, 1]
    taken = slopes(places.flatten()).unflatten(0, places.shape)  # (parts, points, tokens)
    scores = (taken * (lengths * weights / 2)[..., None]).sum(dim=1)  # (parts, tokens)
    return [PathSegment(*span, own) for span, own in zip(spans, scores, strict=True)]


def add_outputs(
    output: Callable[[Tensor], Tensor], parts: Sequence[PathSegment], outputs: dict[float, float]
) -> None:
    """Computes the output at the ends of the segments where it is not known yet.

    Args:
        outputs: place on the path to output; missing ones are added.
    """
    new = sorted({place for part in parts for place in (part.start, part.end)} - outputs.keys())
    outputs.update(zip(new, output(torch.tensor(new)).tolist(), strict=True))
