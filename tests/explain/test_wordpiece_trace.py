"""The replay of the tokenizer against the tokenizer itself, and words put in place of others."""

import random
import string

import pytest
from odd_sentences import ODD
from tokenizers import normalizers

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.wordpiece_trace import changes, read_words, replace_word, split_word
from bertmini_demo.model.encoding import is_special

TEXTS = [
    *ODD.values(),
    ("Café NAÏVE İstanbul ΟΔΟΣ Ǆ ﬁ ß", "a\u200bb The UNBELIEVABLE e\u0301lan ." + "x" * 101),
    ("the man doesn't sleep in the park .", "sleeping dogs walked; catlike, asleep!"),
]
VOCABULARY = {"un", "unb", "able", "##b", "##elie", "##el", "##able", "##v", "##va", "a"}


def made_up_words(count):
    """Words of random letters, some of them parts of real ones joined together."""
    dice = random.Random(0)
    parts = ["un", "sleep", "ing", "walk", "er", "s", "park", "é", "Ö", "1", "9", "ness"]
    for _ in range(count):
        letters = "".join(dice.choices(string.ascii_letters, k=dice.randint(1, 12)))
        yield letters if dice.random() < 0.5 else "".join(dice.choices(parts, k=dice.randint(1, 5)))


def test_a_word_matched_by_hand():
    split = split_word("unbelva", VOCABULARY.__contains__)
    assert split.pieces == ("unb", "##el", "##va")
    found = [(one.start, one.end, one.piece) for one in split.attempts if one.known]
    assert found == [(0, 3, "unb"), (3, 5, "##el"), (5, 7, "##va")]
    assert [one.piece for one in split.attempts if not one.known] == [
        "unbelva",
        "unbelv",
        "unbel",
        "unbe",
        "##elva",
        "##elv",
    ]


def test_a_word_that_cannot_be_put_together_or_is_too_long_is_unknown():
    split = split_word("unx", VOCABULARY.__contains__)
    assert split.pieces == ("[UNK]",)
    assert [attempt.piece for attempt in split.attempts] == ["unx", "un", "##x"]
    long = split_word("a" * 101, VOCABULARY.__contains__)
    assert (long.pieces, long.attempts) == (("[UNK]",), ())


def test_each_attempt_is_one_letter_shorter_and_only_the_last_of_a_step_is_known(model):
    (reading,) = read_words(model, model.encode("unbelievably", "a"))[:1]
    start, end = 0, len("unbelievably")
    for attempt in reading.split.attempts:
        assert (attempt.start, attempt.end) == (start, end)
        spelled = ("##" if start else "") + "unbelievably"[start:end]
        assert attempt.piece == spelled
        assert attempt.known == (spelled in model.tokenizer.get_vocab())
        start, end = (end, len("unbelievably")) if attempt.known else (start, end - 1)


@pytest.mark.parametrize("texts", TEXTS)
def test_the_replay_finds_the_tokenizers_own_pieces(model, texts):
    pair = model.encode(*texts)
    readings = read_words(model, pair)
    assert len(readings) == len(pair.words)
    for reading, word in zip(readings, pair.words, strict=True):
        assert reading.pieces == tuple(pair.tokens[position] for position in word.positions)
        assert reading.typed == word.text
        if not reading.special:
            assert reading.split.pieces == reading.pieces
            assert reading.split.word == reading.normalised


def test_the_replay_finds_the_tokenizers_own_pieces_for_many_words(model):
    text = " ".join(made_up_words(160))
    examples = " ".join(example.premise for example in gallery())
    for sentence in (text, examples):
        for part in (sentence.split()[start : start + 10] for start in range(0, 160, 10)):
            pair = model.encode(" ".join(part) or "a", "a")
            for reading in read_words(model, pair):
                assert reading.split.pieces == reading.pieces
                letters = "".join(piece.removeprefix("##") for piece in reading.pieces)
                assert reading.pieces == ("[UNK]",) or letters == reading.normalised


def test_a_typed_token_is_read_as_the_token(model):
    pair = model.encode("the [MASK] is [SEP] in", "[CLS] a [mask]")
    special = [reading.typed for reading in read_words(model, pair) if reading.special]
    assert special == ["[MASK]", "[SEP]", "[CLS]"]


def test_a_word_the_limit_cut_through_has_no_replay(tiny):
    pair = tiny.encode("xyzxyzxyzxyz", "a", limit=8)
    reading = read_words(tiny, pair)[0]
    assert len(reading.pieces) == 4
    assert reading.split is None or reading.split.pieces == reading.pieces


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("dog", ()),
        ("Dog", ("lower-cased",)),
        ("café", ("accents stripped",)),
        ("CAFE\u0301", ("lower-cased", "accents stripped")),
        ("İ", ("lower-cased", "accents stripped")),
        ("ΟΔΟΣ", ("lower-cased",)),
        ("a\u200bb", ("invisible characters dropped",)),
        ("É\u200b", ("lower-cased", "accents stripped", "invisible characters dropped")),
    ],
)
def test_what_the_normaliser_changed_is_told(shipped, typed, told):
    normalised = shipped.tokenizer.backend_tokenizer.normalizer.normalize_str(typed)
    assert changes(typed, normalised) == told


def test_changes_agree_with_the_normaliser_taken_apart():
    lower = normalizers.BertNormalizer(strip_accents=False, lowercase=True)
    bare = normalizers.BertNormalizer(strip_accents=True, lowercase=False)
    both = normalizers.BertNormalizer(strip_accents=True, lowercase=True)
    neither = normalizers.BertNormalizer(strip_accents=False, lowercase=False)
    for word in [*made_up_words(200), "Ünïcödé", "naïve", "ÅNGSTRÖM", "plain"]:
        told = changes(word, both.normalize_str(word))
        assert ("lower-cased" in told) == (lower.normalize_str(word) != word)
        assert ("accents stripped" in told) == (bare.normalize_str(word) != word)
        assert changes(word, neither.normalize_str(word)) == ()
        assert "accents stripped" not in changes(word, lower.normalize_str(word))
        assert "lower-cased" not in changes(word, bare.normalize_str(word))


def test_special_pieces_are_told_from_text(model):
    assert all(is_special(piece) for piece in model.tokenizer.all_special_tokens)
    assert is_special("[unused7]")
    assert not any(is_special(piece) for piece in ("[", "]", "dog", "##s", "[]"))


@pytest.mark.parametrize("texts", TEXTS)
def test_a_word_put_in_place_of_another_is_read_there(model, texts):
    pair = model.encode(*texts)
    for index, word in enumerate(pair.words):
        changed = model.encode(*replace_word(pair, index, " [MASK] "))
        expected = [other.text for other in pair.words]
        expected[index] = "[MASK]"
        assert [other.text for other in changed.words] == expected
        assert [other.sentence for other in changed.words] == [other.sentence for other in pair.words]
        assert replace_word(pair, index, word.text) == texts


def test_the_right_one_of_two_like_words_is_replaced(tiny):
    pair = tiny.encode("the man is the man", "the man")
    assert replace_word(pair, 4, "dog") == ("the man is the dog", "the man")
    assert replace_word(pair, 1, "dog") == ("the dog is the man", "the man")
    assert replace_word(pair, 6, "") == ("the man is the man", "the ")
