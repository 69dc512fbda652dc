"""Text and pairs as sequences: what is kept, where it is cut, and what the cached folder is named after."""

import json

import numpy as np
import pytest

from bertmini_demo.errors import DataError
from bertmini_demo.training.corpora.sequences import SHORTEST, load_sequences

LENGTH = 16


@pytest.fixture
def documents(sentences) -> list[str]:
    return ["\n".join(sentences[start : start + size]) for start, size in ((0, 1), (1, 7), (8, 20), (28, 3))]


@pytest.fixture
def text_file(tmp_path, documents):
    path = tmp_path / "text.txt"
    path.write_text("\n\n".join(documents), encoding="utf-8")
    return path


@pytest.fixture
def pair_file(write_rows, sentences):
    rows = [
        {"premise": sentences[0], "hypothesis": sentences[1], "label": "neutral"},
        {"premise": " ".join(sentences[:5]), "hypothesis": sentences[2], "label": "neutral"},
        {"premise": sentences[3], "hypothesis": " ".join(sentences[5:9]), "label": "neutral"},
    ]
    return write_rows(rows)


def load(paths, tokenizer, folder, *, length=LENGTH):
    return load_sequences(paths, tokenizer, length=length, folder=folder)


def test_runs_give_back_each_document_and_never_two(tmp_path, tokenizer, text_file, documents):
    data = load([text_file], tokenizer, tmp_path / "cache")
    runs = [data[index]["input_ids"] for index in range(len(data))]
    assert all(len(run) <= LENGTH for run in runs)
    for document in documents:
        ids = tokenizer(document, add_special_tokens=False)["input_ids"]
        while ids[SHORTEST - 1 :]:  # a shorter tail is dropped
            first, *run, last = runs.pop(0)
            assert (first, last) == (tokenizer.cls_token_id, tokenizer.sep_token_id)
            assert run == ids[: LENGTH - 2]
            ids = ids[len(run) :]
    assert not runs


def test_running_text_is_one_segment(tmp_path, tokenizer, text_file):
    row = load([text_file], tokenizer, tmp_path / "cache")[1]
    assert set(row["token_type_ids"]) == {0}
    assert row["special_tokens_mask"] == [1, *[0] * (len(row["input_ids"]) - 2), 1]


def test_a_pair_is_two_segments_within_the_length(tmp_path, tokenizer, pair_file):
    data = load([pair_file], tokenizer, tmp_path / "cache")
    assert len(data) == 3
    for index, line in enumerate(pair_file.read_text().splitlines()):
        row, pair = data[index], json.loads(line)
        ids, types = np.array(row["input_ids"]), np.array(row["token_type_ids"])
        premise, hypothesis = ids[types == 0], ids[types == 1]
        assert len(ids) <= LENGTH
        assert premise[0] == tokenizer.cls_token_id
        assert premise[-1] == hypothesis[-1] == tokenizer.sep_token_id
        for part, field in ((premise[1:-1], "premise"), (hypothesis[:-1], "hypothesis")):
            whole = tokenizer(pair[field], add_special_tokens=False)["input_ids"]
            assert len(part) > 0
            assert part.tolist() == whole[: len(part)]
        special = np.isin(ids, [tokenizer.cls_token_id, tokenizer.sep_token_id])
        assert row["special_tokens_mask"] == special.astype(int).tolist()


def test_a_pair_that_fits_is_encoded_as_the_tokenizer_does(tmp_path, tokenizer, pair_file):
    row = load([pair_file], tokenizer, tmp_path / "cache", length=64)[1]
    pair = json.loads(pair_file.read_text().splitlines()[1])
    expected = tokenizer(pair["premise"], pair["hypothesis"])
    assert row["input_ids"] == expected["input_ids"]
    assert row["token_type_ids"] == expected["token_type_ids"]


def test_files_follow_one_another(tmp_path, tokenizer, text_file, pair_file):
    both = load([text_file, pair_file], tokenizer, tmp_path / "cache")
    parts = [load([path], tokenizer, tmp_path / "cache") for path in (text_file, pair_file)]
    assert [both[i] for i in range(len(both))] == [part[i] for part in parts for i in range(len(part))]


def test_a_cached_folder_is_read_not_written_again(tmp_path, tokenizer, text_file):
    load([text_file], tokenizer, tmp_path / "cache")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*")}
    load([text_file], tokenizer, tmp_path / "cache")
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*")} == before


@pytest.mark.parametrize("change", ["length", "content", "name", "files", "vocabulary"])
def test_anything_else_gets_another_folder(tmp_path, tokenizer, text_file, pair_file, change):
    load([text_file], tokenizer, tmp_path / "cache")
    paths, length = [text_file], LENGTH
    if change == "length":
        length += 1
    elif change == "content":
        text_file.write_text(text_file.read_text() + " the fox")
    elif change == "name":
        paths = [text_file.rename(tmp_path / "other.txt")]
    elif change == "files":
        paths.append(pair_file)
    else:
        vocabulary = tokenizer.get_vocab()
        vocabulary["fox"], vocabulary["the"] = vocabulary["the"], vocabulary["fox"]
        tokenizer = type(tokenizer)(vocab=vocabulary)
    load(paths, tokenizer, tmp_path / "cache", length=length)
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize(
    "left", [["pieces.npy"], ["pieces.npy", "ends.npy"], ["pieces.npy", "cuts.part.npy"], []]
)
def test_a_half_written_folder_is_done_again(tmp_path, tokenizer, text_file, left):
    whole = load([text_file], tokenizer, tmp_path / "cache")
    rows = [whole[index] for index in range(len(whole))]
    [folder] = (tmp_path / "cache").iterdir()
    for file in folder.iterdir():
        file.unlink()
    for name in left:
        (folder / name).write_bytes(b"half a file")
    again = load([text_file], tokenizer, tmp_path / "cache")
    assert [again[index] for index in range(len(again))] == rows


def test_what_cannot_be_used_is_named(tmp_path, tokenizer):
    with pytest.raises(DataError, match=r"missing\.txt"):
        load([tmp_path / "missing.txt"], tokenizer, tmp_path / "cache")
    (tmp_path / "short.txt").write_text("the fox\n")
    with pytest.raises(DataError, match=r"short\.txt"):
        load([tmp_path / "short.txt"], tokenizer, tmp_path / "cache")
