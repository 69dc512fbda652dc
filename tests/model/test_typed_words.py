"""Words as typed: one unit for contractions, compounds and numbers, whatever the tokenizer splits."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He can't swim.", ["He", "can't", "swim", "."]),
        ("They’re well-known, aren’t they?", ["They’re", "well-known", ",", "aren’t", "they", "?"]),
        ("It cost $1,234 yesterday", ["It", "cost", "$1,234", "yesterday"]),
        ("3.5% at 10:30, not 1/2.", ["3.5%", "at", "10:30", ",", "not", "1/2", "."]),
        ("A 20-year-old from the U.S. left", ["A", "20-year-old", "from", "the", "U.S.", "left"]),
        ("'quoted' dogs' (a-b) - c", ["'", "quoted", "'", "dogs", "'", "(", "a-b", ")", "-", "c"]),
        ("Wait...no, e.g. this:that", ["Wait", ".", ".", ".", "no", ",", "e.g.", "this", ":", "that"]),
        ("the 3rd of 1990-1995", ["the", "3rd", "of", "1990-1995"]),
        ("cafe\u0301s and na\u00efve", ["cafe\u0301s", "and", "na\u00efve"]),
        ("你好 man", ["你", "好", "man"]),
        ("a [MASK] b", ["a", "[MASK]", "b"]),
        ("snake_case", ["snake_case"]),
        ("5,", ["5", ","]),
    ],
)
def test_a_sentence_is_split_into_words_as_typed(model, sentence, expected):
    for premise, hypothesis, name in ((sentence, "a man", "premise"), ("a man", sentence, "hypothesis")):
        pair = model.encode(premise, hypothesis)
        words = [word for word in pair.words if word.sentence == name]
        assert [word.text for word in words] == expected
        for word in words:
            assert sentence[word.start : word.start + len(word.text)] == word.text


def test_every_piece_belongs_to_exactly_one_word(model):
    pair = model.encode(
        "He can't pay $1,234.50 - that's 3.5% of well-known Mr. O'Neil's 10:30!", "U.S. dogs' don't"
    )
    inside = [position for word in pair.words for position in word.positions]
    assert inside == [position for position, special in enumerate(pair.special) if not special]


def test_a_word_that_the_limit_cuts_through_is_as_long_as_what_was_read(shipped):
    whole = shipped.encode("a man", "he can't")
    pair = shipped.encode("a man", "he can't", limit=len(whole.tokens) - 1)
    assert pair.cut
    assert not whole.cut
    assert pair.words[-1].text == "can'"
