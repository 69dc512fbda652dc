"""Pairs are read as people have them; bad rows are reported by line, and labels that are lost or missing are said."""

import bz2
import gzip
import json
import lzma
from io import StringIO

import pytest
from peak_memory import peak_memory

from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import looks_like_pairs, read_file, read_pairs, read_text
from bertmini_demo.errors import InputError

TWO = "not_entailment"


def read(text: str, **choices):
    return read_text(text, max_rows=1000, **choices)


def labels_of(text: str) -> list:
    return [pair.label for pair in read(text).pairs]


def table(*labels: object) -> str:
    return "\n".join(["premise,hypothesis,label", *(f"a man,a dog,{label}" for label in labels)])


def test_columns_are_found_by_the_names_that_data_sets_give_them():
    text = 'gold_label\tpairID\tsentence2\tsentence1\nneutral\t3\t"No" dog.\tA dog.\n-\t4\tOne.\tTwo.\n'
    assert read(text).pairs == (
        Pair("A dog.", '"No" dog.', "neutral", line=2),
        Pair("Two.", "One.", None, line=3),
    )


def test_labels_may_be_missing_required_or_ignored():
    text = "a,b\nc,d,\ne,f,Entailment\ng,h,Non-Entailment\ni,j,7\n"
    assert labels_of(text) == [None, None, "entailment", TWO, None]
    required = read(text, labels="required")
    assert [pair.line for pair in required.pairs] == [3, 4]
    assert [str(row)[:34] for row in required.bad_rows] == [
        "Line 1: the label is missing. It i",
        "Line 2: the label is missing. It i",
        "Line 5: the label '7' is not under",
    ]
    assert "say what the numbers mean" in required.bad_rows[2].message
    ignored = read(text, labels="ignored")
    assert [pair.label for pair in ignored.pairs] == [None] * 5
    assert ignored.notes == ()


@pytest.mark.parametrize(
    ("labels", "expected", "notes"),
    [
        (["entails", "neutral"], ["entailment", "neutral"], ["No pair is labelled contradiction"]),
        (["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"], ["entailment", "contradiction", "neutral"], []),
        (["yes", "no", "unknown"], ["entailment", "contradiction", "neutral"], []),
        (["yes", "no", "yes"], ["entailment", TWO, "entailment"], ["“no” is read as not_entailment"]),
        (["yes", "no", "contradiction"], ["entailment"] + ["contradiction"] * 2, ["No pair is labelled neutral"]),
        (["TRUE", "FALSE"], ["entailment", TWO], ["“FALSE” is read as not_entailment"]),
        ([0, 1, 2], [None] * 3, ["The labels of 3 pairs are not understood: “0” (1)", "0=entailment"]),
        (["neutral", "off topic", "e", "c"], ["neutral", None, "entailment", "contradiction"], ["“off topic” (1)."]),
        (["neutral"] * 3, ["neutral"] * 3, ["No pair is labelled entailment or contradiction (labels read: neutral 3)"]),
        (["entailment", "not_entailment"], ["entailment", TWO], []),
        ([TWO], [TWO], ["No pair is labelled entailment"]),
        (["", "-"], [None, None], []),
    ],
)  # fmt: skip
def test_what_becomes_of_labels_is_said(labels, expected, notes):
    found = read(table(*labels))
    assert [pair.label for pair in found.pairs] == expected
    text = " ".join(found.notes)
    assert all(note in text for note in notes), text
    assert bool(text) == bool(notes)


def test_numbers_are_read_where_the_column_says_what_they_mean():
    header = '"label (0=entailment, 1=neutral, 2=contradiction)"'
    text = f"premise,hypothesis,{header}\na,b,2\nc,d,0\ne,f,3\n"
    assert labels_of(text) == ["contradiction", "entailment", None]
    rows = read_pairs(StringIO(table(0, 1)), order={0: "contradiction", 1: "neutral"})
    assert [pair.label for pair in rows] == ["contradiction", "neutral"]


@pytest.mark.parametrize("text", ["", "\n \t\n", "\ufeff\n", "premise,hypothesis\n", "[]", "[ ]\n"])
def test_of_nothing_nothing_is_read(text):
    assert (read(text).pairs, read(text).bad_rows) == ((), ())


