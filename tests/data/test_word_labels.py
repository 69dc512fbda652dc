"""What the shipped counts say of words, how they are smoothed, and that a damaged table is refused."""

import pytest

from bertmini_demo.data.word_labels import WORD_LABELS, WordLabels, read_word_labels, words_of
from bertmini_demo.errors import DataError

TABLE = WordLabels(
    totals={"entailment": 50, "neutral": 30, "contradiction": 20},
    counts={"nobody": (0, 0, 10), "the": (50, 30, 20), "sleeping": (1, 1, 8)},
)


def test_a_word_is_smoothed_towards_the_shares_of_all_pairs():
    found = TABLE.of("nobody")
    assert (found.count, found.counts["contradiction"], found.label) == (10, 10, "contradiction")
    assert found.probabilities == pytest.approx({"entailment": 0.25, "neutral": 0.15, "contradiction": 0.6})
    assert TABLE.of("the").probabilities == pytest.approx(
        {"entailment": 0.5, "neutral": 0.3, "contradiction": 0.2}
    )


def test_case_does_not_matter_and_an_uncounted_word_has_no_labels():
    assert TABLE.of("Nobody").counts == TABLE.of("nobody").counts
    assert TABLE.of("xylophone") is None


def test_a_sentence_lists_its_known_words_the_most_telling_first():
    found = TABLE.of_sentence("The xylophone: nobody, NOBODY is sleeping!")
    assert [word.word for word in found] == ["nobody", "sleeping", "the"]


def test_words_are_letters_and_digits():
    assert words_of("Isn't it 3 o’clock? It_is été") == ("isn", "t", "it", "3", "o", "clock", "is", "été")
    assert words_of(" .,_ ") == ()


def test_the_shipped_table_is_small_and_its_strongest_words_are_known_artefacts():
    table = read_word_labels()
    assert WORD_LABELS.stat().st_size < 150_000
    assert table.of("nobody").label == table.of("sleeping").label == "contradiction"
    assert table.of("nobody").probabilities["contradiction"] > 0.85
    assert table.of("outdoors").label == "entailment"
    assert table.of("because").label == "neutral"
    for counts in table.counts.values():
        assert all(count <= total for count, total in zip(counts, table.totals.values(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"pairs": {"entailment": 1}}',
        '{"pairs": {"entailment": 1}, "words": {"a": [1, 2]}}',
        '{"pairs": {}, "words": {}}',
    ],
)
def test_a_damaged_table_is_refused(tmp_path, text):
    file = tmp_path / "words.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"words\.json holds no counts"):
        read_word_labels(file)
    with pytest.raises(DataError, match="no file"):
        read_word_labels(tmp_path / "missing.json")
