"""A bounded cache for many threads: what was used least recently is dropped first; and an iterator with many readers."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LRUCache(Generic[Value]):
    """Keeps values by key until together they weigh more than ``capacity``. Safe for threads.

    Args:
        capacity: the largest weight in all.
        weigh: a value's weight; without it each value weighs 1, so that the capacity is a number of entries.
    """

    def __init__(self, capacity: float, *, weigh: Callable[[Value], float] | None = None) -> None:
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._capacity, self._weigh, self._lock = capacity, weigh or (lambda _: 1), Lock()
        self._computing: dict[Hashable, Future[Value]] = {}

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, which now counts as the last one used; None where there is none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Stores a value; others are dropped, the least recently used first, until the capacity holds."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while self._values and sum(map(self._weigh, self._values.values())) > self._capacity:
                self._values.popitem(last=False)

    def compute(self, key: Hashable, function: Callable[[], Value]) -> Value:
        """The value of a key, computed and stored where there is none; whoever asks meanwhile waits for the same result.

        Raises:
            Exception: whatever the function raises, for all who wait; nothing is stored.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            computing = self._computing.get(key)
            if asked_first := computing is None:
                computing = self._computing[key] = Future()
        if asked_first:
            try:
                value = function()
                self.put(key, value)
                computing.set_result(value)
            except BaseException as error:  # the others must not wait for ever
                computing.set_exception(error)
            finally:
                with self._lock:
                    del self._computing[key]
        return computing.result()

    def pop(self, key: Hashable) -> Value | None:
        """Removes a key and returns its value; None where there is none."""
        with self._lock:
            return self._values.pop(key, None)


class Replay(Generic[Value]):
    """What an iterator yields, for many readers: each value is computed once, by the first who needs it. Safe for threads."""

    def __init__(self, source: Iterator[Value]) -> None:
        self._source, self._values, self._lock = source, list[Value](), Lock()
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[Value]:
        place = 0
        while self._reaches(place):
            yield self._values[place]
            place += 1

    def _reaches(self, place: int) -> bool:
        """Whether there is a value at this place, which is computed now where it is the next."""
        with self._lock:
            if place < len(self._values):
                return True
            if self._error is not None:
                raise self._error
            try:
                self._values.append(next(self._source))
            except StopIteration:
                return False
            except Exception as error:  # every reader gets it
                self._error = error
                raise
            return True
