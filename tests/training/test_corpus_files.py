"""Reading text and pairs: packed files, broken lines, and what is said about them."""

import bz2
import json
import logging
import lzma

import pytest

from bertmini_demo.errors import DataError
from bertmini_demo.training.corpus_files import Pair, holds_pairs, read_documents, read_pairs

TEXT = "A fox.\n  It runs.  \n\n\n\nCafé, naïve.\n\nThe end"
DOCUMENTS = [["A fox.", "It runs."], ["Café, naïve."], ["The end"]]
GOOD = {"premise": "A fox runs.", "hypothesis": "It moves.", "label": "entailment"}
PACKERS = {"": bytes, ".xz": lzma.compress, ".bz2": bz2.compress}


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
    assert read_pairs(path) == [Pair(**GOOD, origin={})]


def test_a_text_file_holds_no_pairs(tmp_path):
    assert not holds_pairs(tmp_path / "text.txt.xz")


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
        assert read_pairs(path) == [Pair(**GOOD, origin={})] * 2
    named, counted = (record.getMessage() for record in caplog.records)
    assert str(path) in named
    assert "line 2 " in named
    assert "1 of 3 lines skipped" in counted


def test_many_broken_lines_are_counted_not_all_named(write_rows, caplog):
    path = write_rows([GOOD, *["broken"] * 30])
    with caplog.at_level(logging.WARNING):
        assert len(read_pairs(path)) == 1
    assert "30 of 31 lines skipped" in caplog.records[-1].getMessage()
    assert len(caplog.records) == 6


def test_other_keys_are_kept_as_origin(write_rows):
    path = write_rows([{**GOOD, "heuristic": "lexical_overlap", "subcase": "le_relative_clause", "id": 7}])
    [pair] = read_pairs(path)
    assert pair.origin == {"heuristic": "lexical_overlap", "subcase": "le_relative_clause", "id": "7"}


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
@pytest.mark.parametrize("ending", [".xz", ".bz2"])
@pytest.mark.parametrize("harm", ["cut", "not packed"])
def test_a_damaged_archive_is_named(tmp_path, read, ending, harm):
    path = tmp_path / f"damaged.jsonl{ending}"
    rows = "\n".join(json.dumps({**GOOD, "id": number}) for number in range(500)).encode()
    path.write_bytes(PACKERS[ending](rows)[:-20] if harm == "cut" else rows)
    with pytest.raises(DataError, match=r"damaged\.jsonl"):
        read(path)
