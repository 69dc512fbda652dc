"""Sizes against the published ones, and measuring that gives every member a speed."""

import dataclasses

import pytest

from bertmini_demo.data import model_family
from bertmini_demo.data.model_family import FAMILY, measure_family

PUBLISHED = {
    "tiny": 4.4,
    "mini": 11.3,
    "small": 29.1,
    "medium": 41.7,
    "base": 110.1,
}  # millions, Turc et al. 2019


@pytest.mark.parametrize("member", FAMILY, ids=lambda member: member.name)
def test_sizes_are_the_published_ones(member):
    assert member.parameters / 1e6 == pytest.approx(PUBLISHED[member.name], rel=0.015)
    assert member.megabytes == pytest.approx(4 * member.parameters / 1e6)
    assert member.heads * 64 == member.hidden


def test_larger_members_are_better_and_slower(monkeypatch):
    assert [member.mnli[0] for member in FAMILY] == sorted(member.mnli[0] for member in FAMILY)
    assert [member.parameters for member in FAMILY] == sorted(member.parameters for member in FAMILY)
    monkeypatch.setattr(model_family, "MIN_SECONDS", 0.01)
    small = tuple(dataclasses.replace(member, layers=1, hidden=64) for member in FAMILY[:2])
    monkeypatch.setattr(model_family, "FAMILY", small)
    speeds = list(measure_family())
    assert [speed.member for speed in speeds] == list(small)
    assert all(speed.milliseconds > 0 and speed.pairs_per_second > 0 for speed in speeds)
