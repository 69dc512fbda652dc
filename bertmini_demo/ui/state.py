"""What the reader chose, as it comes from the browser: read from untrusted JSON, and checked.

Layers, heads and words count from 0 here and from 1 in the address bar (bertmini_demo/ui/components/address.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bertmini_demo.attribution import BASELINES, METHODS, OUTPUTS
from bertmini_demo.errors import InputError
from bertmini_demo.results import LABELS
from bertmini_demo.ui.server.error_responses import describe

EXPLAINABLE_LABELS = (*LABELS, "not_entailment")
MAX_NAME = 200  # characters in the name of a model, a view or a part
MAX_INDEX = 10_000  # no layer, head or word has a larger one
MAX_HEADS_OFF = 1_000
MAX_OPTIONS = 20


@dataclass(frozen=True, slots=True)
class State:
    """The reader's choices. Whether a layer, head or word exists depends on the model and is checked with it.

    Attributes:
        model: Hub name of the visitor's model; None for the operator's.
        view: the open view, such as "how_it_decides".
        part: the part of the map that is open; None for none.
        word: index in the pair's words; None for none.
        label: the label to explain; None for the verdict's own.
        pinned: the pair to compare with, (premise, hypothesis); None for none.
        heads_off: (layer, head) of each head that is switched off.
        options: choices that belong to one view, name to value.
    """

    premise: str
    hypothesis: str
    model: str | None = None
    view: str = "how_it_decides"
    part: str | None = None
    layer: int = 0
    head: int = 0
    word: int | None = None
    label: str | None = None
    method: str = METHODS[0]
    output: str = OUTPUTS[0]
    baseline: str = BASELINES[0]
    pinned: tuple[str, str] | None = None
    heads_off: tuple[tuple[int, int], ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str]:
        """Premise and hypothesis."""
        return self.premise, self.hypothesis

    def option(self, name: str, choices: tuple[str, ...]) -> str:
        """The value of a view's own choice; the first of ``choices`` where none was made.

        Raises:
            InputError: the value is not among them.
        """
        return one_of(self.options.get(name, choices[0]), choices, field=name)


def read_state(data: object, *, max_characters: int) -> State:
    """The state in a JSON object that a browser sent. Names it does not know are refused.

    Args:
        max_characters: in each sentence, and in each of a view's own choices.

    Raises:
        InputError: names the field that cannot be used.
    """
    if not isinstance(data, Mapping):
        raise wrong("state", data, "an object that holds premise and hypothesis")
    unknown = sorted(map(str, data.keys() - READERS.keys()))
    if unknown:
        raise InputError(
            f"The state has no field {describe(unknown[0])}; its fields are {', '.join(READERS)}.",
            field="state",
        )
    for name in ("premise", "hypothesis"):
        if name not in data:
            raise InputError(f"The state has no {name}. It needs a premise and a hypothesis.", field=name)
    values = {}
    for name, value in data.items():
        if value is not None:
            values[name] = READERS[name](value, field=name, max_characters=max_characters)
    return State(**{"premise": "", "hypothesis": "", **values})


def wrong(field: str, value: object, expected: str) -> InputError:
    """An error that names a field, the value that came, and what is expected instead."""
    return InputError(f"{in_words(field)} is {describe(value)}; it must be {expected}.", field=field)


def in_words(field: str) -> str:
    """A field's name at the start of a sentence."""
    return describe(field).strip('"').replace("_", " ").capitalize() or "It"


def text(value: object, *, field: str, max_characters: int) -> str:
    """A string of at most so many characters.

    Raises:
        InputError: it is no text, or longer.
    """
    if not isinstance(value, str):
        raise wrong(field, value, "text in quotes")
    if len(value) > max_characters:
        raise InputError(
            f"{in_words(field)} has {len(value):,} characters; the limit is {max_characters:,}. Shorten it.",
            field=field,
        )
    return value


def name(value: object, *, field: str, max_characters: int) -> str:
    """A short text that names something, such as a model or a label."""
    return text(value, field=field, max_characters=min(MAX_NAME, max_characters))


def index(value: object, *, field: str, max_characters: int = 0) -> int:  # noqa: ARG001
    """A whole number from 0.

    Raises:
        InputError: it is none, or larger than MAX_INDEX.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_INDEX:
        raise wrong(field, value, f"a whole number from 0 to {MAX_INDEX:,}")
    return value


def whole_number(written: str, *, field: str, limits: tuple[int, int]) -> int:
    """A whole number in digits, as an option holds it; both limits are allowed.

    Raises:
        InputError: it is none, or beyond the limits.
    """
    minimum, maximum = limits
    if not (
        written.isascii() and written.isdecimal() and len(written) < 10 and minimum <= int(written) <= maximum
    ):
        raise wrong(field, written, f"a whole number from {minimum} to {maximum:,}")
    return int(written)


def one_of(value: object, choices: tuple[str, ...], *, field: str) -> str:
    """One of the named choices.

    Raises:
        InputError: it is none of them; the message lists them.
    """
    if value not in choices:
        raise InputError(
            f"{in_words(field)} is {describe(value)}; choose one of: {', '.join(choices)}.", field=field
        )
    return str(value)


def chosen_from(choices: tuple[str, ...]):
    """A reader of one of the named choices."""

    def read(value: object, *, field: str, max_characters: int) -> str:  # noqa: ARG001
        return one_of(value, choices, field=field)

    return read


def pair(value: object, *, field: str, max_characters: int) -> tuple[str, str]:
    """A premise and a hypothesis.

    Raises:
        InputError: it is no list of two texts.
    """
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(one, str) for one in value):
        raise wrong(field, value, "a list of two sentences, the premise and the hypothesis")
    premise, hypothesis = (text(one, field=field, max_characters=max_characters) for one in value)
    return premise, hypothesis


def heads(value: object, *, field: str, max_characters: int) -> tuple[tuple[int, int], ...]:  # noqa: ARG001
    """A list of [layer, head], each once, in order.

    Raises:
        InputError: it is no such list, or longer than MAX_HEADS_OFF.
    """
    if not isinstance(value, list) or len(value) > MAX_HEADS_OFF:
        raise wrong(field, value, f"a list of at most {MAX_HEADS_OFF:,} heads, each as [layer, head]")
    for one in value:
        if not isinstance(one, list) or len(one) != 2:
            raise InputError(
                f"{in_words(field)} holds {describe(one)}; a head is [layer, head], two numbers that count from 0.",
                field=field,
            )
    return tuple(sorted({(index(layer, field=field), index(head, field=field)) for layer, head in value}))


def options(value: object, *, field: str, max_characters: int) -> dict[str, str]:
    """Name to text; a view checks its own.

    Raises:
        InputError: it is no object of texts, or has more than MAX_OPTIONS entries.
    """
    if not isinstance(value, Mapping) or len(value) > MAX_OPTIONS:
        raise wrong(field, value, f"an object of at most {MAX_OPTIONS} texts by name")
    return {
        name(key, field=field, max_characters=MAX_NAME): text(
            one, field=str(key)[:MAX_NAME] or field, max_characters=max_characters
        )
        for key, one in value.items()
    }


READERS = {
    "premise": text,
    "hypothesis": text,
    "model": name,
    "view": name,
    "part": name,
    "layer": index,
    "head": index,
    "word": index,
    "label": chosen_from(EXPLAINABLE_LABELS),
    "method": chosen_from(METHODS),
    "output": chosen_from(OUTPUTS),
    "baseline": chosen_from(BASELINES),
    "pinned": pair,
    "heads_off": heads,
    "options": options,
}
