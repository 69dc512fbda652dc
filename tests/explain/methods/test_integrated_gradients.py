"""The integral of known slopes, whose answer is known too."""

import torch

from bertmini_demo.explain.methods.integrated_gradients import PARTS, POINTS, integrate

STEEP, PLACE = 30.0, 0.28


def two_steps(shares):
    """Through the first word piece the output rises evenly, through the second in one steep step at PLACE."""
    return torch.stack([2 * shares, torch.tanh(STEEP * (shares - PLACE))], dim=1)


def slopes(shares):
    return torch.stack(
        [torch.full_like(shares, 2.0), STEEP / torch.cosh(STEEP * (shares - PLACE)) ** 2], dim=1
    )


def run(enough, halvings):
    asked = []

    def counted(shares):
        asked.extend(shares.tolist())
        return slopes(shares)

    ends = two_steps(torch.tensor([0.0, 1.0])).sum(dim=1).tolist()
    rounds = integrate(
        counted,
        lambda shares: two_steps(shares).sum(dim=1),
        ends=tuple(ends),
        enough=enough,
        halvings=halvings,
    )
    *rough, (scores, points) = rounds
    assert [count for _, count in rough] == sorted({count for _, count in rough})
    [start, end] = two_steps(torch.tensor([0.0, 1.0]))
    return (scores - (end - start)).abs().max().item(), points, asked


def test_the_error_falls_to_what_is_enough():
    first = POINTS * (len(PARTS) - 1)
    assert run(1e-3, 0)[:2] > (1e-3, first)
    error, points, _ = run(1e-3, 6)
    assert error < 1e-3
    assert points > first


def test_halves_are_looked_at_only_where_the_slope_bends():
    _, _, asked = run(1e-3, 6)
    later = asked[POINTS * (len(PARTS) - 1) :]
    assert later
    assert all(0 < share < PARTS[1] for share in later)  # the part that it is in


def test_what_adds_up_at_once_is_left_as_it_is():
    _, points, asked = run(10.0, 6)
    assert points == len(asked) == POINTS * (len(PARTS) - 1)


def test_each_round_comes_closer():
    ends = two_steps(torch.tensor([0.0, 1.0])).sum(dim=1).tolist()
    rounds = integrate(
        slopes, lambda shares: two_steps(shares).sum(dim=1), ends=tuple(ends), enough=1e-3, halvings=6
    )
    gaps = [abs(scores.sum().item() - (ends[1] - ends[0])) for scores, _ in rounds]
    assert len(gaps) > 1
    assert gaps == sorted(set(gaps), reverse=True)
