"""Tables by what they contain: the sign between columns, quoted cells, stray quotation marks, and columns in any order."""

import csv
import io

import pytest

from bertmini_demo.data.pair import BadRow
from bertmini_demo.data.table_rows import find_delimiter, has_header, table_rows
from bertmini_demo.errors import DataError

ROWS = [
    ("A man, old, is asleep.", "A man is awake.", "contradiction"),
    ('She said "yes".', "She agreed.", "entailment"),
    ("Two\nlines;  one cell | bar", "狗 <b>", "neutral"),
    ("A tab\tinside.", "None.", "neutral"),
]
HEADER = ("premise", "hypothesis", "label")


def read(text: str) -> list:
    return [
        row if isinstance(row, BadRow) else (row[0], *row[1].values())
        for row in table_rows(io.StringIO(text, newline=None), text)
    ]


def written(rows, **choices) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **choices).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("header", [(), HEADER])
def test_what_a_csv_writer_writes_is_read_back(delimiter, quoting, header):
    text = written([header, *ROWS] if header else ROWS, delimiter=delimiter, quoting=quoting)
    found = read(text)
    assert [row[1:] for row in found] == ROWS
    first = 2 if header else 1
    assert [row[0] for row in found] == [first, first + 1, first + 2, first + 4]


@pytest.mark.parametrize(
    "cell",
    [
        '"Oh, I see," he said.',
        '"No."',
        'The "old" man',
        '"',
        'He said "yes',
        '"uh-huh" "yeah"',
        '12" of snow',
    ],
)
def test_stray_quotation_marks_of_tab_separated_text_are_text(cell):
    text = f"gold_label\tsentence1\tsentence2\nneutral\t{cell}\tA.\nneutral\tB.\t{cell}\nneutral\tC.\tD.\n"
    assert read(text) == [
        (2, "neutral", cell, "A."),
        (3, "neutral", "B.", cell),
        (4, "neutral", "C.", "D."),
    ]


def test_an_open_quotation_mark_in_tab_separated_text_swallows_no_line():
    lines = ["premise\thypothesis", '"Well\tA.', *["B.\tC."] * 60, '"So"\t"Yes, he said']
    assert len(read("\n".join(lines))) == 62


def test_excel_says_its_separator_in_the_first_line():
    assert read("sep=;\npremise;hypothesis\na, b;c\n") == [(3, "a, b", "c")]


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("premise,hypothesis", ","),
        ("premise;hypothesis;label", ";"),
        ("a,b\tc", "\t"),
        ("a, b and c;d;entailment", ";"),
        ("one, two, three, four; five", ";"),
        ("a|b|neutral", "|"),
        ("only one", ","),
        ("premise", ","),  # a name of a column, but of one column alone
        ("neutral;A man, old", ","),  # two cells and a label are no more than two cells
        ("a\tb\tc\td", "\t"),  # fits nothing; the tab decides
        ("a\nb\tc\td\te", ","),  # the tab of a later row does not
        ("\n  \na;b\n", ";"),  # blank rows do not count
    ],
)
def test_the_sign_between_columns_is_found(first, delimiter):
    assert find_delimiter(f"{first}\n") == delimiter


def test_without_names_a_label_comes_last_or_first():
    [(_, row)] = table_rows(io.StringIO("c,A dog.,A cat.\n"), "c,A dog.,A cat.\n")
    assert row == {"label": "c", "premise": "A dog.", "hypothesis": "A cat."}
    [(_, row)] = table_rows(io.StringIO("no,yes,e\n"), "no,yes,e\n")
    assert row == {"premise": "no", "hypothesis": "yes", "label": "e"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,b,c,d", "expected 3 cells, got 4: 'a', 'b', 'c', 'd'"),
        ("A man, old, is asleep.,A man.,neutral", "expected 3 cells, got 5"),
        ("only one", "got 1: 'only one'"),
        ('"a" b,c,d', "it is not CSV"),
    ],
)
def test_a_row_of_other_columns_than_the_header_is_never_shifted(row, message):
    good, bad, other = read(f"premise,hypothesis,label\na,b,neutral\n{row}\nc,d,\n")
    assert (good[1], other[1]) == ("a", "c")
    assert (bad.line, message in bad.message) == (3, True)


def test_empty_cells_at_the_end_are_let_be():
    assert read("premise,hypothesis\na,b,,\n") == [(2, "a", "b")]


def test_an_unknown_header_is_refused_with_its_columns():
    with pytest.raises(DataError, match="columns question1, question2, is_duplicate"):
        read("question1,question2,is_duplicate\na,b,0\n")


def test_a_header_of_pairs_is_recognised():
    assert has_header("sentence1\tsentence2\n")
    assert not has_header("Once upon a time, there was a premise.\n")
    assert not has_header("question1,question2,is_duplicate\n")
    assert not has_header("")
