"""Which pair each visitor has at hand, so that work for one already replaced is dropped before it starts."""

from collections import OrderedDict
from threading import Lock

SESSIONS = 10_000  # remembered; of one forgotten nothing is dropped


class Latest:
    """The pair each session asked about last, noted when a request arrives, asked for when its turn comes.

    A pair is replaced only by a request that has arrived and will be shown in its place: what a visitor sees is at
    most late, never missing. Safe for threads.
    """

    def __init__(self, most: int = SESSIONS) -> None:
        self._pairs: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._most, self._lock = most, Lock()

    def note(self, session: str | None, pair: tuple[str, str]) -> None:
        """A request about a pair has arrived."""
        if session is None:  # a program that calls once
            return
        with self._lock:
            self._pairs[session] = pair
            self._pairs.move_to_end(session)
            while len(self._pairs) > self._most:
                self._pairs.popitem(last=False)

    def replaced(self, session: str | None, pair: tuple[str, str]) -> bool:
        """Whether a session has since asked about another pair."""
        with self._lock:
            return session is not None and self._pairs.get(session, pair) != pair
