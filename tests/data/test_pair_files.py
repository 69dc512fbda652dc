"""Pairs are read as people have them, and what is none is told by its line."""

import csv
import io
import json
import tracemalloc

import pytest

from bertmini_demo.data.pair_files import KNOWN_LABELS, Fault, Pair, pair_of, read_file, read_pairs, read_text
from bertmini_demo.errors import InputError

ROWS = [
    ("A man, old, is asleep.", "A man is awake.", "contradiction"),
    ('She said "yes".', "She agreed.", "entailment"),
    ("Two\nlines;  one cell", "狗 <b>", "neutral"),
    ("=1+1", "None.", "not_entailment"),
]


def read(text: str, **choices):
    return read_text(text, most=1000, **choices)


def faults(text: str, **choices) -> list[tuple[int, str]]:
    return [(fault.line, fault.message) for fault in read(text, **choices).faults]


def as_csv(rows, *, delimiter=",", header=()) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows] if header else rows)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("header", [(), ("Premise", " hypothesis ", "LABEL")])
def test_what_a_csv_writer_writes_is_read_back(delimiter, header):
    found = read(as_csv(ROWS, delimiter=delimiter, header=header))
    assert [(one.premise, one.hypothesis, one.label) for one in found.pairs] == ROWS
    first = 2 if header else 1
    assert [one.line for one in found.pairs] == [first, first + 1, first + 2, first + 4]
    assert (found.faults, found.more) == ((), False)


def test_json_lines_are_read_and_other_keys_let_be():
    lines = [json.dumps({"premise": p, "hypothesis": h, "label": one, "id": 7}) for p, h, one in ROWS]
    found = read("\n\n".join(lines))
    assert [(one.premise, one.hypothesis, one.label) for one in found.pairs] == ROWS
    assert [one.line for one in found.pairs] == [1, 3, 5, 7]


def test_columns_are_found_by_the_names_that_data_sets_give_them():
    text = 'gold_label\tpairID\tsentence2\tsentence1\nneutral\t3\t"No" dog.\tA dog.\n-\t4\tOne.\tTwo.\n'
    assert read(text).pairs == (
        Pair(2, "A dog.", '"No" dog.', "neutral"),
        Pair(3, "Two.", "One.", None),
    )


def test_labels_may_be_missing_and_spelt_as_people_do():
    text = "a,b\nc,d,\ne,f,Entailment\ng,h,Non-Entailment\n"
    assert [one.label for one in read(text).pairs] == [None, None, "entailment", "not_entailment"]
    assert [line for line, _ in faults(text, labelled=True)] == [1, 2]
    assert read("a,b,0\nc,d,what", labelled=None).pairs == (Pair(1, "a", "b"), Pair(2, "c", "d"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("only one", "found 1 columns"),
        ("a,b,neutral,more", "found 4 columns"),
        ("a, ", "the hypothesis is empty"),
        ("a,b,perhaps", "'perhaps' is none of entailment"),
        ("a,b,0", "'0' is none of"),
        ('"a" b,c', "not CSV"),
        ('"never closed,c', "not CSV"),
        (f"{'x' * 200_000},c", "not CSV"),
        ("half \ud800,c", "not UTF-8"),
    ],
)
def test_a_row_that_is_no_pair_is_told_by_line_and_the_others_are_read(row, told):
    found = read("\n".join(["a,b", "", row, 'c,"d\n\ne"', *["f,g"] * 60]))
    assert [one.line for one in found.pairs] == [1, 4, *range(7, 67)]
    assert found.pairs[1].hypothesis == "d\n\ne"
    [fault] = found.faults
    assert (fault.line, told in fault.message) == (3, True)
    assert str(fault).startswith("Line 3: ")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "not JSON: Expecting property name"),
        ("a,b", "not JSON"),
        ('["a", "b"]', "found list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"premise": "a"}', "the hypothesis is missing"),
        ('{"premise": "a", "hypothesis": 7}', "the hypothesis is not text"),
        ('{"premise": "a", "hypothesis": "\\ud800"}', "half a surrogate pair"),
        ('{"premise": "a", "hypothesis": "b", "label": 2}', "'2' is none of"),
    ],
)
def test_a_json_line_that_is_no_pair_is_told_and_the_others_are_read(row, told):
    good = json.dumps({"premise": "a", "hypothesis": "b"})
    [(line, message)] = faults(f"{good}\n{row}\n{good}\n")
    assert (line, told in message) == (2, True)


def test_a_first_row_that_names_half_the_columns_is_refused():
    with pytest.raises(InputError, match="names the columns premise, conclusion"):
        read("premise,conclusion\na,b\n")


@pytest.mark.parametrize("text", ["", "\n \t\n", "\ufeff\n", "premise,hypothesis\n"])
def test_of_nothing_nothing_is_read(text):
    assert (read(text).pairs, read(text).faults) == ((), ())


def test_rows_beyond_the_most_are_left_out_and_said():
    text = "a,b\nonly one\nc,d\n"
    assert [read_text(text, most=most).more for most in (2, 3)] == [True, False]
    assert len(read_text(text, most=2).pairs) == 1  # a faulty row counts


def test_a_file_may_begin_with_a_byte_order_mark_and_hold_bad_bytes(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_bytes(b"\xef\xbb\xbfpremise;hypothesis\r\n\xc3\xa9;b\r\nbad \xff;b\r\rc;d")
    found = read_file(path, most=10, megabytes=1)
    assert found.pairs == (Pair(2, "é", "b"), Pair(5, "c", "d"))
    assert [fault.line for fault in found.faults] == [3]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04\x00\x00", "not text"),
        ("a,b".encode("utf-16"), "not text"),
        (b"a,b\n" * 3000, "limit is 0.01 MB"),
    ],
)
def test_what_is_no_text_or_too_large_is_refused(tmp_path, content, told):
    path = tmp_path / "pairs.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_file(path, most=10, megabytes=0.01)
    assert caught.value.field == "pairs"


def test_reading_takes_no_more_memory_for_more_rows():
    def peak(count: int) -> int:
        lines = ('"a, long premise","a ""hypothesis""",neutral\n' for _ in range(count))
        tracemalloc.start()
        assert sum(isinstance(row, Pair) for row in read_pairs(lines)) == count
        return tracemalloc.get_traced_memory()[1]

    try:
        few, many = peak(200), peak(4000)
    finally:
        tracemalloc.stop()
    assert many < 2 * few


def test_a_row_of_values_is_a_pair():
    for label in KNOWN_LABELS:
        row = {"sentence1": " a ", "hypothesis": "b", "gold_label": label}
        assert pair_of(row, line=3) == Pair(3, "a", "b", label)
    with pytest.raises(ValueError, match="label is missing"):
        pair_of({"premise": "a", "hypothesis": "b"}, labelled=True)
    assert list(read_pairs(["{}\n"])) == [Fault(1, "the premise is missing.")]


def test_a_first_row_of_any_length_spoils_nothing():
    assert faults(f"{'x' * 200_000},c\na,b\n")[0][0] == 1
