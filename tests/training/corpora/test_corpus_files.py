"""Reading text and pairs: packed files, broken lines, and what is said about them."""

import argparse
import bz2
import gzip
import json
import logging
import lzma
from dataclasses import replace

import pytest

from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.training.corpora.corpus_files import (
    check_labels,
    holds_pairs,
    label_order,
    labelled_pairs,
    read_documents,
    read_labelled,
    read_pairs,
    read_unlabelled,
)

TEXT = "A fox.\n  It runs.  \n\n\n\nCafé, naïve.\n\nThe end"
DOCUMENTS = [["A fox.", "It runs."], ["Café, naïve."], ["The end"]]
GOOD = {"premise": "A fox runs.", "hypothesis": "It moves.", "label": "entailment"}
PACKERS = {"": bytes, ".xz": lzma.compress, ".bz2": bz2.compress, ".gz": gzip.compress}


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_and_plain_text_give_the_same_documents(tmp_path, ending):
    path = tmp_path / f"text.txt{ending}"
    path.write_bytes(PACKERS[ending](TEXT.encode()))
    assert list(read_documents(path)) == DOCUMENTS


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_and_plain_pairs_give_the_same(tmp_path, ending):
    path = tmp_path / f"pairs.jsonl{ending}"
    path.write_bytes(PACKERS[ending](json.dumps(GOOD).encode() + b"\n\n"))
    assert holds_pairs(path)
    assert read_pairs(path) == [Pair(**GOOD)]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("text.txt.xz", lzma.compress(TEXT.encode()), False),
        ("text.txt", b"Once upon a time, there was a fox.\n", False),
        ("pairs.jsonl", b"", True),
        ("pairs.txt", b"gold_label\tsentence1\tsentence2\n", True),
        ("pairs.csv.gz", gzip.compress(b"premise,hypothesis\n", mtime=0), True),
        ("pairs.json", json.dumps([GOOD], indent=1).encode(), True),
    ],
)
def test_pairs_are_told_from_running_text(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    assert holds_pairs(tmp_path / name) == expected


@pytest.mark.parametrize(
    "line",
    [
        "not JSON {",
        '["a", "list"]',
        '"text"',
        "12",
        "[" * 100_000,
        json.dumps({"premise": "A fox.", "label": "neutral"}),
        json.dumps({**GOOD, "hypothesis": ""}),
        json.dumps({**GOOD, "premise": "  \t"}),
        json.dumps({**GOOD, "premise": 7}),
        json.dumps({**GOOD, "premise": None}),
        json.dumps({**GOOD, "label": 0}),
        json.dumps({**GOOD, "label": "perhaps"}),
        json.dumps({**GOOD, "hypothesis": "half a pair \ud800"}),
    ],
    ids=lambda line: line[:40],
)
def test_a_broken_line_is_skipped_and_named(write_rows, caplog, line):
    path = write_rows([GOOD, line, GOOD])
    with caplog.at_level(logging.WARNING):
        assert read_pairs(path) == [Pair(**GOOD), Pair(**GOOD, line=3)]
    named, counted, *_ = (record.getMessage() for record in caplog.records)
    assert str(path) in named
    assert "line 2 " in named
    assert "1 of 3 rows skipped" in counted


def test_many_broken_lines_are_counted_not_all_named(write_rows, caplog):
    path = write_rows([GOOD, *["broken"] * 30])
    with caplog.at_level(logging.WARNING):
        assert len(read_pairs(path)) == 1
    messages = [record.getMessage() for record in caplog.records]
    assert sum("skipped: " in message for message in messages) == 5
    assert "30 of 31 rows skipped" in messages[5]


def test_the_groups_of_hans_are_kept(write_rows):
    path = write_rows([{**GOOD, "heuristic": "lexical_overlap", "subcase": "le_relative_clause", "id": 7}])
    [pair] = read_pairs(path)
    assert pair.groups == {"heuristic": "lexical_overlap", "subcase": "le_relative_clause"}


@pytest.mark.parametrize("content", ["", "\n\n", "broken\n", '{"premise": "A fox."}\n'])
def test_a_file_without_one_valid_pair_is_named(tmp_path, content):
    path = tmp_path / "empty.jsonl"
    path.write_text(content)
    with pytest.raises(DataError, match=r"empty\.jsonl"):
        read_pairs(path)


def read_all_documents(path):
    return list(read_documents(path))


@pytest.mark.parametrize("read", [read_pairs, read_all_documents])
def test_a_missing_file_is_named(tmp_path, read):
    (tmp_path / "folder.jsonl").mkdir()
    for name in ("missing.jsonl", "folder.jsonl"):
        with pytest.raises(DataError, match=name):
            read(tmp_path / name)


@pytest.mark.parametrize("read", [read_pairs, read_all_documents])
@pytest.mark.parametrize("ending", [".xz", ".bz2", ".gz"])
def test_a_damaged_archive_is_named(tmp_path, read, ending):
    path = tmp_path / f"damaged.jsonl{ending}"
    rows = "\n".join(json.dumps({**GOOD, "id": number}) for number in range(500)).encode()
    path.write_bytes(PACKERS[ending](rows)[:-20])
    with pytest.raises(DataError, match=r"damaged\.jsonl"):
        read(path)


@pytest.mark.parametrize("name", ["pairs.jsonl.xz", "pairs.gz", "pairs.bz2"])
def test_a_name_that_promises_an_archive_is_no_harm(tmp_path, name):
    (tmp_path / name).write_text(json.dumps(GOOD))
    assert read_pairs(tmp_path / name) == [Pair(**GOOD)]


def test_pairs_without_labels_serve_as_text(tmp_path, caplog):
    path = tmp_path / "pairs.tsv"
    path.write_text("sentence1\tsentence2\tlabel\nA.\tB.\t7\nonly one\nC.\tD.\t\n")
    with caplog.at_level(logging.WARNING):
        assert [pair.premise for pair in read_unlabelled(path)] == ["A.", "C."]
    assert "1 of 3 rows skipped" in caplog.text
    path.write_text("sentence1\tsentence2\n")
    with pytest.raises(DataError, match="holds no sentence pair"):
        list(read_unlabelled(path))


def test_numbers_and_other_encodings_are_read_where_the_user_names_them(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_bytes("premise,hypothesis,label\nМужчина,спит,1\n".encode("cp1251"))
    with pytest.raises(DataError, match="not text in UTF-8"):
        read_pairs(path)
    [pair] = read_pairs(path, order=label_order("neutral,contradiction"), encoding="cp1251")
    assert (pair.premise, pair.label) == ("Мужчина", "contradiction")
    with pytest.raises(DataError, match="0=entailment"):
        read_pairs(path, encoding="cp1251")


@pytest.mark.parametrize("text", ["entailment", "entailment,cat", "e,e,n"])
def test_an_order_of_labels_that_makes_no_sense_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="order of labels"):
        label_order(text)


def test_labels_that_are_lost_or_missing_are_said(write_rows, caplog):
    path = write_rows([{**GOOD, "label": label} for label in ("entails", "neutral", "odd", "odd")])
    with caplog.at_level(logging.WARNING):
        found = read_labelled(path)
    assert [pair.label for pair in found.pairs] == ["entailment", "neutral"]
    assert [note in caplog.text for note in found.notes] == [True, True]
    assert "“odd” (2)" in found.notes[0]
    assert "No pair is labelled contradiction" in found.notes[1]


def test_one_label_is_nothing_to_learn_from(caplog):
    one, other = Pair("a", "b", "neutral"), Pair("c", "d", "entailment")
    with pytest.raises(DataError, match="All 3 pairs are labelled neutral"):
        check_labels([one] * 3)
    check_labels([replace(one, probabilities=(0.2, 0.6, 0.2))] * 3)
    with caplog.at_level(logging.WARNING):
        check_labels([one, other])
    assert "No pair is labelled contradiction" in caplog.text


def test_what_two_labels_call_not_entailed_is_left_out_of_three_and_counted(write_rows, caplog):
    path = write_rows([GOOD, {**GOOD, "label": "not_entailment"}])
    with caplog.at_level(logging.WARNING):
        assert labelled_pairs([path]) == [Pair(**GOOD)]
    assert "left out, since labelled not_entailment: 1 pairs" in caplog.text
