"""The gallery: example pairs by phenomenon, read from assets/examples.json."""

import json
from dataclasses import dataclass
from functools import cache

from bertmini_demo.settings import ASSETS


@dataclass(frozen=True, slots=True)
class Example:
    """One pair, what people say about it, and what to look for."""

    group: str
    name: str
    premise: str
    hypothesis: str
    label: str
    look_for: str


@cache
def gallery() -> tuple[Example, ...]:
    """All examples in the order they are shown; the first one opens with the page."""
    groups = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))["groups"]
    return tuple(Example(group=group["title"], **pair) for group in groups for pair in group["pairs"])
