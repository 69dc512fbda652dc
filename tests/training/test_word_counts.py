"""Words are counted as grep counts lines."""

import json
import lzma
import subprocess

import pytest

from bertmini_demo.data.word_labels import read_word_labels
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.word_counts import count_words

ROWS = [
    ("Nobody is asleep.", "contradiction"),
    ("nobody, nobody at all", "contradiction"),
    ("Somebody is asleep; nobodys there", "neutral"),
    ("A dog isn't asleep", "entailment"),
    ("NOBODY-else sleeps", "entailment"),
    ("The premise does not count", "neutral"),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"premise": "Nobody is asleep, the cat is.", "hypothesis": hypothesis, "label": label}
        for hypothesis, label in ROWS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def grep(word, label):
    """Hypotheses of this label with this word."""
    lines = [hypothesis for hypothesis, given in ROWS if given == label]
    done = subprocess.run(
        ["grep", "-ciw", word], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False
    )
    return int(done.stdout)


def test_the_command_counts_as_grep_does(file, tmp_path):
    output = tmp_path / "words.json"
    packed = tmp_path / "more.jsonl.xz"
    packed.write_bytes(lzma.compress(file.read_bytes()))
    assert main(["words", "--data", str(file), str(packed), "--output", str(output)]) == 0
    table = read_word_labels(output)
    assert table.totals == {"entailment": 4, "neutral": 4, "contradiction": 4}
    for word in ("nobody", "asleep", "somebody", "is", "isn", "t", "else", "the"):
        expected = {label: 2 * grep(word, label) for label in table.totals}
        assert table.of(word).counts == expected, word
    assert table.of("cat") is None


def test_only_the_most_frequent_words_are_kept():
    table = count_words(ROWS, words=2)
    assert list(table.counts) == ["asleep", "nobody"]


def test_numbers_and_another_encoding_are_read_as_the_options_say(tmp_path):
    path, output = tmp_path / "pairs.csv", tmp_path / "words.json"
    path.write_bytes("premise,hypothesis,label\nA cat.,Café à Paris,0\nA dog.,No café,1\n".encode("cp1252"))
    options = ["--label-order", "contradiction,entailment", "--encoding", "cp1252", "--output", str(output)]
    assert main(["words", "--data", str(path), *options]) == 0
    assert read_word_labels(output).of("café").counts == {"entailment": 1, "neutral": 0, "contradiction": 1}


@pytest.mark.parametrize("command", ["words", "linear-probes"])
def test_an_unknown_label_order_is_refused(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--data", "pairs.csv", "--label-order", "entailment,dog"])
    assert "--label-order" in capsys.readouterr().err
