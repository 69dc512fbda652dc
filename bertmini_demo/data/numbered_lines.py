"""The lines of a text with their numbers, some of which can be put back to be read again."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO

from bertmini_demo.errors import DataError

Line = tuple[int, str]
MAX_LINE = 10_000_000  # characters; a longer line is no row of sentences
BLANK = "\ufeff \t\r\n"


class NumberedLines:
    """Reads (number from 1, line); what a row took too much of is put back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._number = stream, 0
        self._waiting: deque[Line] = deque()

    def next(self) -> Line | None:
        """The next line with its line end; None at the end of the text.

        Raises:
            DataError: a line of more than MAX_LINE characters.
        """
        if self._waiting:
            return self._waiting.popleft()
        text = self._stream.readline(MAX_LINE + 1)
        if not text:
            return None
        self._number += 1
        if len(text) > MAX_LINE:
            raise DataError(
                f"Line {self._number} has more than {MAX_LINE:,} characters. A row of sentences is shorter."
            )
        return self._number, text.removeprefix("\ufeff") if self._number == 1 else text

    def put_back(self, lines: list[Line]) -> None:
        """Lines that will be read again, in this order."""
        self._waiting.extendleft(reversed(lines))

    def __iter__(self) -> Iterator[Line]:
        while line := self.next():
            yield line
