"""Verdicts written line by line: the model's own, in order, bad lines told, and a killed run that goes on."""

import bz2
import gzip
import json
import lzma
import zipfile

import pytest

from bertmini_demo.training import predictions
from bertmini_demo.training.__main__ import main

SENTENCES = ["a man is asleep .", "the dog runs in the park", "no cat", "the woman was not awake ?", "a dog"]
ROWS = [
    {"premise": SENTENCES[n % 5], "hypothesis": SENTENCES[(n * 3 + n // 5) % 5], "odd": n} for n in range(23)
]


@pytest.fixture
def data(tmp_path):
    """Good rows with bad ones and blank lines between them."""
    lines = [json.dumps(row) for row in ROWS]
    lines[3:3] = ["", "not json", '["a", "list"]', '{"premise": "a dog"}', "   "]
    lines += [
        json.dumps({"premise": " ", "hypothesis": "a dog"}),
        json.dumps({"premise": "x" * 10_001, "hypothesis": "a"}),
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def written(output) -> list[dict]:
    return [json.loads(line) for line in output.read_text().splitlines()]


def run(tiny_folder, data, output) -> int:
    command = ["evaluate", "--model", str(tiny_folder), "--data", str(data), "--predictions", str(output)]
    return main(command)


def test_each_line_gets_the_models_own_verdict_or_an_error(tiny, tiny_folder, data, tmp_path):
    assert run(tiny_folder, data, tmp_path / "out.jsonl") == 0
    found = written(tmp_path / "out.jsonl")
    lines = data.read_text().splitlines()
    assert [row["line"] for row in found] == [n for n, line in enumerate(lines, 1) if line.strip()]
    errors = [row for row in found if "error" in row]
    assert len(errors) == 5
    assert "premise is empty" in errors[3]["error"]
    assert "the limit is 10,000" in errors[4]["error"]
    for row in found:
        if "error" not in row:
            source = json.loads(lines[row["line"] - 1])
            expected = tiny.predict(source["premise"], source["hypothesis"])
            assert row["label"] == expected.label
            assert row["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)


@pytest.mark.parametrize("kept", [0, 40, 700])
def test_a_killed_run_goes_on_from_its_last_whole_line(tiny_folder, data, tmp_path, kept, monkeypatch):
    run(tiny_folder, data, tmp_path / "whole.jsonl")
    monkeypatch.setattr(predictions, "CHUNK", 4)
    output = tmp_path / "killed.jsonl"
    output.write_bytes((tmp_path / "whole.jsonl").read_bytes()[:kept])
    assert run(tiny_folder, data, output) == 0
    one, other = written(output), written(tmp_path / "whole.jsonl")
    assert [row["line"] for row in one] == [row["line"] for row in other]
    assert [row.get("label") for row in one] == [row.get("label") for row in other]


def test_a_run_that_is_done_writes_nothing_more(tiny_folder, data, tmp_path):
    output = tmp_path / "out.jsonl"
    run(tiny_folder, data, output)
    before = output.read_bytes()
    run(tiny_folder, data, output)
    assert output.read_bytes() == before


def test_two_files_at_once_are_refused(tiny_folder, data, tmp_path, caplog):
    command = ["evaluate", "--model", str(tiny_folder), "--data", str(data), str(data)]
    assert main([*command, "--predictions", str(tmp_path / "out.jsonl")]) == 1
    assert "one file" in caplog.records[-1].getMessage()


def test_a_csv_file_is_answered_like_json_lines(tiny_folder, tmp_path):
    lines = tmp_path / "pairs.jsonl"
    lines.write_text("\n".join(map(json.dumps, ROWS)))
    table = tmp_path / "pairs.csv"
    table.write_text(
        "label,premise,hypothesis\n" + "\n".join(f'7,"{r["premise"]}",{r["hypothesis"]}' for r in ROWS)
    )
    run(tiny_folder, lines, tmp_path / "one.jsonl")
    run(tiny_folder, table, tmp_path / "other.jsonl")
    one, other = written(tmp_path / "one.jsonl"), written(tmp_path / "other.jsonl")
    assert [row.pop("line") + 1 for row in one] == [row.pop("line") for row in other]
    assert one == other


LINES = "\n".join(map(json.dumps, ROWS)).encode()
UNREADABLE = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zstd": b"\x28\xb5\x2f\xfd" + LINES,
    "a zip archive of two files": None,
    "cut gzip": gzip.compress(LINES, mtime=0)[:-9],
    "another encoding": "Мужчина спит,Он не спит\n".encode("cp1251"),
    "questions": b"question\tsentence\tlabel\na\tb\tc\n",
    "an essay": b"Once upon a time.\nThere was a fox.\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_holds_no_pairs_is_refused_and_nothing_is_written(tiny_folder, tmp_path, caplog, name):
    path, output = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    if UNREADABLE[name] is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("dev.jsonl", LINES)
            archive.writestr("test.jsonl", LINES)
    else:
        path.write_bytes(UNREADABLE[name])
    assert run(tiny_folder, path, output) == 1
    assert not output.exists()
    assert "\n" not in caplog.records[-1].getMessage()


PACKED = {
    "gzip": gzip.compress(LINES, mtime=0),
    "bzip2": bz2.compress(LINES),
    "xz": lzma.compress(LINES),
    "UTF-16": LINES.decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + LINES,
    "JSON array": json.dumps(ROWS, indent=1).encode(),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_file_is_answered_however_it_is_packed_and_written(tiny_folder, tmp_path, name):
    plain, packed = tmp_path / "plain.jsonl", tmp_path / "pairs.txt"
    plain.write_bytes(LINES)
    packed.write_bytes(PACKED[name])
    for file in (plain, packed):
        assert run(tiny_folder, file, tmp_path / f"{file.stem}.out") == 0
    one, other = (
        [row["probabilities"] for row in written(tmp_path / f"{stem}.out")] for stem in ("plain", "pairs")
    )
    assert one == other
    assert len(one) == len(ROWS)
