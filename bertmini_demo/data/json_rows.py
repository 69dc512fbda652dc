"""Rows of JSON: one object a line, objects over several lines, or an array of them, in constant memory."""

import json
import re
from collections.abc import Iterator
from typing import TextIO

from bertmini_demo.data.numbered_lines import BLANK, Line, NumberedLines
from bertmini_demo.data.pair import BadRow, quote

JsonRow = tuple[int, dict] | BadRow
LINES_OF_AN_OBJECT = 100  # an object may go over so many; a brace open for longer is a mistake
CHUNK = 1 << 16  # characters
MAX_OBJECT = 1_000_000  # characters
CUT_SHORT = 8  # characters at the end of a piece that may be half of "false" or of an escape
SCALAR = r'(?:"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)'
WRAPPED_ARRAY = re.compile(rf'\s*\{{\s*(?:"[^"]*"\s*:\s*{SCALAR}\s*,\s*)*"[^"]*"\s*:\s*(?=\[\s*\{{)')


def find_array(sample: str) -> int | None:
    """Where the array of rows begins: at the first bracket, or inside one object as in {"data": [...]}; None for lines."""
    start = len(sample) - len(sample.lstrip(BLANK))
    if sample.startswith("[", start):
        return start
    wrapped = WRAPPED_ARRAY.match(sample, start)
    first_line = sample[start:].split("\n", 1)
    if wrapped is None or (len(first_line) > 1 and is_object(first_line[0])):
        return None
    return wrapped.end()


def is_object(text: str) -> bool:
    """Whether a text is one JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def array_rows(stream: TextIO, start: int) -> Iterator[JsonRow]:
    """Each object of an array that begins at this character; what follows the array is left alone."""
    line = 1 + stream.read(start + 1).count("\n")
    decoder, text, place = json.JSONDecoder(), "", 0
    while True:
        skipped = re.compile(r"[\s,]*").match(text, place).end()
        line += text.count("\n", place, skipped)
        place = skipped
        if text.startswith("]", place):
            return
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            more = stream.read(CHUNK) if may_go_on(error, text, place) else ""
            if not more:
                yield BadRow(line, f"{json_error(error)} The rest of the array cannot be read.")
                return
            text, place = text[place:] + more, 0
            continue
        yield object_row(line, value)
        line += text.count("\n", place, end)
        place = end


def may_go_on(error: Exception, text: str, place: int) -> bool:
    """Whether a value may be whole once more text is read."""
    if not isinstance(error, json.JSONDecodeError) or len(text) - place > MAX_OBJECT:
        return False
    return error.pos >= len(text) - CUT_SHORT or error.msg.startswith("Unterminated string")


def line_rows(stream: TextIO) -> Iterator[JsonRow]:
    """Each object of a text; it may go over several lines. After one that is broken the next line begins anew."""
    lines = NumberedLines(stream)
    for first in lines:
        if first[1].strip(BLANK):
            yield read_object(first, lines)


def read_object(first: Line, lines: NumberedLines) -> JsonRow:
    """The object that begins on a line; a bad row where it does not become whole."""
    taken, text, first_error = [first], first[1].strip(BLANK), None
    while True:
        try:
            return object_row(first[0], json.loads(text))
        except (ValueError, RecursionError) as error:
            first_error = first_error or error
            goes_on = text.startswith("{") and may_go_on(error, text, 0) and len(taken) < LINES_OF_AN_OBJECT
            following = lines.next() if goes_on else None
            if following is None:
                lines.put_back(taken[1:])
                return BadRow(first[0], json_error(first_error))
        taken.append(following)
        text += "\n" + following[1].rstrip(BLANK)


def object_row(line: int, value: object) -> JsonRow:
    """A value as a row; a bad row where it is no object."""
    if isinstance(value, dict):
        return line, value
    return BadRow(line, f'expected an object such as {{"premise": …, "hypothesis": …}}, got {quote(value)}.')


def json_error(error: Exception) -> str:
    """Why a text is no JSON, for the person who wrote it."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error.msg} at character {error.colno}."
    return "it is nested too deeply." if isinstance(error, RecursionError) else str(error)
