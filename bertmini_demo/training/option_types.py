"""What numbers on a command line may be: one that is out of range is refused before anything is read or written."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import TypeVar

MAX_INTEGER = 10**9  # of a whole number that has no limit of its own
SHOWN = 40  # characters of a value that a message quotes
Number = TypeVar("Number", int, float)


def integer(minimum: int, maximum: int = MAX_INTEGER) -> Callable[[str], int]:
    """A reader of whole numbers for ``add_argument(type=...)``; both limits are allowed."""
    return in_range(int, minimum, maximum, what=f"a whole number from {minimum:,} to {maximum:,}")


def real(minimum: float, maximum: float) -> Callable[[str], float]:
    """A reader of numbers, likewise; NaN is none."""
    return in_range(float, minimum, maximum, what=f"a number from {minimum:,g} to {maximum:,g}")


def in_range(
    convert: Callable[[str], Number], minimum: Number, maximum: Number, *, what: str
) -> Callable[[str], Number]:
    """A reader that refuses what is not ``what``."""

    def read(written: str) -> Number:
        try:
            number = convert(written)
        except ValueError:
            number = minimum - 1
        if not minimum <= number <= maximum:
            raise ArgumentTypeError(f"{quote(written)} is not {what}")
        return number

    return read


def quote(written: str) -> str:
    """A value as a message shows it: on one line, cut."""
    return repr(written) if len(written) <= SHOWN else repr(written[:SHOWN]) + "…"
