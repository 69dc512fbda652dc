"""JSON by what it contains: a line each, over several lines, or an array; what is broken spoils no more than it must."""

import io
import json

import pytest
from peak_memory import peak_memory

from bertmini_demo.data.json_rows import MAX_OBJECT, array_rows, find_array, line_rows
from bertmini_demo.data.pair import BadRow

ROWS = [{"premise": f"p{n}", "hypothesis": 'a "quoted" [word], {braced}', "label": n} for n in range(40)]


def read(text: str) -> list:
    start = find_array(text[:4096])
    stream = io.StringIO(text)
    return list(line_rows(stream) if start is None else array_rows(stream, start))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps(ROWS, indent="\t").replace("\n", "\n\n"),
        "[" + ",\n".join(map(json.dumps, ROWS)) + "]",
        "\ufeff\n " + json.dumps(ROWS),
        json.dumps({"version": "1.0", "count": 40, "data": ROWS}),
        json.dumps({"data": ROWS, "licence": [1]}, indent=1),
        "\n".join(map(json.dumps, ROWS)),
        "\r\n\n".join(map(json.dumps, ROWS)),
        "\n".join(json.dumps(row, indent=4) for row in ROWS),
        json.dumps(ROWS)[:-1],  # the last bracket is missing
    ],
    ids=range(11),
)
def test_objects_are_found_however_they_are_laid_out(text):
    found = [row[1] for row in read(text) if not isinstance(row, BadRow)]
    assert found == ROWS


def test_lines_are_those_on_which_an_object_begins():
    assert [row[0] for row in read(json.dumps(ROWS[:3], indent=2))] == [2, 7, 12]
    assert [row[0] for row in read("\n".join(json.dumps(row, indent=0) for row in ROWS[:3]))] == [1, 6, 11]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ('{"premise": "a', "not JSON: Unterminated string"),
        ('{"premise": "a", ', "not JSON"),
        ("a,b", "not JSON: Expecting value"),
        ('["a", "b"]', 'such as {"premise": …, "hypothesis": …}, got ["a", "b"].'),
        ("12", "got 12."),
        ('{"a": ' * 100_000, "nested too deeply"),
        ("{'premise': 'a'}", "not JSON: Expecting property name"),
    ],
)
def test_a_broken_line_spoils_no_other(line, message):
    good = json.dumps(ROWS[0])
    first, bad, second = read(f"{good}\n{line}\n{good}\n")
    assert (first, second) == ((1, ROWS[0]), (3, ROWS[0]))
    assert (bad.line, message in bad.message) == (2, True), bad


@pytest.mark.parametrize("broken", ['{"premise": }', "{premise: 1}", "nothing"])
def test_what_follows_a_mistake_in_an_array_is_reported_as_unread(broken):
    text = f"[{json.dumps(ROWS[0])},\n{json.dumps(ROWS[1])},\n{broken},\n{json.dumps(ROWS[2])}]"
    *good, bad = read(text)
    assert len(good) == 2
    assert bad.line == 3
    assert "The rest of the array cannot be read" in bad.message


def test_elements_of_an_array_that_are_no_objects_are_bad_rows():
    assert [type(row) for row in read('[{"a": 1}, "b", [1], {"c": 2}]')] == [tuple, BadRow, BadRow, tuple]


def test_an_array_is_read_in_constant_memory():
    def peak(count: int) -> int:
        class Endless(io.TextIOBase):
            """An array of so many objects that is never there as a whole."""

            left, text = count, "["

            def read(self, size=-1):
                while self.left and len(self.text) < size:
                    self.text += json.dumps(ROWS[0]) + ","
                    self.left -= 1
                given, self.text = self.text[:size], self.text[size:]
                return given

        def work():
            assert sum(isinstance(row, tuple) for row in array_rows(Endless(), 0)) == count

        return peak_memory(work)

    assert peak(20_000) < 2 * peak(2_000)


def test_an_object_that_never_ends_is_given_up():
    bad = read('[{"premise": "' + "x" * (2 * MAX_OBJECT))
    assert [type(row) for row in bad] == [BadRow]


def test_a_bad_row_of_an_array_has_the_line_that_it_begins_on():
    first, bad, last = read('\n{"data":\n[{"a": 1},\n\n5, {"a": 2}]}')
    assert (first[0], bad.line, last[0]) == (3, 5, 5)