def test_rows_beyond_the_limit_are_left_out_and_said():
    text = "a,b\nonly one\nc,d\n"
    assert [read_text(text, max_rows=limit).more for limit in (2, 3)] == [True, False]
    assert len(read_text(text, max_rows=2).pairs) == 1  # a bad row counts


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("only one", "got 1"),
        ("a,b,neutral,more", "got 4"),
        ("a, ", "the hypothesis is empty"),
        ('"a" b,c', "not CSV"),
        ('"never closed,c', "not CSV"),
        (f"{'x' * 200_000},c", "not CSV"),
        ("half \ud800,c", "not UTF-8"),
    ],
)
def test_a_bad_row_is_reported_by_line_and_the_others_are_read(row, message):
    found = read("\n".join(["a,b", "", row, 'c,"d\n\ne"', *["f,g"] * 60]))
    assert [pair.line for pair in found.pairs] == [1, 4, *range(7, 67)]
    assert found.pairs[1].hypothesis == "d\n\ne"
    [bad] = found.bad_rows
    assert (bad.line, message in bad.message) == (3, True)
    assert str(bad).startswith("Line 3: ")


def test_a_json_row_without_a_pair_names_its_keys():
    [bad] = read('{"question": "a", "passage": "b"}').bad_rows
    assert "columns question, passage" in bad.message


@pytest.mark.parametrize(
    "text", ["premise,conclusion\na,b\n", "index\tquestion\tsentence\tlabel\n0\ta\tb\tc\n"]
)
def test_a_header_of_another_layout_is_refused(text):
    with pytest.raises(InputError, match="layout of these pairs is not known") as caught:
        read(text)
    assert caught.value.field == "pairs"


CONTENT = (
    '\ufeff{"premise": "Ein Café", "hypothesis": "b", "label": "e"}\n{"premise": "c", "hypothesis": "d"}\n'
)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_is_read_however_it_is_packed_and_encoded(tmp_path, pack, encoding):
    path = tmp_path / "pairs.csv"
    path.write_bytes(pack(CONTENT.encode(encoding)))
    found = read_file(path, max_rows=10, megabytes=1)
    assert [pair.premise for pair in found.pairs] == ["Ein Café", "c"]
    assert found.bad_rows == ()


def test_a_file_may_hold_single_bad_bytes(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_bytes(b"\xef\xbb\xbfpremise;hypothesis\r\n\xc3\xa9;b\r\nbad \xff;b\r\rc;d")
    found = read_file(path, max_rows=10, megabytes=1)
    assert found.pairs == (Pair("é", "b", line=2), Pair("c", "d", line=5))
    assert [row.line for row in found.bad_rows] == [3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04\x00\x00", "cannot be read to its end"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
        (b"a,b\n" * 3000, r"limit. Split it"),
        (gzip.compress(b"a,b\n" * 3000, mtime=0), r"more than 0.01 MB"),
        ("Мужчина спит".encode("koi8-r"), "not text in UTF-8"),
    ],
)
def test_what_is_no_text_or_too_large_is_refused(tmp_path, content, message):
    path = tmp_path / "pairs.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_file(path, max_rows=10, megabytes=0.01)
    assert caught.value.field == "pairs"


def test_reading_takes_no_more_memory_for_more_rows(tmp_path):
    def peak(count: int) -> int:
        path = tmp_path / "pairs.csv"
        path.write_text('"a, long premise","a ""hypothesis""",neutral\n' * count)
        with path.open() as lines:
            return peak_memory(lambda: sum(isinstance(row, Pair) for row in read_pairs(lines)))

    assert peak(30_000) < 2 * peak(3000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"sentence1": "a", "sentence2": "b"}), True),
        (json.dumps([{"premise": "a", "hypothesis": "b"}]), True),
        ("premise,hypothesis\n", True),
        ("[1] A footnote, which is text.\n", False),
        ("Once upon a time, there was a fox.\n", False),
        ("{", False),
        ("", False),
    ],
)
def test_a_beginning_shows_whether_a_text_holds_pairs(text, expected):
    assert looks_like_pairs(text) == expected


def test_a_first_row_of_any_length_spoils_nothing():
    [bad] = read(f"{'x' * 200_000},c\na,b\n").bad_rows
    assert isinstance(bad, BadRow)
    assert bad.line == 1
