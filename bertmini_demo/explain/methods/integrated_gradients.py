"""The integral of a gradient along a straight path, with more points where the gradient changes most.

Adaptive Gauss-Legendre quadrature. By completeness, the scores of a segment should sum to the change of the output between
its ends, so only the segments that miss it are halved: this takes about half as many points as a fixed grid.

Paper: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

PARTS = (0.0, 0.3, 0.5, 0.7, 1.0)  # where the path is cut at first: the gradient changes most near its middle
POINTS = 4  # points of the quadrature in each segment


@dataclass(frozen=True, slots=True, eq=False)
class PathSegment:
    """One segment of the path.

    Attributes:
        start, end: places on the path, in [0, 1].
        scores: (tokens,) the slopes integrated over the segment.
        gap: the sum of the scores minus the true change of the output along the segment.
    """

    start: float
    end: float
    scores: Tensor
    gap: float


def integrate(
    slopes: Callable[[Tensor], Tensor],
    output: Callable[[Tensor], Tensor],
    *,
    ends: tuple[float, float],
    enough: float,
    halvings: int,
) -> tuple[Tensor, int]:
    """The integral of the slopes over the whole path.

    Args:
        slopes: places on the path, (points,) in [0, 1] -> (points, tokens), how fast the output changes there through
            each word piece.
        output: (points,) -> (points,), the output there.
        ends: the output at the start and the end of the path.
        enough: the gap between the scores' sum and the output's change at which it stops.
        halvings: the number of rounds in which segments may be halved.

    Returns:
        (tokens,) scores, and the number of points they come from.
    """
    outputs = dict(zip((0.0, 1.0), ends, strict=True))
    parts = measure(slopes, output, list(pairwise(PARTS)), outputs)
    for _ in range(halvings):
        if abs(sum(part.gap for part in parts)) < enough:
            break
        worst = max(abs(part.gap) for part in parts)
        off = [part for part in parts if abs(part.gap) >= min(worst, enough / 2)]
        halves = [
            half for part in off for half in pairwise((part.start, (part.start + part.end) / 2, part.end))
        ]
        parts = [part for part in parts if part not in off] + measure(slopes, output, halves, outputs)
    return torch.stack([part.scores for part in parts]).sum(dim=0), POINTS * len(parts)


def measure(
    slopes: Callable[[Tensor], Tensor],
    output: Callable[[Tensor], Tensor],
    spans: Sequence[tuple[float, float]],
    outputs: dict[float, float],
) -> list[PathSegment]:
    """Segments of the path, each from its start to its end.

    Args:
        outputs: place on the path to output; missing ones are computed and added.
    """
    nodes, weights = (torch.tensor(values).float() for values in np.polynomial.legendre.leggauss(POINTS))
    starts, stops = torch.tensor(spans).T  # (parts,)
    lengths = (stops - starts)[:, None]
    places = starts[:, None] + lengths * (nodes + 1) / 2  # (parts, points); nodes are in [-1, 1]
    taken = slopes(places.flatten()).unflatten(0, places.shape)  # (parts, points, tokens)
    scores = (taken * (lengths * weights / 2)[..., None]).sum(dim=1)  # (parts, tokens)
    new = sorted({share for span in spans for share in span} - outputs.keys())
    outputs.update(zip(new, output(torch.tensor(new)).tolist(), strict=True))
    changes = torch.tensor([outputs[stop] - outputs[start] for start, stop in spans])
    gaps = (scores.sum(dim=1) - changes).tolist()
    return [PathSegment(*span, own, gap) for span, own, gap in zip(spans, scores, gaps, strict=True)]
